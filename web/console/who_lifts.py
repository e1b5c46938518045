"""Who can open a restricted record again, and the records that nobody named can open."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final
from uuid import UUID

from domain.access_rules import PURPOSES, Action
from domain.permission import Asker, Record, may
from domain.rights import WITHHOLDS, Restriction, restriction, withheld
from projections.restricted import restricted_records
from web.console.askers import posts_of
from web.parts import Parts

TWO: Final = 2
"""So many people at least must be named who may open a record again: one alone never can."""


@dataclass(frozen=True)
class Shut:
    """One restricted record of whose named people fewer than two can open it again."""

    record: Record
    restriction: Restriction


def who_lift(parts: Parts, people: Iterable[str], record: Record, reader: Asker) -> frozenset[str]:
    """Those of some people who, named, could propose and confirm today that a record be open again."""
    return frozenset(lifting(parts, people, record, reader))


def lifting(parts: Parts, people: Iterable[str], record: Record, reader: Asker) -> Iterator[str]:
    """The same one by one, for whoever need not know of all."""
    authority, now = parts.authority(parts.code), parts.now()
    seen = replace(record, restricted=False)

    def may_lift(person: str) -> bool:
        # What the provider of sign-in gives somebody is known of the reader alone.
        asker = Asker(person, tuple(posts_of(authority, person, now)))
        asker = reader if person == reader.person else asker
        return any(may(asker, Action.LIFT, seen, why, now).allowed for why in PURPOSES)

    return (one for one in people if may_lift(one))


def shut(parts: Parts, asker: Asker) -> Iterator[Shut]:
    """Each record that nobody named can open again, but for those of the reader's own family."""
    for kept in restricted_records(parts.views, parts.code):
        assert kept.stream is not None
        said = parts.log.named_events(UUID(kept.stream), WITHHOLDS)
        found, record = restriction(said), withheld(said, kept)
        if found is None or asker.person in record.family:
            continue
        enough = islice(lifting(parts, found.named, record, asker), TWO)
        if len(tuple(enough)) < TWO:
            yield Shut(record, found)
