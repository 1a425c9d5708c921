"""How well copies, updates and events are told apart, on labelled wires: `python -m tests.benchmarks.stories`."""
