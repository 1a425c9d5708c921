"""Stories: how well they are told apart, how fast, what a window of them costs, and whether replicas agree."""
