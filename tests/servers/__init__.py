"""Real servers, well-behaved and not, that tests talk to."""
