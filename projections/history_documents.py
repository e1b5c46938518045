"""The replay of a record as documents for machines; their names are a contract."""

from datetime import datetime, timedelta
from typing import Any

from domain.lateness import Lateness
from domain.standing import Standing
from projections.history import History, Judged, Line, judged
from projections.warned import Warned
from store.log import Log


def event_json(line: Line) -> dict[str, Any]:
    """One event of the history as a document."""
    recorded = line.recorded
    return {
        "event_id": recorded.event_id,
        "name": recorded.event.name,
        "source": recorded.event.source,
        "id": recorded.event.id,
        "position": recorded.position,
        "version": recorded.version,
        "recorded_at": recorded.recorded_at,
        "occurred_at": None if line.sealed else recorded.event.occurred_at,
        "occurred_on": None if line.sealed else recorded.event.occurred_on,
        "by": recorded.event.by,
        "reported": line.reported,
        "withdrawn": line.withdrawn,
        "corrected_by": line.corrected_by,
        "sentence": line.sentence,
    }


def clocks_json(log: Log, replay: History, now: datetime) -> list[dict[str, Any]]:
    """Every clock as a document for machines; its names are a contract."""
    return [clock_json(one) for one in judged(log, replay, now)]


def clock_json(one: Judged) -> dict[str, Any]:
    """One clock as a document: instants in UTC, days in London."""
    clock = one.clock
    vague = clock.latest_due_at > clock.due_at
    return {
        "key": clock.key,
        "timescale": clock.timescale.id,
        "version": one.version,
        **moment_json("started", clock.start),
        "warnings": [say(at) for at in clock.warnings],
        "warned": [warned_json(each) for each in one.warned],
        "due_at": say(clock.due_at),
        "due_on": clock.due_on.isoformat() if clock.due_on else None,
        **moment_json("stopped", clock.stop),
        "verdict": one.verdict.value,
        "verdict_then": one.verdict_then.value if one.verdict_then else None,
        "to_the_day": clock.to_the_day,
        "bounds": [say(clock.due_at), say(clock.latest_due_at)] if vague else None,
        "lateness": lateness_json(one.lateness),
    }


def warned_json(one: Warned) -> dict[str, Any]:
    """A warning that was recorded, and who was told of it; `warnings` are the instants planned for them."""
    return {
        "recorded_at": say(one.at),
        "told": [
            {"person": event.person, "at": say(at), "delivered": event.delivered}
            for event, at in one.tellings
        ],
    }


def lateness_json(one: Lateness | None) -> dict[str, Any] | None:
    """Whose time it was: whole seconds, or days where only the day is known; the parts add up."""
    if one is None:
        return None
    unit = timedelta(days=1) if one.whole_days else timedelta(seconds=1)
    # Each part ends on a whole second, so that what is cut off one is not lost to the sum.
    reported = one.notification // unit
    recorded = (one.notification + one.recording) // unit
    return {
        "counted_in": "days" if one.whole_days else "seconds",
        "notification": reported,
        "recording": recorded - reported,
        "practice": one.whole // unit - recorded,
        "whole": one.whole // unit,
        "told_to_done": None if one.told_to_done is None else one.told_to_done // unit,
        "report_known": one.report_known,
        "done": one.done,
    }


def moment_json(what: str, one: Standing | None) -> dict[str, str | None]:
    """The fact that started or stopped a clock, and when: an instant, or a day where no more is known."""
    if one is None:
        return {f"{what}_by": None, f"{what}_at": None}
    when = (
        {f"{what}_on": one.on.isoformat()} if one.to_the_day else {f"{what}_at": say(one.earliest)}
    )
    return {f"{what}_by": one.name, **when}


def say(instant: datetime) -> str:
    """An instant as documents write it: 2026-04-03T17:00:00Z."""
    return instant.isoformat().replace("+00:00", "Z")
