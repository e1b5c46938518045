"""References that prove to be one child, found for the oracle pair by pair."""

from collections.abc import Iterable
from datetime import datetime

from tests.simulator.known import Happening, Told, stands

FIRST = "CH-1"
"""The reference under which a story is told where it says no other."""


def in_time(one: Happening) -> tuple[datetime, str]:
    """The order in which facts happened; ties by event id."""
    return one.low, one.id


def of_child(told: Iterable[Told], mine: str = FIRST, *, apart: bool = False) -> list[Told]:
    """What is told under every reference that is the same child as one.

    Of what is said of two references the last to have happened counts.
    """
    by_reference: dict[str, list[Told]] = {}
    for one in told:
        by_reference.setdefault(one.get("of", FIRST), []).append(one)
    if len(by_reference) == 1 or apart:
        return by_reference.get(mine, [])
    last: dict[tuple[str, ...], Happening] = {}
    for reference, sayings in by_reference.items():
        for fact in stands(sayings):
            if fact.name in {"child-references-joined", "child-references-parted"}:
                pair = tuple(sorted((reference, fact.fields["other_child"])))
                before = last.setdefault(pair, fact)
                last[pair] = max(before, fact, key=in_time)
    same = {mine}
    for _ in by_reference:
        for pair, fact in last.items():
            if fact.name == "child-references-joined" and same & set(pair):
                same |= set(pair)
    return [one for name in sorted(same) for one in by_reference.get(name, [])]
