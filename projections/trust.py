"""Whether the board can be relied on: never green where it may be wrong.

The same doubts stand on the board, in `daymark doctor`, in /readyz and in the metrics.
Pages say in a team manager's words what cannot be relied on and what to do meanwhile;
which process to look at is said only to whoever runs Daymark.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from domain.access_events import RecordRead
from domain.authority import Authority, Span
from domain.calendar import end_of, london_date
from domain.clocks import Verdict
from domain.errors import AdoptedMissing, DaymarkError, UnreadablePolicy
from domain.event import Unreadable
from domain.permission import Visible
from domain.words import say_day, say_fact, say_list, say_moment
from projections.alike import ROLLING, another_board_since, lasting
from projections.instants import read, written
from projections.permitted import marks, on_status, permitted
from projections.shape import of_this_release
from projections.signs_of_life import last_heard, last_seen
from projections.tables import VIEW
from store.log import Log
from store.views import Views

DISPATCHER: Final = "dispatcher"
"""The process without which no manager is told; its sign of life is asked for under this name."""

PROJECTOR_GRACE: Final = timedelta(seconds=5)
"""How far the board may be behind the log."""
DISPATCHER_GRACE: Final = timedelta(seconds=30)
"""How long the dispatcher may be silent."""
A_FEW: Final = 50
"""How many events are read at once to find one that matters."""
LOOKS: Final = (RecordRead.NAME,)
"""What every page adds: where nobody follows the log, there are more of them from page to page."""

STAGE_GRACE: Final = timedelta(seconds=60)
"""How late a warning or a breach may be recorded."""


KINDS: Final = (
    "projector",
    "dispatcher",
    "feed",
    "registration",
    "calendar",
    "policy",
    "coverage",
    "parked",
    "board",
    "servers",
)
"""What a doubt can be about."""


@dataclass(frozen=True)
class Doubt:
    """A reason not to rely on the board."""

    kind: str
    sentence: str
    since: datetime | None
    mend: str
    """What whoever reads a page does meanwhile, and who is told."""
    about: str = ""
    """Which source, where the doubt is about one."""
    operator: str = ""
    """What whoever runs Daymark does about it, which stands on no page."""
    may_pass_until: datetime | None = None
    """Until when nobody is woken for it: a change of one server after the other passes by itself."""

    def __str__(self) -> str:
        """The reason and what to do meanwhile."""
        return f"{self.sentence} {self.mend}"

    @property
    def to_mend(self) -> str:
        """The reason and how whoever runs Daymark mends it."""
        return f"{self.sentence} {self.operator or self.mend}"


NOT_KNOWN: Final = "not known"
"""What is said in place of nought where there is a doubt."""


def warned(doubts: Iterable[Doubt], what: str) -> list[str]:
    """Each reason not to rely on something, in a sentence that says so."""
    return [f"Do not rely on {what}. {doubt}" for doubt in doubts]


def reasons(doubts: Sequence[Doubt]) -> tuple[str, ...]:
    """Each reason in a sentence; what to do meanwhile once, where the next one asks for the same."""
    following = [*(one.mend for one in doubts[1:]), ""]
    return tuple(
        one.sentence if one.mend == mend else str(one)
        for one, mend in zip(doubts, following, strict=False)
    )


def none_of(counts: Iterable[str], doubts: Sequence[Doubt]) -> tuple[str, ...]:
    """Counts in words, where nought is not known as long as there is a doubt."""
    return tuple(NOT_KNOWN if doubts and one in {"0", "none to count"} else one for one in counts)


TOLD: Final = "The administrator of Daymark is told."
"""What is said where Daymark can still tell somebody by itself."""
NOT_TOLD: Final = (
    "Use your paper procedure, and tell your service desk: Daymark may not be able to tell anybody."
)
"""What is said where it may tell nobody."""

NO_BOARD: Final = Doubt(
    "board", "The board cannot be read.", None, NOT_TOLD, operator="Start the projector."
)
"""What is said where no projector has ever made a board."""


ANOTHER_BOARD: Final = Doubt(
    "board",
    "The board is being renewed and may be wrong here.",
    None,
    f"Look in the case system too. {TOLD}",
    operator=(
        "Another release has made the board: install the same release on every server,"
        " and run daymark migrate there."
    ),
)
"""What is said where the board's tables are of another release, which fills them."""


def another_board(since: datetime) -> Doubt:
    """The same, with since when: until the second server had its time to follow nobody is woken."""
    return replace(ANOTHER_BOARD, since=since, may_pass_until=since + ROLLING)


@dataclass(frozen=True)
class Trust:
    """How far the board can be relied on."""

    checked_at: datetime
    covered: int
    """How many open clocks have nothing left undone."""
    total: int
    """How many clocks are open, but for what was learned long afterwards: what the board shows."""
    doubts: tuple[Doubt, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it cannot be relied on, as a page says it."""
        return reasons(self.doubts)


def trust(
    log: Log,
    views: Views,
    authority: Authority,
    now: datetime,
    *,
    visible: Visible | None = None,
    looks: bool = False,
) -> Trust:
    """Everything that makes the board doubtful at `now`; no doubts mean it can be relied on.

    Clocks and children are counted of what may be seen, and of no other.
    With `looks`, who looked at what must be up to date, too.
    """
    with views.reading() as cursor:
        if not of_this_release(cursor):
            return Trust(now, 0, 0, (another_board(another_board_since(cursor, now)),))
    late, since, total, uncovered = coverage(views, authority.code, now, visible=visible)
    doubts = [
        *behind(log, views, authority.code, now, looks=looks),
        *silent(log, views, authority.code, now),
        *late_feeds(views, authority, now),
        *no_longer_stated(views, authority, now, visible=visible),
        *expired_calendar(authority, now),
        *undone(late, since),
        *unreadable(views, authority.code),
        *unlike(views, authority.code, now),
    ]
    return Trust(now, total - uncovered, total, tuple(doubts))


def trust_in(
    log: Log,
    views: Views,
    authority: Callable[[str], Authority],
    code: str,
    now: datetime,
) -> Trust:
    """The same of an authority whose rules may not lie here, or be spoilt: then nothing can be judged."""
    try:
        found = authority(code)
    except (AdoptedMissing, UnreadablePolicy) as error:
        doubts = (
            unjudged(error),
            *behind(log, views, code, now),
            *silent(log, views, code, now),
            *unreadable(views, code),
            *unlike(views, code, now),
        )
        return Trust(now, 0, 0, doubts)
    return trust(log, views, found, now)


def unjudged(error: DaymarkError) -> Doubt:
    """The rules do not lie here, or cannot be read, and no other law judges in their place."""
    mend = "Put it back." if isinstance(error, AdoptedMissing) else "Put it right."
    return Doubt("policy", f"Nothing can be judged: {error}.", None, NOT_TOLD, operator=mend)


def behind(
    log: Log, views: Views, code: str, now: datetime, *, looks: bool = False
) -> Iterator[Doubt]:
    """The projector has not taken in everything of this authority that was recorded some seconds ago."""
    since = first_after(log, views.position(VIEW), code, looks=looks)
    if since is not None and now - since > PROJECTOR_GRACE:
        yield Doubt(
            "projector",
            f"What has been sent since {say_moment(since)} is not on the board yet.",
            since,
            f"Wait a minute; if this stays, look in the case system too. {TOLD}",
            operator="If this stays, restart the projector.",
        )


def first_after(
    log: Log, position: int, code: str | None = None, *, looks: bool = False
) -> datetime | None:
    """When the first event after a position was recorded, of one authority or of any; nothing where none is.

    A row that cannot be read does not tell when, so the last recording stands for it.
    Looks do not count unless asked for: they change nothing on the board, and every page adds one.
    """
    while batch := log.after(position, A_FEW, but=() if looks else LOOKS):
        for item in batch:
            if isinstance(item, Unreadable):
                if code is None or item.authority in {None, code}:
                    return log.last_recorded_at()
            elif (looks or item.event.kind != "reads") and code in {None, item.event.authority}:
                return item.recorded_at
        position = batch[-1].position
    return None


def silent(log: Log, views: Views, code: str, now: datetime) -> Iterator[Doubt]:
    """The dispatcher has not said for some time that it and Temporal are well.

    It is one for all authorities; where it never spoke, nobody waits for it who has told nothing.
    """
    since = last_seen(views, DISPATCHER) or first_after(log, 0, code)
    if since is not None and now - since > DISPATCHER_GRACE:
        yield Doubt(
            "dispatcher",
            f"Escalation has been paused since {say_moment(since)}: managers may not be told.",
            since,
            NOT_TOLD,
            operator="Look at the dispatcher and at Temporal.",
        )


def late_feeds(views: Views, authority: Authority, now: datetime) -> Iterator[Doubt]:
    """A source has been silent for longer than it may be."""
    today = london_date(now)
    for span in authority.sources:
        late_at, heard = late_since(views, authority, span)
        if late_at is not None and span.covers(today) and now >= late_at:
            yield feed_doubt(span.source, late_at, heard)


NEVER: Final = "has never been heard"
"""What is said of a source of which nothing has come."""


def feed_doubt(source: str, late_at: datetime, heard: str) -> Doubt:
    """A source has been silent since then, and was heard so far."""
    return Doubt(
        "feed",
        f"The source {source} has been late since {say_moment(late_at)}: it {heard}.",
        late_at,
        f"Look in that system too. {TOLD}",
        about=source,
        operator="Ask whoever runs that system to send what is missing.",
    )


def no_longer_stated(
    views: Views, authority: Authority, now: datetime, *, visible: Visible | None = None
) -> Iterator[Doubt]:
    """A source has taken back what it could state, and something that nobody else can state is waited for."""
    for one in authority.dropped:
        rules = [
            rule.id
            for rule in authority.policy.timescales
            if not one.names.isdisjoint(stop.fact for stop in rule.stops)
        ]
        if rules and is_waited_for(views, authority.code, rules, now, visible):
            gone = say_list([say_fact(name).lower() for name in sorted(one.names)], "and")
            yield Doubt(
                "registration",
                f"Since {say_moment(one.since)} the source {one.source} does not state any more what"
                f" it did, and nobody else does: {gone}. What waits for that is not known.",
                one.since,
                f"Look in that system too. {TOLD}",
                about=one.source,
                operator="Ask whoever runs that system to register it again with all that it can"
                " state, or withdraw the registration that claimed too much.",
            )


def is_waited_for(
    views: Views, code: str, rules: Sequence[str], now: datetime, visible: Visible | None
) -> bool:
    """Whether a clock of one of these rules is open that nobody can tell of."""
    at = written(now)
    single, wanted = permitted(visible, code, at, clocks=True)
    with views.reading() as cursor:
        found = cursor.execute(
            "SELECT 1 FROM board_status s WHERE s.authority = ? AND s.ended = 0 AND s.status = ?"  # noqa: S608
            " AND s.from_at <= ? AND s.to_at > ?"
            f" AND s.timescale IN ({marks(rules)}){on_status(single)} LIMIT 1",
            [code, Verdict.UNOBSERVABLE.value, at, at, *rules, *wanted],
        )
    return bool(found)


def late_since(views: Views, authority: Authority, span: Span) -> tuple[datetime | None, str]:
    """From when a source is late, and how far it was heard, in words."""
    asks = span.continuous and span.late_after is not None
    heard = last_heard(views, authority.code, span.source) if asks else None
    return late_from(authority, span, heard)


def late_from(
    authority: Authority, span: Span, heard: datetime | None
) -> tuple[datetime | None, str]:
    """The same of a source of which something was last recorded then.

    One that speaks at once may have nothing to say: it is late only where its registration says
    after how many hours, and anything it sends counts as a word.
    """
    said = authority.feeds.get(span.source)
    if not span.continuous:
        told = NEVER if said is None else f"last sent everything up to {say_moment(said)}"
        return authority.late_at(span), told
    if span.late_after is None:
        return None, ""
    words = [one for one in (said, heard) if one]
    told = f"was last heard at {say_moment(max(words))}" if words else NEVER
    return max([*words, span.since]) + span.late_after, told


def expired_calendar(authority: Authority, now: datetime) -> Iterator[Doubt]:
    """The published bank holidays have run out, and nothing is guessed."""
    calendar = authority.calendar
    if london_date(now) > calendar.expires:
        yield Doubt(
            "calendar",
            f"The calendar of working days ended on {say_day(calendar.expires)}.",
            end_of(calendar.expires),
            f"What falls due after that day is not known. {TOLD}",
            operator="Install a release with the newly published bank holidays, and adopt its calendar.",
        )


def coverage(
    views: Views, code: str, now: datetime, *, visible: Visible | None = None
) -> tuple[str, datetime | None, int, int]:
    """About whom something is left undone, in words, since when, and of how many clocks how many.

    What was only just learned is given its time, however long ago it was due.
    """
    at, before = written(now), written(now - STAGE_GRACE)
    whole, wants = permitted(visible, code, at, clocks=False)
    single, wanted = permitted(visible, code, at, clocks=True)
    with views.reading() as cursor:
        late = cursor.execute(
            "SELECT count(*) AS streams, min(o.next_at) AS since,"  # noqa: S608
            " sum(CASE WHEN k.kind = 'authority' THEN 1 ELSE 0 END) AS own"
            " FROM outstanding o JOIN board_child k ON k.stream = o.stream"
            " WHERE o.authority = ? AND o.next_at < ? AND k.informed_at < ?"
            f" AND ((1 = 1{whole}) OR EXISTS"
            f" (SELECT 1 FROM board_clock c WHERE c.stream = k.stream{single}))",
            [code, before, before, *wants, *wanted],
        )[0]
        clocks = cursor.execute(
            "SELECT count(*) AS total, sum(CASE WHEN s.stream IN (SELECT o.stream FROM outstanding o"  # noqa: S608
            " JOIN board_child k ON k.stream = o.stream"
            " WHERE o.authority = ? AND o.next_at < ? AND k.informed_at < ?)"
            " THEN 1 ELSE 0 END) AS uncovered FROM board_status s"
            " WHERE s.authority = ? AND s.ended = 0 AND s.from_at <= ? AND s.to_at > ?"
            f" AND NOT (s.status = 'breached' AND s.history = 1){on_status(single)}",
            [code, before, before, code, at, at, *wanted],
        )[0]
    since = read(late["since"]) if late["streams"] else None
    whose = in_words(late["streams"] - (late["own"] or 0), itself=bool(late["own"]))
    return whose, since, clocks["total"], clocks["uncovered"] or 0


def in_words(children: int, *, itself: bool) -> str:
    """So many children, and the authority itself where it is one of them."""
    counted = [f"{children} {'child' if children == 1 else 'children'}"] if children else []
    return say_list([*counted, "the authority itself"] if itself else counted, "and")


def undone(whose: str, since: datetime | None) -> Iterator[Doubt]:
    """Something that should have been recorded or told a minute ago has not been."""
    if since is not None:
        yield Doubt(
            "coverage",
            f"Something about {whose} should have been recorded or told since {say_moment(since)}.",
            since,
            NOT_TOLD,
            operator="Look at the worker and at Temporal.",
        )


def unreadable(views: Views, code: str) -> Iterator[Doubt]:
    """Something in the log could not be read or worked out, so this authority's board may lack it."""
    parked = sum(one.view == VIEW and one.authority in {"", code} for one in views.parked())
    if parked:
        what = "1 thing" if parked == 1 else f"{parked} things"
        yield Doubt(
            "parked",
            f"The board lacks {what} that Daymark could not read or work out.",
            None,
            f"Look in the case system too. {TOLD}",
            operator="Install the newest release and run daymark rebuild projections.",
        )


def unlike(views: Views, code: str, now: datetime) -> Iterator[Doubt]:
    """Two servers run with different people, rules, calendars, settings or releases, and long enough."""
    for one in lasting(views, code, now):
        yield Doubt(
            "servers",
            f"Two parts of Daymark have disagreed since {say_moment(one.since)} about {one.on_a_page}:"
            " what you read may depend on which of them answers.",
            one.since,
            f"Look in the case system too. {TOLD}",
            about=one.about,
            operator=f"{one.to_mend[0].upper()}{one.to_mend[1:]}.",
        )
