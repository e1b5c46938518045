"""A record as far as the period of an audit scope reaches: cut at its end, and asked whether it is of it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from domain.audit_period import Period
from domain.audited import has_anything
from domain.authority import Authority
from domain.child_episode import ChildEpisode
from domain.own_matters import Matter
from domain.standing import standing
from projections.history import happened_by, history
from projections.statuses import has_begun
from store.log import Log


def cut_at(episode: ChildEpisode, at: datetime) -> ChildEpisode:
    """The same record with what had happened by an instant, as it was known then."""
    known = episode.as_known_at(at)
    kept = happened_by(known.history, at)
    return replace(known, history=kept, joined=happened_by(known.joined, at), version=len(kept))


def is_of(
    log: Log,
    episode: ChildEpisode,
    authority: Authority,
    clock: str | None,
    period: Period,
    now: datetime,
) -> bool:
    """Whether a record, or one clock of it, is of a period: as it was known by the end of that."""
    moment = min(now, period.last)
    replay = history(
        log,
        episode.id,
        everything=cut_at(episode, moment).history,
        authority=authority,
        as_of=moment,
        known_at=moment,
        matter=None if episode.kind == "child" else Matter(),
        periods=(period,),
    )
    clocks = [one for one in replay.clocks if has_begun(one, moment)]
    if clock is not None:
        return clock in {one.key for one in clocks}
    facts = standing(line.recorded for line in replay.lines)
    return has_anything(period, clocks, (one.earliest for one in facts))


def periods_of(
    log: Log,
    episode: ChildEpisode,
    authority: Authority,
    clock: str | None,
    periods: Collection[Period],
    now: datetime,
) -> frozenset[Period]:
    """Those of some periods of which a record, or one clock of it, is."""
    return frozenset(one for one in periods if is_of(log, episode, authority, clock, one, now))
