"""Drawing a sample that can be drawn again: by a seed, from strata, each child at most once."""

import hashlib
from collections.abc import Collection, Mapping, Sequence

Strata = Mapping[str, Collection[str]]
"""The children of each stratum; a child may stand in several."""


def draw(strata: Strata, size: int, seed: str) -> tuple[str, ...]:
    """Children from every stratum in proportion, in an order that the seed alone decides.

    The same strata, size and seed give the same children, on any machine and in any release.
    """
    drawn: list[str] = []
    seats = shared_out({name: len(of) for name, of in strata.items()}, size)
    # The smallest first: what stands there too must not be used up by a larger one.
    for name in sorted(seats, key=lambda name: (len(strata[name]), name)):
        left = [one for one in shuffled(strata[name], seed) if one not in drawn]
        drawn += left[: seats[name]]
    everybody = {child for of in strata.values() for child in of}
    rest = [one for one in shuffled(everybody, seed) if one not in drawn]
    return tuple((drawn + rest)[:size])


def shuffled(children: Collection[str], seed: str) -> Sequence[str]:
    """Children in the order that a seed puts them in."""
    return sorted(children, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())


def shared_out(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """How many are drawn from each stratum: in proportion, and one at least while there are enough."""
    total = sum(sizes.values())
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    seats = {name: 1 if place < size else 0 for place, name in enumerate(names)}
    while sum(seats.values()) < min(size, total):
        # Whoever is furthest below their share is next.
        free = [name for name in names if seats[name] < sizes[name]]
        seats[max(free, key=lambda name: sizes[name] * size / total - seats[name])] += 1
    return seats
