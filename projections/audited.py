"""A record as far as the period of an audit scope reaches: cut at its end, and asked whether it is of it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from domain.audit_period import Period
from domain.audited import has_anything, of_periods
from domain.authority import Authority
from domain.child_episode import ChildEpisode
from domain.own_matters import Matter
from domain.standing import standing
from projections.history import as_told, happened_by, known_by, own_stream
from projections.statuses import has_begun
from store.log import Log


def cut_at(episode: ChildEpisode, at: datetime) -> ChildEpisode:
    """The same record with what had happened by an instant, as it was known then."""
    known = episode.as_known_at(at)
    kept = happened_by(known.history, at)
    return replace(known, history=kept, joined=happened_by(known.joined, at), version=len(kept))


def is_of(
    episode: ChildEpisode, then: Authority, clock: str | None, period: Period, now: datetime
) -> bool:
    """Whether a record, or one clock of it, is of a period: as it and the authority were known by its end."""
    moment = min(now, period.last)
    record = cut_at(episode, moment)
    if not record.history:
        return False
    clocks = [one for one in record.clocks(then) if has_begun(one, moment)]
    if clock is not None:
        return clock in {one.key for one in clocks if of_periods(one, [period])}
    # Of the authority's own stream, feeds and people are no matter that anybody looks at.
    told = record.history if record.kind == "child" else Matter().of(record.history)
    return has_anything(period, clocks, (one.earliest for one in standing(told)))


def periods_of(
    log: Log,
    episode: ChildEpisode,
    authority: Authority,
    clock: str | None,
    periods: Collection[Period],
    now: datetime,
) -> frozenset[Period]:
    """Those of some periods of which a record, or one clock of it, is."""
    own = own_stream(log, authority) if periods else ()
    return frozenset(
        one
        for one in periods
        if is_of(episode, as_told(authority, known_by(own, min(now, one.last))), clock, one, now)
    )
