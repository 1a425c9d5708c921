"""`python -m tests.benchmarks.stories`: see `quality`."""

from __future__ import annotations

import sys

from tests.benchmarks.stories.quality import main

if __name__ == "__main__":
    main(sys.argv[1:])
