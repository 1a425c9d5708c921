"""How rare words are in the news: what the index looks for first.

Guesses cost time, never matches: whatever they say, the same rules fire.
"""

from __future__ import annotations


def frequency(word: str) -> float:
    """A rough guess at how many texts in a thousand have the word."""
    if word in _COMMON:
        return 300.0
    if word in _NEWS:
        return 60.0
    return 100.0 / min(len(word), 10) ** 2


_COMMON = frozenset(
    (  # noqa: SIM905  # as a list it fills two screens
        "a about after all also an and are as at be been before but by can could first for from had has have he her "
        "his i if in into is it its last more most new no not of on one or other out over s said than that the their "
        "them there they this to two under up was we were what when which who will with would year years you"
    ).split()
)
_NEWS = frozenset(
    (  # noqa: SIM905  # as a list it fills two screens
        "against attack bank china chinese city company country court day deal election foreign global government "
        "group head house international law leader market meeting military million minister ministry month national "
        "news official officials oil party people percent police political president prime public report reuters "
        "right russia russian say says security state states talks told trade uk un united us war week world"
    ).split()
)
