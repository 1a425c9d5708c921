"""python -m tests.benchmarks.lucene [JAR] [RULES ...]"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.lucene import JAR, SIZES, report

jar = next((Path(argument) for argument in sys.argv[1:] if not argument.isdigit()), JAR)
sizes = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
print(report(jar, sizes or SIZES))  # noqa: T201
