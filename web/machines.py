"""What machines may ask: what can be sent, whether Daymark is well, and what it has counted."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from math import inf
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from domain.calendar import london_date
from domain.clocks import Verdict
from domain.errors import DaymarkError, Unavailable, UnreadablePolicy
from formats import cloudevents
from projections.board import ENDED, NOT_ACKNOWLEDGED, counts
from projections.signs_of_life import WATCH, last_heard, last_seen
from projections.tables import VIEW
from projections.trust import DISPATCHER, KINDS, NO_BOARD, first_after, late_since, trust_in
from web import problems
from web.access import for_machines
from web.description import NO_SUCH, gives_problems
from web.measures import Measures, Reading
from web.parts import Parts
from web.problems import PROBLEMS, Problem

FOLLOWERS: Final = (VIEW, DISPATCHER)
"""Whoever follows the log and keeps a position."""

WATCHED_WITHIN: Final = timedelta(minutes=5)
"""So old the last look may be; it is made each minute."""


def machines(parts: Parts, measures: Measures) -> APIRouter:
    """The addresses for suppliers' and operators' tools; none of them knows of a child."""
    routes = APIRouter()
    _describe(routes)
    _tell_health(routes, parts, measures)
    return routes


def _describe(routes: APIRouter) -> None:
    """Add the addresses that say what can be sent, and what each problem means."""

    @routes.get("/events/types", tags=["events"])
    @for_machines
    def types() -> list[dict[str, Any]]:
        """Every type of event that can be sent, with what it means."""
        return [dict(kind) for kind in cloudevents.types()]

    @routes.get("/events/types/{name}/schema", tags=["events"], responses=NO_SUCH)
    @for_machines
    def schema(name: str) -> Response:
        """The JSON Schema of one type's data."""
        try:
            return JSONResponse(cloudevents.schema(name), media_type="application/schema+json")
        except DaymarkError:
            raise Problem(problems.NOT_FOUND) from None

    @routes.get("/problems/{name}", tags=["events"], responses=NO_SUCH)
    @for_machines
    def problem(name: str) -> dict[str, Any]:
        """What a problem means and how it is mended."""
        if name not in PROBLEMS:
            raise Problem(problems.NOT_FOUND)
        return Problem(PROBLEMS[name]).document()


def _tell_health(routes: APIRouter, parts: Parts, measures: Measures) -> None:
    """Add the addresses that operators watch."""

    @routes.get("/healthz", tags=["operation"])
    @for_machines
    async def healthz() -> dict[str, bool]:
        """Whether this process answers at all."""
        return {"alive": True}

    @routes.get("/readyz", tags=["operation"], responses=gives_problems(problems.UNAVAILABLE))
    @for_machines
    def readyz() -> dict[str, Any]:
        """Whether facts can be taken in, and whether the board can be relied on.

        503 only when the log cannot be reached: a doubt about the board must never stop the intake.
        """
        return {"ready": True, "log_position": parts.log.head(), **_trusted(parts)}

    @routes.get("/deadman", tags=["operation"], responses=gives_problems(problems.NOT_WATCHED))
    @for_machines
    def deadman() -> dict[str, Any]:
        """Whether the whole chain has lately looked at itself and found nothing to doubt.

        For somebody outside to ask every minute: silence, or any other answer than 200, is the alarm.
        """
        now, seen = parts.now(), _watched_at(parts)
        found = _trusted(parts)
        if seen is None or now - seen > WATCHED_WITHIN or not found["trusted"]:
            raise Problem(problems.NOT_WATCHED)
        return {"alive": True, "watched_at": seen, "covered": found["covered"]}

    @routes.get("/metrics", tags=["operation"])
    @for_machines
    def metrics() -> Response:
        """Every measure of docs/metrics.md in the text format that Prometheus reads."""
        return Response(measures.text(), media_type=CONTENT_TYPE_LATEST)


def _watched_at(parts: Parts) -> datetime | None:
    """When the worker last asked, by way of Temporal, whether all is well."""
    with suppress(Unavailable):
        return last_seen(parts.views, WATCH)
    return None


def _trusted(parts: Parts) -> dict[str, Any]:
    """What the board says of itself, with every reason not to rely on it."""
    now = parts.now()
    try:
        found = trust_in(parts.log, parts.views, parts.authority, parts.code, now)
    except Unavailable:
        return {"trusted": False, "checked_at": now, "doubts": [asdict(NO_BOARD)]}
    return {
        "trusted": not found.doubts,
        "checked_at": found.checked_at,
        "covered": found.covered,
        "total": found.total,
        "doubts": [asdict(doubt) for doubt in found.doubts],
    }


def readings(parts: Parts) -> Iterator[Reading]:
    """What the gauges show now; what cannot be read is left out, never shown as nothing."""
    for read in (_of_the_log, _of_the_followers, _of_the_board, _of_the_feeds, _of_the_archives):
        with suppress(Unavailable, UnreadablePolicy):
            yield from tuple(read(parts))
    yield from _of_the_doubts(parts)


def _of_the_log(parts: Parts) -> Iterator[Reading]:
    yield "daymark_log_position", (), parts.log.head()


def _of_the_followers(parts: Parts) -> Iterator[Reading]:
    head, now = parts.log.head(), parts.now()
    ours = {"", parts.code}
    parked = Counter(one.view for one in parts.views.parked() if one.authority in ours)
    for view in FOLLOWERS:
        position = parts.views.position(view)
        since = first_after(parts.log, position)
        yield "daymark_follower_position", (view,), position
        yield "daymark_follower_lag_events", (view,), max(0, head - position)
        yield "daymark_follower_lag_seconds", (view,), _seconds(since, now)
        yield "daymark_parked_rows", (view,), parked[view]
    if (seen := last_seen(parts.views, DISPATCHER)) is not None:
        yield "daymark_dispatcher_silent_seconds", (), _seconds(seen, now)


def _seconds(since: datetime | None, now: datetime) -> float:
    """How long since a moment; nothing to wait for is no time."""
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _of_the_board(parts: Parts) -> Iterator[Reading]:
    now = parts.now()
    counted = counts(parts.views, parts.code, now)
    for verdict in Verdict:
        if verdict not in ENDED:
            yield "daymark_clocks", (verdict.value,), counted[verdict.value]
    yield "daymark_breaches_not_acknowledged", (), counted[NOT_ACKNOWLEDGED]


def _of_the_feeds(parts: Parts) -> Iterator[Reading]:
    authority, now = parts.authority(parts.code), parts.now()
    today = london_date(now)
    late: dict[str, bool] = {}
    heard: dict[str, datetime] = {}
    for span in authority.sources:
        late_at, _ = late_since(parts.views, authority, span)
        if late_at is not None and span.covers(today):
            late[span.source] = late.get(span.source, False) or now >= late_at
            # Of one that speaks now and then only how far it has spoken counts, not that it spoke.
            said = authority.feeds.get(span.source)
            spoke = last_heard(parts.views, parts.code, span.source) if span.continuous else None
            if words := [one for one in (said, spoke) if one is not None]:
                heard[span.source] = max(words)
    for source, is_late in late.items():
        yield "daymark_feed_late", (source,), is_late
    for source, at in heard.items():
        yield "daymark_feed_heard_seconds", (source,), _seconds(at, now)
    yield "daymark_calendar_days", (), (authority.calendar.expires - today).days


def _of_the_archives(parts: Parts) -> Iterator[Reading]:
    for part, found in parts.archives().items():
        waiting = found.waiting.total_seconds() if found.archives else inf
        yield "daymark_archive_waiting_seconds", (part,), waiting
        if not found.elsewhere:
            copied = inf if found.copied is None else found.copied.total_seconds()
            yield "daymark_copied_seconds", (part,), copied


def _of_the_doubts(parts: Parts) -> Iterator[Reading]:
    """The same truth as /readyz: a board that cannot be read is a doubt, too."""
    said = _trusted(parts)
    found = Counter(doubt["kind"] for doubt in said["doubts"])
    for kind in dict.fromkeys((*KINDS, *found)):
        yield "daymark_doubt", (str(kind),), found[kind]
    yield "daymark_doubts", (), found.total()
    if "total" in said:
        yield "daymark_clocks_not_covered", (), said["total"] - said["covered"]
