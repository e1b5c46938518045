"""What a manager answers to a breach or a warning: a dated promise, or a coded reason."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.authority import Authority
from domain.calendar import end_of, london_date
from domain.child_episode import ChildEpisode, engine_event, raised
from domain.engine_events import BreachExplained, EscalationAcknowledged, EscalationRearmed
from domain.errors import CalendarExpired, NotFound, Refused
from domain.event import CONSOLE, Event


def acknowledge(
    episode: ChildEpisode,
    authority: Authority,
    escalation: str,
    *,
    by: str,
    owner: str,
    until: date,
    reason: str,
    token: str,
    now: datetime,
    note: str | None = None,
) -> Event:
    """A manager's dated promise; it halts the climb to the end of that London day.

    On a warning it spares whoever heard it the next warnings until then, and halts nothing else.

    One that follows on another may not reach further than the first of them could.
    """
    ladder = raised(episode, escalation)
    if end_of(until) <= now:
        message = "by when: the day must be today or later"
        raise Refused(message)
    refuse_beyond(authority, london_date(promised_since(episode, escalation, now)), until)
    promise = EscalationAcknowledged(
        clock=ladder.clock,
        clock_version=ladder.clock_version,
        timescale=ladder.timescale,
        escalation=escalation,
        owner=owner,
        until=end_of(until),
        reason=reason,
        note=note or None,
    )
    return replace(engine_event(episode, CONSOLE, token, promise, now), by=by)


def promised_since(episode: ChildEpisode, escalation: str, now: datetime) -> datetime:
    """Since when promises have held a ladder without a break; now where none does."""
    since: datetime | None = None
    held_to = now
    for one in episode.engine:
        event = one.event.said
        if isinstance(event, EscalationAcknowledged) and event.escalation == escalation:
            since = since if since and one.recorded_at < held_to else one.recorded_at
            held_to = event.until
        elif isinstance(event, EscalationRearmed) and event.escalation == escalation:
            since = None
    return since if since and now < held_to else now


def refuse_beyond(authority: Authority, since: date, until: date) -> None:
    """Refuse a day that lies further ahead than the policy lets anybody put off."""
    last = last_promise(authority, since)
    if last is not None and until > last:
        message = f"by when: the day must be {last.day} {last:%B %Y} or earlier"
        raise Refused(message)


def last_promise(authority: Authority, since: date) -> date | None:
    """The last day to which promises made without a break since a day may put off; nothing where any may."""
    longest = authority.policy.longest_promise
    if longest is None:
        return None
    try:
        return authority.calendar.add(since, longest.amount)
    except CalendarExpired:  # then every day counts: nobody is kept from answering
        return since + timedelta(days=longest.amount)


def explain_breach(
    episode: ChildEpisode,
    clock: str,
    *,
    by: str,
    reason: str,
    token: str,
    now: datetime,
    note: str | None = None,
) -> Event:
    """A coded reason for a breach; NotFound when nothing of this clock is broken."""
    told = episode.told.get(clock)
    if told is None or told.breached is None:
        message = "no breach is known under this reference"
        raise NotFound(message)
    explained = BreachExplained(
        clock=clock,
        clock_version=told.version,
        timescale=told.timescale,
        reason=reason,
        note=note or None,
    )
    return replace(engine_event(episode, CONSOLE, token, explained, now), by=by)
