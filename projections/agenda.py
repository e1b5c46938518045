"""The agenda of one sitting of a panel: who is on it and why, what was decided, what is to be done.

It is worked out from the log, as it had happened by one moment and was known at another, and kept nowhere.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from domain.agenda_closing import Closing, closing_of, closings
from domain.authority import Authority
from domain.calendar import add_months, london_date
from domain.child_episode import ChildEpisode, from_history
from domain.errors import NotFound
from domain.event import Recorded
from domain.facts.authority import PanelAttendanceRecorded, PanelSittingPostponed
from domain.invitations import Invitation, invitations
from domain.joining import joined_history
from domain.sharing import Agreed, agreed
from domain.sittings import Sitting, sitting_on
from domain.standing import Standing, standing
from domain.words import say_day
from projections.agenda_items import AgreedAction, Item, Window, names_that_matter, on_the_agenda
from projections.history import as_told, happened_by, known_by, own_stream
from projections.tables import VIEW
from projections.whole_log import BATCH, Streams, every_stream, joined_in, nobody_looks
from store.log import Log
from store.views import Views

Histories = tuple[Streams, dict[UUID, tuple[Recorded, ...]]]
"""What is recorded in each stream, and beside it what is recorded under a child's other references."""

THREADS: Final = ("exploitation", "out-of-area", "domestic-abuse")
"""Whose clocks show that a child may come before a panel."""


@dataclass(frozen=True)
class Attendance:
    """Which agencies were at a sitting, and which sent apologies, as last said."""

    present: tuple[str, ...]
    apologies: tuple[str, ...]


@dataclass(frozen=True)
class Agenda:
    """One sitting of one panel, and all that stands on its agenda."""

    panel: str
    sitting: Sitting
    previous: Sitting | None
    following: Sitting | None
    closings: tuple[Closing, ...]
    """When its agenda closes by the panel's own rule, and by any other one that says otherwise."""
    moved_from: tuple[Standing, ...]
    """The postponements that led to this day, the first first."""
    moment: datetime
    """The moment at which it is judged."""
    items: tuple[Item, ...]
    """The children on it, by reference."""
    next_time: tuple[Item, ...]
    """The children about whom all that matters came after the cut-off: the next sitting's."""
    actions: tuple[AgreedAction, ...]
    """What earlier sittings agreed that is still open, by agency and day."""
    agreed: tuple[AgreedAction, ...]
    """What this sitting agreed."""
    attendance: Attendance | None
    invited: tuple[Invitation, ...]
    """Who is invited to it, as last said."""
    sharing: Agreed
    """What its members are given of it, by the sharing agreement."""

    @property
    def closing(self) -> Closing:
        """When its agenda closes, by the panel's own rule."""
        return self.closings[0]

    @property
    def decided(self) -> int:
        """About how many children something was decided."""
        return sum(one.decision is not None for one in self.items)

    def kept_to(self, shows: Callable[[UUID], bool]) -> "Agenda":
        """The same with only the children that are shown."""
        about = {one.stream for one in self.everybody}
        about |= {one.stream for one in (*self.actions, *self.agreed)}
        seen = {stream for stream in about if shows(stream)}
        return replace(
            self,
            items=tuple(one for one in self.items if one.stream in seen),
            next_time=tuple(one for one in self.next_time if one.stream in seen),
            actions=tuple(one for one in self.actions if one.stream in seen),
            agreed=tuple(one for one in self.agreed if one.stream in seen),
        )

    @property
    def everybody(self) -> tuple[Item, ...]:
        """Everybody it is about, whether on it already or not."""
        return (*self.items, *self.next_time)


def agenda(
    log: Log,
    authority: Authority,
    panel: str,
    on: date,
    now: datetime,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    among: Iterable[UUID] | None = None,
    reached: Callable[[int], None] = nobody_looks,
) -> Agenda:
    """The agenda of a sitting; NotFound where the panel does not sit on that day.

    `among` are the only children that can be on it, where that is known; else the whole log is read.
    """
    moment = min(now, as_of or known_at or now)
    own = known_by(own_stream(log, authority), known_at)
    then = as_told(authority, own)
    window = window_of(then, panel, on)
    if among is None:
        happened, joined = read_all(log, authority.code, as_of, known_at, reached)
    else:
        happened, joined = read_only(log, among, as_of, known_at)
    found: list[Item] = []
    actions: list[AgreedAction] = []
    matters = names_that_matter(then.policy, panel)
    for episode in once_each(happened, joined):
        if matters.isdisjoint(one.event.name for one in episode.judged_by):
            continue
        item, undertaken = on_the_agenda(episode, then, window, moment)
        actions += undertaken
        if item is not None:
            found.append(item)
    facts = standing(happened_by(own, as_of))
    return Agenda(
        panel=panel,
        sitting=window.sitting,
        previous=window.previous,
        following=window.following,
        closings=window.closings,
        moved_from=moved_to(facts, panel, on),
        moment=moment,
        items=by_reference([one for one in found if one.reasons]),
        next_time=by_reference([one for one in found if not one.reasons]),
        actions=by_agency([one for one in actions if one.is_open_before(on)]),
        agreed=by_agency([one for one in actions if one.agreed_on == on]),
        attendance=attendance(facts, panel, on),
        invited=tuple(one for one in invitations(facts) if (one.panel, one.sits_on) == (panel, on)),
        sharing=agreed(facts, panel),
    )


def window_of(authority: Authority, panel: str, on: date) -> Window:
    """The sitting of a day with the ones before and after; NotFound where the panel does not sit then."""
    known = authority.sittings.get(panel, ())
    sitting = sitting_on(known, on)
    if sitting is None:
        message = (
            f"no sitting of {panel} is known on {say_day(on)}: `daymark sittings` lists its dates"
        )
        raise NotFound(message)
    earlier = [one for one in known if one.sits_on < on]
    later = [one for one in known if one.sits_on > on]
    previous, following = earlier[-1] if earlier else None, later[0] if later else None
    closes = closings(authority, panel, sitting)
    opened = closing_of(authority, panel, previous).on if previous else add_months(closes[0].on, -1)
    return Window(
        panel=panel,
        sitting=sitting,
        previous=previous,
        following=following,
        closings=closes,
        opened=opened,
        until=following.sits_on if following else add_months(on, 1),
    )


def may_come_before(
    log: Log, views: Views, authority: Authority, panel: str
) -> tuple[UUID, ...] | None:
    """The children who may come before a panel now; nothing where the board does not tell.

    Those whose clocks say so, and those of whom something came that the board has not taken in yet.
    Where the rule is off by which children wait for the panel, no clock says so.
    """
    rules = authority.policy.timescales
    waits = [one for one in rules if one.sitting is not None and one.sitting.panel == panel]
    if not all(map(authority.policy.in_use, waits)):
        return None
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT DISTINCT stream FROM board_clock"
            " WHERE authority = ? AND thread IN (?, ?, ?) ORDER BY stream",
            [authority.code, *THREADS],
        )
    streams = [UUID(row["stream"]) for row in found]
    position = views.position(VIEW)
    while batch := log.after(position, BATCH):
        streams += [
            one.stream
            for one in batch
            if isinstance(one, Recorded)
            and (one.event.kind, one.event.authority) == ("child", authority.code)
        ]
        position = batch[-1].position
    return tuple(dict.fromkeys(streams))


def read_all(
    log: Log,
    code: str,
    as_of: datetime | None,
    known_at: datetime | None,
    reached: Callable[[int], None],
) -> Histories:
    """Every history of an authority, each with what is recorded under its other references."""
    streams = every_stream(log, code, known_at=known_at, reached=reached)
    happened: Streams = {stream: list(happened_by(one, as_of)) for stream, one in streams.items()}
    return happened, joined_in(happened)


def read_only(
    log: Log, among: Iterable[UUID], as_of: datetime | None, known_at: datetime | None
) -> Histories:
    """The histories of some children, each with what is recorded under its other references."""
    happened: Streams = {}
    joined: dict[UUID, tuple[Recorded, ...]] = {}
    for stream in among:
        everything = log.history(stream)
        history = happened_by(known_by(everything, known_at), as_of)
        if not history:
            continue
        happened[stream] = list(history)
        named = {
            other: happened_by(known_by(recorded, known_at), as_of)
            for other, recorded in log.named(everything).items()
        }
        if named:
            joined[stream] = joined_history(history[0].event.subject, named)
    return happened, joined


def once_each(
    happened: Mapping[UUID, Sequence[Recorded]], joined: Mapping[UUID, tuple[Recorded, ...]]
) -> Iterable[ChildEpisode]:
    """Every child once, under the reference that comes first; the others are joined to it."""
    seen: set[UUID] = set()
    children = [one for one in happened.items() if one[1] and one[1][0].event.kind == "child"]
    for stream, history in sorted(children, key=lambda one: one[1][0].event.subject):
        if stream not in seen:
            others = joined.get(stream, ())
            seen |= {one.stream for one in others}
            yield from_history(tuple(history), others)


def moved_to(facts: Sequence[Standing], panel: str, on: date) -> tuple[Standing, ...]:
    """The postponements by which a panel came to sit on a day, the first first."""
    found: list[Standing] = []
    for one in reversed(facts):
        said = one.fact
        if isinstance(said, PanelSittingPostponed) and said.panel == panel and said.moved_to == on:
            found.append(one)
            on = said.sits_on
    return tuple(reversed(found))


def attendance(facts: Sequence[Standing], panel: str, on: date) -> Attendance | None:
    """Who was at a sitting, as last said; nothing where nobody said."""
    found: Attendance | None = None
    for one in facts:
        said = one.fact
        if isinstance(said, PanelAttendanceRecorded) and (said.panel, said.sits_on) == (panel, on):
            found = Attendance(said.present, said.apologies or ())
    return found


def by_reference(items: Iterable[Item]) -> tuple[Item, ...]:
    """Children in the order of their references."""
    return tuple(sorted(items, key=lambda one: one.reference))


def by_agency(actions: Iterable[AgreedAction]) -> tuple[AgreedAction, ...]:
    """Actions by agency, the earliest due first."""
    return tuple(sorted(actions, key=lambda one: (one.agency, one.due_on, one.ref)))


def next_sitting_of(authority: Authority, panel: str, now: datetime) -> date:
    """The day on which a panel sits next, or sat last; NotFound where no day is published."""
    known = authority.sittings.get(panel, ())
    coming = [one.sits_on for one in known if one.sits_on >= london_date(now)]
    if not known:
        message = f"no sitting of {panel} is published yet"
        raise NotFound(message)
    return coming[0] if coming else known[-1].sits_on
