"""Moments, facts and histories as a story tells them, in London time and the domain's words."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from types import NoneType
from typing import Any, Final, get_args
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from domain.authority import Authority, authority
from domain.calendar import LONDON, WorkingDays, read_calendar
from domain.code_sets import CODE_SETS
from domain.event import Event, Kind, Recorded
from domain.facts.authority import Sitting
from domain.facts.fact import CodeSet, EventName, Fact, marks
from domain.facts.vocabulary import FACTS
from domain.timescales import Policy, read_policy

CODE: Final = "343"
CHILD: Final = "CH-1"
STORY: Final = "story"
STREAM: Final = UUID(int=1)


@cache
def england() -> Policy:
    """The policy shipped with Daymark."""
    folder = files("domain").joinpath("policies/england")
    tables = (one for one in folder.iterdir() if one.name.endswith(".toml"))
    return read_policy({one.name: one.read_text("utf-8") for one in tables})


@cache
def core_only() -> Policy:
    """The same with only its core rules switched on: for stories that are not about the others."""
    policy = england()
    off = {rule.id: False for rule in policy.timescales if rule.tier != "core"}
    said = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy.model_validate(said | {"switched": off})


@cache
def working_days() -> WorkingDays:
    """The calendar shipped with Daymark."""
    return read_calendar(files("domain").joinpath("calendars/england.csv").read_text("utf-8"))


def moment(text: str) -> datetime:
    """The instant (UTC) a London date and time names, for example `Fri 3 Apr 2026 18:00`."""
    instant = datetime.strptime(text, "%a %d %b %Y %H:%M").replace(tzinfo=LONDON)
    assert text.startswith(f"{instant:%a}"), f"{text} is a {instant:%A}"
    return instant.astimezone(UTC)


def day(text: str) -> date:
    """The day a London date names, for example `Fri 3 Apr 2026`."""
    return moment(f"{text} 00:00").astimezone(LONDON).date()


def when(text: str) -> tuple[datetime | None, date | None]:
    """The instant, or where no time is told the day."""
    return (moment(text), None) if ":" in text else (None, day(text))


def fact(name: str, **fields: Any) -> Fact:
    """A fact of any kind; what it needs and the story does not tell is filled in.

    References are named after their field: every thread of a story is number 1 unless it says.
    """
    kind = FACTS[name]
    filled = {
        field: needed(kind, field)
        for field, info in kind.model_fields.items()
        if info.is_required()
    }
    return kind.model_validate(filled | fields)


def needed(kind: type[BaseModel], field: str) -> object:
    """Some value that a required field accepts."""
    annotation = kind.model_fields[field].annotation
    parts = [part for part in get_args(annotation) if part not in (NoneType, Ellipsis)]
    several = getattr(annotation, "__origin__", None) is tuple
    for code_set in marks(kind, field, CodeSet):
        code = next(iter(CODE_SETS[code_set.name].labels), "343")
        return (code,) if several else code
    if annotation is EventName:
        return {"source": STORY, "id": "1"}
    if several and parts[0] is Sitting:
        return ({"sits_on": "2026-04-08", "cutoff_on": "2026-04-01"},)
    if several:
        return (f"{field.removesuffix('_refs')}-1",)
    if annotation is bool:
        return True
    if annotation is int:
        return 1
    if annotation is date:
        return "2026-04-01"
    if annotation in (datetime, AwareDatetime):
        return "2026-04-01T09:00:00Z"
    return f"{field.removesuffix('_ref')}-1"


def told(
    name: str,
    at: str,
    *,
    recorded: str | None = None,
    identity: str | None = None,
    source: str = STORY,
    **fields: Any,
) -> Recorded:
    """A fact about the one child every story tells of, recorded when it happened unless it says."""
    occurred_at, occurred_on = when(at)
    return record(
        Event(
            authority=CODE,
            kind="child",
            subject=CHILD,
            source=source,
            id=identity or f"{name}@{at}",
            said=fact(name, **fields),
            occurred_at=occurred_at,
            occurred_on=occurred_on,
        ),
        moment(recorded) if recorded else None,
    )


def record(event: Event, recorded_at: datetime | None = None) -> Recorded:
    """An event as the log would hold it; its place in the stream is given by `history`."""
    if recorded_at is None:
        recorded_at = event.occurred_at
    if recorded_at is None:
        assert event.occurred_on is not None
        recorded_at = datetime.combine(event.occurred_on, time(12), UTC)
    return Recorded(event, STREAM, 1, 1, recorded_at)


def history(*recorded: Recorded) -> tuple[Recorded, ...]:
    """A stream of these events, in the order given."""
    return tuple(
        Recorded(one.event, one.stream, number, number, one.recorded_at)
        for number, one in enumerate(recorded, 1)
    )


def corrected(
    of: Recorded,
    at: str,
    *,
    sequence: int | None = None,
    recorded: str | None = None,
    identity: str | None = None,
    **changes: Any,
) -> Recorded:
    """A correction of a fact told before; `occurred_at` and `occurred_on` take London texts."""
    for name in ("occurred_at", "occurred_on"):
        if name in changes:
            instant, on = when(changes[name])
            changes[name] = instant or on
    fields = {k: v for k, v in changes.items() if k not in {"occurred_at", "occurred_on"}}
    times = {k: v for k, v in changes.items() if k in {"occurred_at", "occurred_on"}}
    event = Event(
        authority=CODE,
        kind="child",
        subject=CHILD,
        source=of.event.source,
        id=identity or f"correction@{at}",
        said=fact(
            "fact-corrected",
            corrected_event={"source": of.event.source, "id": of.event.id},
            reason="wrong-date",
            **times,
            **({"fields": fields} if fields else {}),
        ),
        occurred_at=moment(at),
        sequence=sequence,
    )
    return record(event, moment(recorded) if recorded else None)


def withdrawn(of: Recorded, at: str, recorded: str | None = None) -> Recorded:
    """The withdrawal of a fact told before."""
    event = Event(
        authority=CODE,
        kind="child",
        subject=CHILD,
        source=of.event.source,
        id=f"withdrawal@{at}",
        said=fact(
            "fact-withdrawn",
            corrected_event={"source": of.event.source, "id": of.event.id},
            reason="never-happened",
        ),
        occurred_at=moment(at),
    )
    return record(event, moment(recorded) if recorded else None)


def of_authority(name: str, at: str = "Mon 2 Jan 2012 09:00", **fields: Any) -> Recorded:
    """A fact of the authority's own stream."""
    occurred_at, occurred_on = when(at)
    kind: Kind = "authority"
    said = fact(name, **fields)
    event = Event(
        authority=CODE,
        kind=kind,
        subject=CODE,
        source=STORY,
        id=f"{said.model_dump_json()}@{at}",
        said=said,
        occurred_at=occurred_at,
        occurred_on=occurred_on,
    )
    return record(event)


def source(
    name: str = STORY, *, delivers: str = "continuous", states: Iterable[str] = (), **fields: Any
) -> Recorded:
    """The registration of a source, able to state everything unless it says."""
    registered = {
        "source": name,
        "delivers": delivers,
        "states": tuple(states) or tuple(FACTS),
        "times": "happened",
        "from_on": "2012-01-02",
    }
    return of_authority("source-registered", **(registered | fields))


def person(role: str, ref: str | None = None, **fields: Any) -> Recorded:
    """A person who holds a role since the calendar began."""
    assigned = {"person_ref": ref or role, "role": role, "from_on": "2012-01-02"}
    return of_authority("person-assigned", "Mon 2 Jan 2012", **(assigned | fields))


def here(*facts: Recorded) -> Authority:
    """The authority of every story: one continuous source unless the story registers its own."""
    registered = any(one.event.name == "source-registered" for one in facts)
    return authority(
        CODE, england(), working_days(), history(*(() if registered else (source(),)), *facts)
    )


HOUR: Final = timedelta(hours=1)
