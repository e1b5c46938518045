"""When a panel sits: its published dates, with every change that was made to them since."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from domain.event import Recorded
from domain.facts.authority import PanelSittingPostponed, PanelSittingsPublished
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.standing import Standing, named, standing

CHANGES: Final = (PanelSittingsPublished, PanelSittingPostponed)
"""What says, or says anew, when a panel sits."""


class Sitting(NamedTuple):
    """A date on which a panel sits, as it now stands."""

    sits_on: date
    cutoff_on: date | None
    """The last day for its agenda, where it has one of its own."""
    first_on: date
    """The day on which it was first to sit, from which a pack counts back: what is put off opens nothing."""


Sittings = Mapping[str, tuple[Sitting, ...]]
"""The dates of each panel, the earliest first."""


def changes_of_sittings(facts: Sequence[Standing]) -> tuple[Standing, ...]:
    """Every publication and postponement that stands, in the order in which they were made.

    Of two of one day, known no better, the one that was recorded later was made later.
    """
    found = (one for one in facts if isinstance(one.fact, CHANGES))
    return tuple(sorted(found, key=lambda one: (one.earliest, one.recorded_at, one.event_id)))


def told_of_sittings(history: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """What was ever recorded of sittings, in its order: also what was corrected or withdrawn since."""
    about = {one.event_id for one in history if isinstance(one.event.said, CHANGES)}
    if not about:
        return ()
    return tuple(one for one in history if speaks_of(one) in about)


def speaks_of(one: Recorded) -> UUID:
    """The fact that an event corrects or withdraws; else what it says itself."""
    said = one.event.said
    if isinstance(said, FactCorrected | FactWithdrawn):
        return named(one.event, said.corrected_event)
    return one.event_id


def before_each(told: Sequence[Recorded], panel: str) -> Iterator[tuple[UUID, Sittings]]:
    """Each event that changed the dates of a panel, the newest first, with the dates until then."""
    dates = sittings_of(changes_of_sittings(standing(told)))
    for number in reversed(range(len(told))):
        before = sittings_of(changes_of_sittings(standing(told[:number])))
        if before.get(panel, ()) != dates.get(panel, ()):
            yield told[number].event_id, before
        dates = before


def sittings_of(changes: Sequence[Standing]) -> Sittings:
    """The dates of each panel after these changes.

    A later publication replaces them from the first date it names; a postponement moves one of them.
    """
    found: dict[str, tuple[Sitting, ...]] = {}
    for one in changes:
        match one.fact:
            case PanelSittingsPublished() as said if said.sittings:
                told = sorted(said.sittings, key=lambda sitting: sitting.sits_on)
                named = [Sitting(one.sits_on, one.cutoff_on, one.sits_on) for one in told]
                kept = (s for s in found.get(said.panel, ()) if s.sits_on < named[0].sits_on)
                found[said.panel] = (*kept, *named)
            case PanelSittingPostponed() as said:
                found[said.panel] = put_off(found.get(said.panel, ()), said)
            case _:
                pass  # a publication that names no day says nothing
    return found


def put_off(known: Sequence[Sitting], said: PanelSittingPostponed) -> tuple[Sitting, ...]:
    """The dates of a panel after one of them was moved, or will not be held.

    The agenda closes when it did, unless a new day is said: what was shut is not opened by waiting.
    """
    gone = sitting_on(known, said.sits_on)
    left = [one for one in known if one.sits_on not in (said.sits_on, said.moved_to)]
    if said.moved_to is not None:
        closes = said.cutoff_on or (gone.cutoff_on if gone else said.moved_to)
        left.append(Sitting(said.moved_to, closes, gone.first_on if gone else said.moved_to))
    return tuple(sorted(left, key=lambda sitting: sitting.sits_on))


def sitting_on(known: Sequence[Sitting], on: date) -> Sitting | None:
    """The sitting of a day; nothing where the panel does not sit then."""
    return next((one for one in known if one.sits_on == on), None)
