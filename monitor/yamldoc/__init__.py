"""YAML that people edit, read with the place of everything in it.

`read` turns text into plain values and remembers where each key and value
stands; `validate` turns those values into a pydantic model and its complaints
into sentences with file, line and column. Both report every fault they can
find at once, as one ConfigError.
"""

from monitor.yamldoc.checking import suggestion, validate
from monitor.yamldoc.document import KEY, Document, Loc
from monitor.yamldoc.reading import read

__all__ = ["KEY", "Document", "Loc", "read", "suggestion", "validate"]
