"""The board as one person could see it at a past moment: from what the log held by then, and nothing later.

It is the board of that moment, kept to what the person's posts, as recorded then, let them see.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from domain.access_events import RecordRead
from domain.access_rules import AGENCIES, ANYWHERE, Action
from domain.authority import Authority
from domain.calendar import london_date
from domain.child_episode import ChildEpisode, from_history, team_of
from domain.engine_events import EscalationAcknowledged, ManagerNotified
from domain.event import Recorded
from domain.invitations import Invitation, invited_to
from domain.permission import Asker, Post, Record, Visible, fits, visible
from domain.rights import family_of, forced, restriction, told_of, worker_of
from projections.board import BoardRow
from projections.board_then import BoardThen, board_then
from projections.feeds_then import FeedThen, doubts_then, feeds_then
from projections.history import as_told, known_by, own_stream
from projections.trust import Doubt
from projections.undone_then import OperatorsTold, operators_told, undone_then, waiting_then
from projections.whole_log import Streams, every_stream, joined_in
from store.log import Log

LOOKED_WITHIN: Final = timedelta(days=1)
"""How long before the moment a look still counts as one near it."""

Episodes = Mapping[UUID, ChildEpisode]
"""Each record as it was known then."""

CANNOT_TELL: Final = (
    "Whether the board had caught up with the log just then: it follows within seconds when well.",
    "Which children the board put beside each other, as of the same meeting.",
    "Whether an e-mail that was delivered was opened.",
    "Whether Daymark itself was well, but for what its administrators were told.",
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
    acknowledged_at: datetime | None
    """When its ladder was first answered for afterwards, by then."""
    acknowledged_by: str | None


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
    reviewed_by: str | None
    """Who else had looked at the reason by then."""
    clocks: tuple[BoardRow, ...]
    """What the page of the record showed them."""


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
    sittings: tuple[Invitation, ...]
    """The sittings whose agenda and pack an invitation opened to them."""
    doubts: tuple[Doubt, ...]
    """The doubts that the board showed, as far as the log can tell."""
    operators: tuple[OperatorsTold, ...]
    """What those who look after Daymark had been told in the day before."""
    waiting: Mapping[UUID, datetime]
    """Each record on the board of which something was left undone, with since when."""
    authority: Authority
    """The authority as it was known then."""
    every: tuple[BoardRow, ...] = ()
    """Every clock there was then, whoever saw it: to be asked which of them the reader may see."""

    def kept_to(
        self, shows: Callable[[UUID, str], bool], shows_any: Callable[[UUID], bool]
    ) -> "AsSeen":
        """The same with only what whoever asks now may see: which clocks, and of which children anything."""
        board = self.board.kept_to(shows)
        on_board = {row.stream for row in board.every}
        waiting = {stream: since for stream, since in self.waiting.items() if stream in on_board}
        return replace(
            self,
            board=board,
            waiting=waiting,
            every=(),
            doubts=(
                *(one for one in self.doubts if one.kind != "coverage"),
                *undone_then(waiting, board.every),
            ),
            told=tuple(one for one in self.told if shows(UUID(one.stream), one.clock)),
            promised=tuple(one for one in self.promised if shows(UUID(one.stream), one.clock)),
            looked=tuple(
                one for one in self.looked if one.child is None or shows_any(UUID(one.child))
            ),
            forced=tuple(
                replace(
                    one, clocks=tuple(row for row in one.clocks if shows(row.stream, row.clock))
                )
                for one in self.forced
                if shows_any(UUID(one.stream))
            ),
        )


def as_seen(log: Log, authority: Authority, person: str, at: datetime) -> AsSeen:
    """The replay for one person at a moment that has passed."""
    then = as_told(authority, known_by(own_stream(log, authority), at))
    streams = every_stream(log, authority.code, known_at=at)
    every = sorted(
        (one for history in streams.values() for one in history), key=lambda one: one.position
    )
    asker = asker_then(then, person, at)
    whole = board_then(log, authority, at, known_at=at)
    episodes = episodes_of(whole.every, streams)
    shown = set(seen_rows(whole.every, episodes, asker, at))
    board = whole.kept_to(lambda stream, clock: (stream, clock) in shown)
    waiting = waiting_then(board.every, episodes, then, at)
    feeds = feeds_then(then, every, at)
    return AsSeen(
        person=person,
        at=at,
        position=log.position_at(at),
        posts=asker.posts,
        board=board,
        told=tuple(told_to(every, person)),
        promised=tuple(promised_by(every, person)),
        looked=tuple(looked_by(every, person, at)),
        forced=tuple(forced_by(episodes, whole.every, person, at)),
        away=person in then.staff.away_on(london_date(at)),
        cover=tuple(cover_of(then, person, at)),
        feeds=feeds,
        sittings=sittings_then(then, asker, at),
        doubts=(*doubts_then(then, feeds, at), *undone_then(waiting, board.every)),
        operators=tuple(operators_told(every, at)),
        waiting=waiting,
        authority=then,
        every=whole.every,
    )


def episodes_of(rows: Sequence[BoardRow], streams: Streams) -> Episodes:
    """Each record that has a row, folded once from what was known."""
    joined = joined_in(streams)
    return {
        stream: from_history(tuple(streams[stream]), joined.get(stream, ()))
        for stream in dict.fromkeys(row.stream for row in rows)
    }


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
    invited = invited_to(authority.invitations, authority.code, person, posts)
    return Asker(person, posts, active=bool(posts), scopes=scopes, invited=invited)


def sittings_then(authority: Authority, asker: Asker, at: datetime) -> tuple[Invitation, ...]:
    """The invitations that let a person in; none that was over, and none for who had no post that day."""
    posts = {AGENCIES[one.role] for one in asker.posts if one.role in AGENCIES}
    return tuple(
        one
        for one in authority.invitations
        if asker.posts and one.is_for(asker.person, posts) and london_date(at) <= one.last_on
    )


def seen_rows(
    rows: Sequence[BoardRow],
    episodes: Episodes,
    asker: Asker,
    at: datetime,
) -> Iterator[tuple[UUID, str]]:
    """The rows that the rules let a person see."""
    allowed = visible(asker, Action.SEE, "list", "case", at)
    for row in rows:
        held = frozenset(
            one.period
            for one in allowed.grants
            if one.period and one.period.holds(row.started_at, row.stopped_at, row.due_at)
        )
        record = replace(record_then(row, episodes[row.stream]), periods=held)
        if is_seen(allowed, record):
            yield row.stream, row.clock


def is_seen(allowed: Visible, record: Record) -> bool:
    """Whether a grant opens a row, and nothing withholds it."""
    if allowed.person in record.family:
        return False
    if record.restricted and allowed.person not in record.named:
        return False
    return any(
        grant.authority in {ANYWHERE, record.authority} and not grant.over and fits(grant, record)
        for grant in allowed.grants
    )


def record_then(row: BoardRow, episode: ChildEpisode) -> Record:
    """One clock as the rules ask of it."""
    history = episode.history
    closed = restriction(history)
    return Record(
        "clock",
        episode.authority,
        stream=row.stream.hex,
        team=team_of(episode),
        worker=worker_of(episode.standing),
        of=episode.kind,
        told=frozenset() if row.ended else told_of(history, row.clock),
        owed_by=row.owed_by,
        restricted=closed is not None,
        named=closed.named if closed else frozenset(),
        family=family_of(episode.standing),
    )


def forced_by(
    episodes: Episodes, rows: Sequence[BoardRow], person: str, at: datetime
) -> Iterator[ForcedThen]:
    """Every record that a person had forced open and that had not closed again; never their own."""
    for stream, episode in episodes.items():
        for one in forced(episode.history):
            if (
                one.person == person
                and at < one.until
                and person not in family_of(episode.standing)
            ):
                clocks = tuple(row for row in rows if row.stream == stream)
                yield ForcedThen(
                    one.at, stream.hex, episode.child, one.until, one.reviewed_by, clocks
                )


def cover_of(authority: Authority, person: str, at: datetime) -> Iterator[CoverThen]:
    """Whom a person covered that day, and who covered them."""
    for one in authority.assignments:
        if one.covers and person in {one.person, one.covers} and one.holds(london_date(at)):
            yield CoverThen(one.role, one.team, one.person, one.covers, one.from_on, one.to_on)


def told_to(history: Sequence[Recorded], person: str) -> Iterator[ToldThen]:
    """Every message to a person, delivered or not, and whether it was answered for afterwards."""
    answers: dict[str, list[Recorded]] = {}
    for one in history:
        if isinstance(one.event.said, EscalationAcknowledged):
            answers.setdefault(one.event.said.escalation, []).append(one)
    for one in history:
        said = one.event.said
        if isinstance(said, ManagerNotified) and said.person == person:
            later = (each for each in answers.get(said.telling, ()) if each.position > one.position)
            answer = next(later, None)
            yield ToldThen(
                one.recorded_at,
                one.stream.hex,
                said.clock,
                said.about,
                said.channel,
                said.delivered,
                answer.recorded_at if answer else None,
                answer.event.by if answer else None,
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
