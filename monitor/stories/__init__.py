"""Which story a text belongs to: how it is found, compared and judged. Pure.

words, vocabulary   folded words; those that say little
weights             what words and passages say
facts               figures and names
text                an item as it is compared: without furniture, facts apart
candidates          the keys under which texts like it are found
compare, guards     what two texts have in common; what sets them apart
desk                the same address; the desk's own update, correction, kill
wording             the same text: whole, cut, embedded, reworded
event               other words, same event
claims              what texts of one story disagree on
verdict             the cascade of these, and the evidence
evidence            two texts beside each other, for people
"""

from __future__ import annotations

from monitor.stories.candidates import fingerprint
from monitor.stories.evidence import Evidence, compare
from monitor.stories.verdict import judge, revised

__all__ = ["Evidence", "compare", "fingerprint", "judge", "revised"]
