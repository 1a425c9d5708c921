"""What others do, on the same wires: each puts an item to the first earlier one that it takes for the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b

from datasketch import MinHash, MinHashLSH
from rapidfuzz import fuzz

from tests.benchmarks.stories.generated import Told
from tests.benchmarks.stories.measure import Groups

NEAR = 3
"""Bits by which SimHashes of copies differ at most, by the textbook."""
PERMUTATIONS, THRESHOLD, SHINGLE = 128, 0.5, 5
ALIKE = 85.0
"""rapidfuzz token_set_ratio of headline and first fifty words."""
OPENING = 50


def title_hash(wire: Sequence[Told]) -> Groups:
    """Same cleaned headline, same news."""
    return {one.item.key: re.sub(r"\W+", " ", one.item.headline.casefold()).strip() for one in wire}


def simhash(wire: Sequence[Told]) -> Groups:
    """64-bit SimHash of word 3-shingles, at most three bits apart."""
    sketches: list[tuple[str, int]] = []
    groups: dict[str, str] = {}
    for one in wire:
        sketch = _simhash(_words(one))
        near = next((key for key, other in sketches if (sketch ^ other).bit_count() <= NEAR), one.item.key)
        groups[one.item.key] = groups.get(near, near)
        sketches.append((one.item.key, sketch))
    return groups


def minhash(wire: Sequence[Told]) -> Groups:
    """MinHash LSH of word 5-shingles, 128 permutations, Jaccard 0.5."""
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    groups: dict[str, str] = {}
    for one in wire:
        words = _words(one)
        sketch = MinHash(num_perm=PERMUTATIONS)
        for shingle in _shingles(words, SHINGLE):
            sketch.update(" ".join(shingle).encode())
        near = sorted(index.query(sketch), key=list(groups).index)
        groups[one.item.key] = groups[near[0]] if near else one.item.key
        index.insert(one.item.key, sketch)
    return groups


def rapidfuzz(wire: Sequence[Told]) -> Groups:
    """Token set ratio of headline and opening."""
    openings: list[tuple[str, str]] = []
    groups: dict[str, str] = {}
    for one in wire:
        opening = " ".join(_words(one)[:OPENING])
        near = next((key for key, other in openings if fuzz.token_set_ratio(opening, other) >= ALIKE), one.item.key)
        groups[one.item.key] = groups.get(near, near)
        openings.append((one.item.key, opening))
    return groups


BASELINES: Mapping[str, Callable[[Sequence[Told]], Groups]] = {
    "title hash": title_hash,
    "SimHash <= 3": simhash,
    "MinHash LSH": minhash,
    "rapidfuzz": rapidfuzz,
}


def _words(one: Told) -> list[str]:
    return f"{one.item.headline} {one.item.text}".casefold().split()


def _shingles(words: Sequence[str], size: int) -> Iterable[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(size)), strict=False) if len(words) >= size else [tuple(words)]


def _simhash(words: Sequence[str]) -> int:
    votes = [0] * 64
    for shingle in set(_shingles(words, 3)):
        bits = int.from_bytes(blake2b(" ".join(shingle).encode(), digest_size=8).digest(), "big")
        for bit in range(64):
            votes[bit] += 1 if bits >> bit & 1 else -1
    return sum(1 << bit for bit, vote in enumerate(votes) if vote > 0)
