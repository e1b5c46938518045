"""The board as one person could see it at a past moment: from what the log held by then, and nothing later.

It is the board of that moment, kept to what the person's posts, as recorded then, let them see.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from domain.authority import Authority
from domain.calendar import london_date
from domain.child_episode import from_history, team_of
from domain.engine_events import EscalationAcknowledged, ManagerNotified, RecordRead
from domain.event import Recorded
from domain.permission import ANYWHERE, Action, Asker, Post, Record, Visible, fits, visible
from domain.rights import family_of, forced, restriction, told_of, worker_of
from projections.board import BoardRow
from projections.board_then import BoardThen, board_then
from projections.feeds_then import FeedThen, doubts_then, feeds_then
from projections.history import as_told, known_by, own_stream
from projections.trust import Doubt
from projections.whole_log import every_stream
from store.log import Log

LOOKED_WITHIN: Final = timedelta(days=1)
"""How long before the moment a look still counts as one near it."""

CANNOT_TELL: Final = (
    "Whether the board had caught up with the log just then: it follows within seconds when well.",
    "Which children the board put beside each other, as of the same meeting.",
    "Whether an e-mail that was delivered was opened.",
    "Whether the projector, the dispatcher or Temporal was well: only late feeds and the calendar are told.",
    "Posts that only the council's sign-in told of: just those recorded in the log are counted.",
    "Which rows of a page the person read; a look says only that a page was sent.",
)
"""What no replay of the log can say."""


@dataclass(frozen=True, slots=True)
class ToldThen:
    """One message to the person that had been recorded by then."""

    at: datetime
    stream: str
    clock: str
    about: str
    channel: str
    delivered: bool


@dataclass(frozen=True, slots=True)
class PromisedThen:
    """One promise of the person that had been recorded by then."""

    at: datetime
    stream: str
    clock: str
    until: datetime


@dataclass(frozen=True, slots=True)
class LookedThen:
    """One page or file that was sent to the person near the moment."""

    at: datetime
    route: str
    child: str | None


@dataclass(frozen=True, slots=True)
class ForcedThen:
    """One record that the person had forced open, and that was still open to them."""

    at: datetime
    stream: str
    reference: str
    until: datetime


@dataclass(frozen=True, slots=True)
class CoverThen:
    """A role held for somebody who was away, or one of the person's own held by somebody else."""

    role: str
    team: str | None
    person: str
    """Who covered."""
    covers: str
    """Who was covered."""
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class AsSeen:
    """What one person could see at a moment, what had reached them, and what they had done."""

    person: str
    at: datetime
    position: int
    """The last position of the log that counts."""
    posts: tuple[Post, ...]
    board: BoardThen
    told: tuple[ToldThen, ...]
    promised: tuple[PromisedThen, ...]
    looked: tuple[LookedThen, ...]
    """Oldest first, as told and promised are."""
    forced: tuple[ForcedThen, ...]
    """Records that stand on no board and could be opened all the same."""
    away: bool
    """Whether the person was away that day."""
    cover: tuple[CoverThen, ...]
    feeds: tuple[FeedThen, ...]
    doubts: tuple[Doubt, ...]
    """The doubts that the board showed, as far as the log can tell."""
    authority: Authority
    """The authority as it was known then."""

    def kept_to(self, shows: Callable[[UUID, str], bool]) -> "AsSeen":
        """The same with only what whoever asks now may see; a whole child is asked for by no clock."""
        return replace(
            self,
            board=self.board.kept_to(shows),
            told=tuple(one for one in self.told if shows(UUID(one.stream), one.clock)),
            promised=tuple(one for one in self.promised if shows(UUID(one.stream), one.clock)),
            looked=tuple(
                one for one in self.looked if one.child is None or shows(UUID(one.child), "")
            ),
            forced=tuple(one for one in self.forced if shows(UUID(one.stream), "")),
        )


def as_seen(log: Log, authority: Authority, person: str, at: datetime) -> AsSeen:
    """The replay for one person at a moment that has passed."""
    then = as_told(authority, known_by(own_stream(log, authority), at))
    streams = every_stream(log, authority.code, known_at=at)
    every = [one for history in streams.values() for one in history]
    asker = asker_then(then, person, at)
    board = board_then(log, authority, at, known_at=at)
    shown = set(seen_rows(board.every, streams, asker, then, at))
    feeds = feeds_then(then, every, at)
    return AsSeen(
        person=person,
        at=at,
        position=log.position_at(at),
        posts=asker.posts,
        board=board.kept_to(lambda stream, clock: (stream, clock) in shown),
        told=tuple(told_to(every, person)),
        promised=tuple(promised_by(every, person)),
        looked=tuple(looked_by(every, person, at)),
        forced=tuple(forced_by(streams.values(), person, at)),
        away=person in then.staff.away_on(london_date(at)),
        cover=tuple(cover_of(then, person, at)),
        feeds=feeds,
        doubts=tuple(doubts_then(then, feeds, at)),
        authority=then,
    )


def asker_then(authority: Authority, person: str, at: datetime) -> Asker:
    """The person with every post held on that day, as recorded by then."""
    on = london_date(at)
    posts = tuple(
        Post(
            authority.code,
            one.role,
            authority.staff.subtree(one.team, on) if one.team else None,
        )
        for one in authority.assignments
        if one.person == person and one.holds(on)
    )
    scopes = tuple(scope for whose, scope in authority.scopes if whose == person)
    return Asker(person, posts, active=bool(posts), scopes=scopes)


def seen_rows(
    rows: Sequence[BoardRow],
    streams: Mapping[UUID, Sequence[Recorded]],
    asker: Asker,
    authority: Authority,
    at: datetime,
) -> Iterator[tuple[UUID, str]]:
    """The rows that the rules let a person see."""
    allowed = visible(asker, Action.SEE, "list", "case", at)
    for row in rows:
        if is_seen(allowed, record_then(row, streams[row.stream], authority)):
            yield row.stream, row.clock


def is_seen(allowed: Visible, record: Record) -> bool:
    """Whether a grant opens a row, and nothing withholds it."""
    if allowed.person in record.family:
        return False
    if record.restricted and allowed.person not in record.named:
        return False
    return any(
        grant.authority in {ANYWHERE, record.authority} and fits(grant, record)
        for grant in allowed.grants
    )


def record_then(row: BoardRow, history: Sequence[Recorded], authority: Authority) -> Record:
    """One clock as the rules ask of it."""
    episode = from_history(tuple(history))
    closed = restriction(history)
    return Record(
        "clock",
        episode.authority,
        stream=row.stream.hex,
        team=team_of(episode),
        worker=worker_of(episode.standing),
        of=episode.kind,
        told=frozenset() if row.ended else told_of(history, row.clock),
        owed_by=authority.policy.timescale(row.timescale).duty_holder,
        restricted=closed is not None,
        named=closed.named if closed else frozenset(),
        family=family_of(episode.standing),
    )


def forced_by(
    histories: Iterable[Sequence[Recorded]], person: str, at: datetime
) -> Iterator[ForcedThen]:
    """Every record that a person had forced open and that had not closed again."""
    for history in histories:
        for one in forced(history):
            if one.person == person and at < one.until:
                subject = history[0].event.subject
                yield ForcedThen(one.at, history[0].stream.hex, subject, one.until)


def cover_of(authority: Authority, person: str, at: datetime) -> Iterator[CoverThen]:
    """Whom a person covered that day, and who covered them."""
    for one in authority.assignments:
        if one.covers and person in {one.person, one.covers} and one.holds(london_date(at)):
            yield CoverThen(one.role, one.team, one.person, one.covers, one.from_on, one.to_on)


def told_to(history: Sequence[Recorded], person: str) -> Iterator[ToldThen]:
    """Every message to a person, delivered or not."""
    for one in history:
        said = one.event.said
        if isinstance(said, ManagerNotified) and said.person == person:
            yield ToldThen(
                one.recorded_at,
                one.stream.hex,
                said.clock,
                said.about,
                said.channel,
                said.delivered,
            )


def promised_by(history: Sequence[Recorded], person: str) -> Iterator[PromisedThen]:
    """Every promise that a person made or was to keep."""
    for one in history:
        said = one.event.said
        if isinstance(said, EscalationAcknowledged) and person in {one.event.by, said.owner}:
            yield PromisedThen(one.recorded_at, one.stream.hex, said.clock, said.until)


def looked_by(history: Sequence[Recorded], person: str, at: datetime) -> Iterator[LookedThen]:
    """Every page sent to a person in the day before the moment."""
    for one in history:
        said = one.event.said
        near = at - one.recorded_at <= LOOKED_WITHIN
        if isinstance(said, RecordRead) and one.event.by == person and near:
            yield LookedThen(one.recorded_at, said.route, said.child)
