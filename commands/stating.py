"""What a process runs with, stated in the store as long as it runs, so that servers that differ are seen."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import astuple
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Final

import structlog

from assembly import Daymark
from domain.authority import Authority
from domain.errors import AdoptedMissing, DaymarkError, Unreadable
from projections.alike import EVERY, state, withdraw
from projections.shape import shape
from settings import Settings, WrongSetting
from store.leases import named, rest

UNREADABLE: Final = "what cannot be read"
"""In place of a name, where a file of this server cannot be read or is not there."""

EVERYBODY: Final = ("codes",)
SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "web": (
        *("url", "council", "colour", "case_links", "oidc_issuer", "oidc_client", "oidc_scope"),
        *("tokens_issuer", "tokens_audience"),
    ),
    "worker": (
        *("url", "temporal_namespace", "temporal_versioned", "smtp_from"),
        *("teams_hosts", "notify_template", "notify_url"),
    ),
    "dispatcher": ("temporal_namespace",),
    "projector": (),
}
"""What must be set alike on every server, beside what every process must know; addresses may differ."""

MEETS_PEOPLE: Final = frozenset({"web", "worker"})
"""Who reads the people file."""

logger = structlog.get_logger()


def stated(daymark: Daymark, work: str, code: str) -> dict[str, str]:
    """What a process runs with for one authority, each by a short name of its content."""
    said = {
        "release": f"{version('daymark')}/{shape()[:8]}",
        f"{work}-settings": settings_of(daymark.settings, work),
    }
    try:
        authority = daymark.authority(code)
        said |= {"rules": rules_of(authority), "calendar": calendars_of(authority)}
    except (AdoptedMissing, Unreadable, WrongSetting):
        said |= {"rules": UNREADABLE}
    if work in MEETS_PEOPLE:
        said["people"] = people_of(daymark, code)
    return said


def short(parts: Iterable[object]) -> str:
    """A short name of some content: the same for the same, and another for any other."""
    hashed = sha256()
    for part in parts:
        hashed.update(f"{part}\n".encode())
    return hashed.hexdigest()[:12]


def people_of(daymark: Daymark, code: str) -> str:
    """Who is who, and where each is reached, as the file of this server says now."""
    try:
        return short(sorted(map(astuple, daymark.people_of(code).values())))
    except (Unreadable, OSError):
        return UNREADABLE


def rules_of(authority: Authority) -> str:
    """By which packs clocks are judged: what was adopted, and before that what was shipped or lies here."""
    packs = (f"{one.from_on} {one.policy.sha256}" for one in authority.packs)
    return short([authority.first_policy.sha256, *packs])


def calendars_of(authority: Authority) -> str:
    """By which calendars days are counted, in the same way."""
    adopted = (*authority.calendars, *authority.school_terms)
    return short([authority.first_calendar.sha256, *(one.calendar.sha256 for one in adopted)])


def settings_of(settings: Settings, work: str) -> str:
    """What must be set alike for this kind of process; no secret and no address is among it."""
    found = [getattr(settings, name) for name in (*EVERYBODY, *SETTINGS[work])]
    if work == "web" and settings.sign_in is not None:
        found.append(settings.sign_in.read_bytes() if settings.sign_in.is_file() else UNREADABLE)
    return short(map(repr, found))


@asynccontextmanager
async def stating(daymark: Daymark, work: str, codes: Iterable[str]) -> AsyncIterator[None]:
    """State what this process runs with now and again as long as this lasts, and take it back at the end."""
    ended = asyncio.Event()
    again = asyncio.create_task(until_ended(daymark, work, tuple(codes), ended))
    try:
        yield
    finally:
        ended.set()
        await again


async def until_ended(
    daymark: Daymark, work: str, codes: tuple[str, ...], ended: asyncio.Event
) -> None:
    """State it, rest, again; where the store is away it is stated when that is back."""
    holder = named()
    while not ended.is_set():
        await tried(say, daymark, holder, work, codes)
        await rest(ended, EVERY.total_seconds())
    await tried(withdraw, daymark.views, holder)


def say(daymark: Daymark, holder: str, work: str, codes: tuple[str, ...]) -> None:
    """State it once."""
    said = {code: stated(daymark, work, code) for code in codes}
    state(daymark.views, holder, work, said, datetime.now(UTC))


async def tried(job: Callable[..., None], *given: object) -> None:
    """Do something in a thread; whatever is wrong with it keeps no process from its work."""
    try:
        await asyncio.to_thread(job, *given)
    except Exception as error:  # noqa: BLE001  (the next turn makes up for it)
        reason = str(error) if isinstance(error, DaymarkError) else type(error).__name__
        logger.warning("not stated what this process runs with", reason=reason)
