"""The children of the missing page as they stand now: each worked out again only once that may change.

Whom the page can be about is asked of the board; what is worked out of a child is kept in this process
until something is recorded of the child, something of the authority, or an instant comes that matters.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from domain.authority import Authority
from domain.calendar import ONE_DAY, end_of, london_date
from domain.child_episode import ChildEpisode
from domain.clocks import Clock, clocks_of
from domain.derived import Child
from domain.permission import Visible
from domain.standing import Standing
from projections.instants import written
from projections.missing_episodes import Life, life_of, looked_for, open_plans, says_seen
from projections.permitted import permitted
from projections.statuses import turning_points
from store.database import Cursor
from store.log import Log
from store.views import Views

JUST_PAST: Final = timedelta(microseconds=1)

Versions = tuple[tuple[str, int], ...]


class Named(NamedTuple):
    """A child the page can be about, under the reference of it that comes first."""

    stream: UUID
    versions: Versions
    """How far the stream of each of its references had come."""
    shown: bool
    """Whether whoever asks may see it."""


class Kept(NamedTuple):
    """What was worked out of a child, and between which instants that holds."""

    versions: Versions
    authority: Authority
    since: datetime
    until: datetime
    life: Life


@dataclass
class LivesNow:
    """Keeps what was worked out; it can be thrown away at any moment."""

    _kept: dict[UUID, Kept] = field(default_factory=dict)

    def lives(
        self,
        log: Log,
        views: Views,
        authority: Authority,
        now: datetime,
        *,
        visible: Visible | None = None,
    ) -> list[Life]:
        """Every child who can be on the page and may be seen, once, by reference."""
        with views.reading() as cursor:
            named = list(each_once(cursor, authority.code, now, visible))
        return [
            life
            for one in named
            if one.shown and (life := self._life(log, one, authority, now)) is not None
        ]

    def _life(self, log: Log, one: Named, authority: Authority, now: datetime) -> Life | None:
        kept = self._kept.get(one.stream)
        if (
            kept is None
            or kept.versions != one.versions
            or kept.authority is not authority
            or not kept.since <= now < kept.until
        ):
            episode = log.episode(one.stream)
            if episode is None:
                return None
            kept = Kept(one.versions, authority, now, *worked_out(episode, authority, now))
            self._kept[one.stream] = kept
        return kept.life


def each_once(cursor: Cursor, code: str, now: datetime, visible: Visible | None) -> Iterator[Named]:
    """Every child the page can be about, once, under the reference that comes first."""
    allowed, wants = permitted(visible, code, written(now), clocks=False)
    rows = cursor.execute(
        f"SELECT k.stream, k.version, CASE WHEN 1 = 1{allowed} THEN 1 ELSE 0 END AS shown"  # noqa: S608
        " FROM board_child k WHERE k.authority = ? AND k.kind = 'child' AND k.looked_for = 1"
        " ORDER BY k.reference",
        [*wants, code],
    )
    joined: dict[str, list[str]] = {}
    for row in cursor.execute(
        "SELECT stream, other FROM board_joined WHERE authority = ? ORDER BY other", [code]
    ):
        joined.setdefault(row["stream"], []).append(row["other"])
    versions: Mapping[str, int] = {row["stream"]: row["version"] for row in rows}
    seen = set[str]()
    for row in rows:
        stream, others = row["stream"], joined.get(row["stream"], ())
        if stream not in seen:
            seen.update(others)
            known = tuple((each, versions.get(each, 0)) for each in (stream, *others))
            yield Named(UUID(stream), known, bool(row["shown"]))


def worked_out(episode: ChildEpisode, authority: Authority, now: datetime) -> tuple[datetime, Life]:
    """A child as the page asks of it now, and until when that stays so if nothing more is recorded."""
    facts = tuple(one for one in episode.standing if one.earliest <= now)
    clocks = clocks_of(facts, authority)
    life = life_of(episode, authority, now, clocks)
    points = instants(episode.standing, Child(authority, facts), clocks, life, now)
    # What is asked with "after" changes just past an instant, what is asked with "from" at it.
    return min(at for point in points for at in (point, point + JUST_PAST) if at > now), life


def instants(
    standing: Sequence[Standing],
    child: Child,
    clocks: Sequence[Clock],
    life: Life,
    now: datetime,
) -> Iterator[datetime]:
    """Every instant at which the page may say something else of a child, the next midnight at the latest."""
    yield end_of(london_date(now))  # from where times are counted, and by which rules
    yield datetime.combine(now.date() + ONE_DAY, time(), now.tzinfo)
    for one in standing:
        yield from (one.earliest, one.latest)
    for clock in clocks:
        yield from turning_points(clock)
    if child.turned_18 is not None:
        yield child.turned_18.earliest
    plans = tuple(open_plans(child, now))
    heard = [one for one in child.facts if says_seen(one)]
    for one in (*heard, *(began for _, began in looked_for(child, life.episodes, plans, now))):
        whole = timedelta(days=(now - one.earliest).days)
        yield from (one.earliest + whole, one.earliest + whole + ONE_DAY)
