"""`python -m monitor.cli`: the same as the `wirewatch` command."""

from monitor.cli import main

main()
