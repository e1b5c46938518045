"""What `daymark doctor` looks at: each part of an installation, and whether it works."""

import asyncio
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from assembly import Daymark, temporal_client
from commands.asking import refuse_unknown_authority
from commands.doubting import trusted
from commands.going_live import titled, where_listed
from domain.anomalies import ADOPTED_TWICE, anomalies
from domain.calendar import london_date
from domain.errors import DaymarkError, Unavailable
from domain.school_terms import COUNTS
from domain.settling import off, questions, unsettled
from domain.sources import heard_ahead, never_silent
from domain.timescales import Policy
from domain.unwarned import unwarned
from domain.watching import LADDER as OPERATION
from domain.words import say_day, say_hours, say_list, say_moment, say_role, say_title
from formats.addresses import Address
from projections.alike import differences, running, said_of
from settings import MADE_UP
from store.archiving import Archive
from store.database import kind_of
from supervisor import CannotStart, temporal_binary

EXPIRES_SOON: Final = timedelta(days=180)
WAITS_AT_MOST: Final = timedelta(minutes=15)
"""How long a finished piece of PostgreSQL's own log may wait to be archived."""
COPIED_WITHIN: Final = timedelta(hours=36)
"""How old the last nightly copy may be: one night was missed, and it is known by noon."""
ANSWERS_WITHIN: Final = 2.0
SPEAKS_WITHIN: Final = 10.0


class Check(NamedTuple):
    """One thing looked at."""

    name: str
    well: bool
    said: str


def checks(daymark: Daymark, now: datetime) -> Iterator[Check]:
    """Every check; one that cannot be made says why, and the others go on."""
    looks: dict[str, Callable[[Daymark, datetime], str]] = {
        "keys": keys,
        "log": log,
        "authority": whose,
        "board": board,
        "servers": servers,
        "sources": sources,
        "timescales": timescales,
        "going live": told_of,
        "calendar": calendar,
        "people": people,
        "council": council,
        "sign-in": sign_in,
        "mail": mail,
        "temporal": temporal,
    }
    if kind_of(daymark.settings.database) == "postgresql":
        looks["copies"] = copies
    ill: dict[str, str] = {}
    for name, look in looks.items():
        try:
            yield Check(name, well=True, said=look(daymark, now))
        except (DaymarkError, CannotStart) as error:
            why = str(error)
            if (first := ill.setdefault(why, name)) != name:
                why = f"not looked at until what is said of {first} is mended"
            yield Check(name, well=False, said=why)


class Poorly(Unavailable):
    """Something works, but not as it should."""


def keys(daymark: Daymark, _now: datetime) -> str:
    """The key files are there, and readable by nobody else."""
    return f"four keys in {daymark.keys.folder}"


def log(daymark: Daymark, _now: datetime) -> str:
    """The log can be opened and keeps what it acknowledges, and so do the vault and the tokens."""
    _ = daymark.vault, daymark.tokens
    settings = daymark.settings
    if kind_of(settings.database) == "sqlite":
        return f"{daymark.log.head()} events in a file, each on the disk before its receipt"
    beside = (
        "; the vault lies in the same database: DAYMARK_VAULT gives it one of its own"
        if settings.vault == settings.database
        else "; the vault has a database of its own"
    )
    return f"{daymark.log.head()} events in PostgreSQL, each on the disk before its receipt{beside}"


def whose(daymark: Daymark, _now: datetime) -> str:
    """The authority that is asked about is known here, or the first to be recorded."""
    refuse_unknown_authority(daymark)
    settings = daymark.settings
    others = [code for code in settings.codes if code != settings.authority]
    beside = f"; the same processes serve {say_list(others, 'and')}" if others else ""
    return f"the authority {settings.authority}{beside}"


def board(daymark: Daymark, now: datetime) -> str:
    """The board can be relied on."""
    found = trusted(daymark, now)
    if found.doubts:
        raise Poorly(" ".join(f"{doubt.kind}: {doubt.to_mend}" for doubt in found.doubts))
    return f"all {found.total} open clocks are watched"


def servers(daymark: Daymark, now: datetime) -> str:
    """Every process that runs, on whatever server, runs with the same; a short difference is a change."""
    code = daymark.settings.authority
    with daymark.views.reading() as cursor:
        found = running(cursor, code, now)
    if not found:
        return "no process has lately said that it runs"
    differ = differences(daymark.views, code, now)
    if lasting := [one.to_mend for one in differ if now >= one.passes_until]:
        message = f"{'. '.join(lasting)}."
        raise Poorly(message)
    said = f"{said_of(found)} run"
    if not differ:
        return f"{said} with the same people, rules, calendar, settings and release"
    changing = say_list([one.about for one in differ], "and")
    until = say_moment(min(one.passes_until for one in differ))
    return f"{said}, and differ in {changing}, as in a change of one after the other, until {until}"


def sources(daymark: Daymark, now: datetime) -> str:
    """No source has said that it told of what is still to come; whose silence nobody hears is named."""
    ahead = list(heard_ahead(daymark.log.history(daymark.own_stream)))
    if ahead:
        message = (
            f"{say_list(ahead, 'and')}: it is believed up to when it said so;"
            " have its clock or its export mended, and let it say again how far it has come"
        )
        raise Poorly(message)
    authority = daymark.authority()
    known = len({span.source for span in authority.sources})
    said = f"{known} {'source' if known == 1 else 'sources'} registered"
    if unheard := never_silent(authority, london_date(now)):
        return (
            f"{said}; nobody is told when one of these falls silent: {say_list([*unheard], 'and')}"
            " (its registration names no late_after_hours)"
        )
    return said


def timescales(daymark: Daymark, now: datetime) -> str:
    """The timescales can be read, and somebody has adopted them."""
    policy = in_force(daymark, now)
    if daymark.policy.sha256 != policy.sha256 and daymark.policy_folder.local:
        own = daymark.policy
        message = (
            f"{policy.name} {policy.version} is in force, and {own.name} {own.version} lies in"
            f" {daymark.policy_folder.own} not adopted: `daymark adopt policy` does it"
        )
        raise Poorly(message)
    said = daymark.log.history(daymark.own_stream)
    if twice := [one for one in anomalies(said, daymark.authority()) if one.kind == ADOPTED_TWICE]:
        message = f"{twice[-1].sentence} Withdraw the one that should not stand."
        raise Poorly(message)
    if not daymark.authority().packs and is_real(daymark):
        raise Poorly(never_adopted(f"{policy.name} {policy.version}", "policy"))
    rules, asked, left = len(policy.timescales), len(questions(policy)), len(unsettled(policy))
    return (
        f"{rules} timescales of {policy.name} {policy.version}, {policy.sha256[:12]};"
        f" {left} of {asked} questions at their default, {len(rules_off(daymark, now))} rules off,"
        f" {len(list(unwarned(policy)))} in use and never warned of (`daymark doctor --unsettled`)"
    )


def is_real(daymark: Daymark) -> bool:
    """Whether it is an authority with real children, not the made-up one."""
    return daymark.settings.authority != MADE_UP


def never_adopted(what: str, word: str) -> str:
    """What follows where nobody has adopted what judges, and how it is adopted."""
    return (
        f"{what} is in use and was never adopted, so a newer release could change what is asked of"
        f" clocks that run, and no fact would say why: `daymark adopt {word}` adopts it"
    )


def told_of(daymark: Daymark, now: datetime) -> str:
    """Which rules are told, and which are in shadow."""
    return where_listed(daymark.authority(), now)


def in_force(daymark: Daymark, now: datetime) -> Policy:
    """The pack that governs what starts today."""
    return daymark.authority().policy_on(london_date(now))


def still_to_settle(daymark: Daymark, now: datetime) -> list[dict[str, object]]:
    """Every question that stands at its default, with its rule and what the answer changes."""
    return [
        {
            "rule": one.rule.id,
            "title": say_title(one.rule),
            "parameter": one.parameter.name,
            "question": one.effect.question,
            "default": one.parameter.default,
            "unit": one.parameter.unit,
            "meaning": one.parameter.meaning,
            "changes_nothing_because": one.effect.why_not or None,
            "note": one.effect.note,
        }
        for one in unsettled(in_force(daymark, now))
    ]


def rules_off(daymark: Daymark, now: datetime) -> list[dict[str, object]]:
    """Every rule that judges nobody, with the reason."""
    return [
        {"rule": one.rule.id, "title": say_title(one.rule), "reason": one.reason}
        for one in off(in_force(daymark, now), terms=bool(daymark.authority().school_terms))
    ]


def never_warned_of(daymark: Daymark, now: datetime) -> list[dict[str, object]]:
    """Every rule in use that breaks without anybody having been warned."""
    return [
        {"rule": one.id, "title": say_title(one), "allowed": one.allowance}
        for one in unwarned(in_force(daymark, now))
    ]


def calendar(daymark: Daymark, now: datetime) -> str:
    """The published bank holidays reach far enough ahead, and somebody has adopted them."""
    expires = daymark.authority().calendar.expires
    if expires - london_date(now) < EXPIRES_SOON:
        message = (
            f"the calendar of working days ends on {say_day(expires)}:"
            " install a release with the newly published bank holidays, and adopt it"
        )
        raise Poorly(message)
    said = f"working days until {say_day(expires)}{school_days(daymark, now)}"
    if not daymark.authority().calendars and is_real(daymark):
        raise Poorly(never_adopted(f"the calendar {daymark.calendar.id}", "calendar"))
    return said


def school_days(daymark: Daymark, now: datetime) -> str:
    """How far the school terms reach; Poorly where a rule in use needs them and they are not there."""
    adopted = daymark.authority().school_terms
    policy = in_force(daymark, now)
    counting = [
        titled(policy, one.id)
        for one in policy.timescales
        if one.unit == COUNTS and policy.in_use(one)
    ]
    if counting and not adopted:
        message = (
            "no school terms are adopted, so these rules in use cannot be counted:"
            f" {say_list(counting, 'and')} (`daymark adopt calendar` adopts them)"
        )
        raise Poorly(message)
    if not adopted:
        return ""
    expires = adopted[-1].calendar.expires
    if counting and expires < london_date(now):
        message = f"the school terms end on {say_day(expires)}: adopt the new ones"
        raise Poorly(message)
    return f", school days until {say_day(expires)}"


def people(daymark: Daymark, now: datetime) -> str:
    """Somebody holds each role that a timescale in force tells."""
    authority = daymark.authority()
    used = {timescale.ladder for timescale in authority.policy.timescales} | {OPERATION}
    used &= authority.policy.ladders.keys()
    told = {rung.role for name in used for rung in authority.policy.ladders[name].rungs}
    held = {one.role for one in authority.assignments if one.holds(london_date(now))}
    if missing := sorted(told - held):
        roles = ", ".join(map(say_role, missing))
        message = f"nobody holds {roles}: `daymark people import` takes in who does"
        raise Poorly(message)
    return f"{len(daymark.people)} people; somebody holds every role that is told"


def council(daymark: Daymark, _now: datetime) -> str:
    """The pages carry the council's name, not the code of its authority."""
    settings = daymark.settings
    if settings.council:
        return f"the pages are headed {settings.council}"
    if not is_real(daymark):
        return "the pages are headed as those of a made-up council"
    message = (
        f"DAYMARK_COUNCIL is still at its default, so the pages are headed {settings.authority}:"
        " set it to the name by which people know the council"
    )
    raise Poorly(message)


def sign_in(daymark: Daymark, _now: datetime) -> str:
    """Whoever signs people in, and whoever issues tokens to case systems, answers and is who is meant."""
    from server import refuse_an_open_door  # noqa: PLC0415 -- what a web is made of takes its time
    from web.issuer import Issuer  # noqa: PLC0415

    settings = daymark.settings
    refuse_an_open_door(settings)
    asked = {
        "DAYMARK_OIDC_ISSUER": settings.oidc_issuer,
        "DAYMARK_TOKENS_ISSUER": settings.tokens_issuer,
    }
    for setting, issuer in asked.items():
        if issuer:
            Issuer(issuer, setting=setting).said()
    if not settings.oidc_issuer:
        return "people choose who they are, so the web starts on this machine only"
    return f"{settings.oidc_issuer} answers"


def mail(daymark: Daymark, _now: datetime) -> str:
    """The mail relay answers."""
    return answering(daymark.settings.relay_address, "mail relay", "DAYMARK_SMTP")


def temporal(daymark: Daymark, _now: datetime) -> str:
    """The Temporal server answers and has our namespace; whether it is our own is said."""
    said = answering(daymark.settings.temporal_address, "Temporal server", "DAYMARK_TEMPORAL")
    asyncio.run(require_namespace(daymark))
    said += f" and has the namespace {daymark.settings.temporal_namespace}"
    if daymark.settings.temporal:
        return said
    version = subprocess.run(  # noqa: S603 -- the server's own program
        [temporal_binary(), "--version"], capture_output=True, text=True, check=False
    )
    return f"{said}, our own ({version.stdout.strip()}), for one machine"


async def require_namespace(daymark: Daymark) -> None:
    """Ask Temporal for our namespace, as every process does before it starts to work."""
    try:
        await asyncio.wait_for(temporal_client(daymark), SPEAKS_WITHIN)
    except TimeoutError:
        address = daymark.settings.temporal_address
        message = f"what listens at {address} is no Temporal server: mend DAYMARK_TEMPORAL"
        raise Poorly(message) from None


def copies(daymark: Daymark, _now: datetime) -> str:
    """What PostgreSQL records leaves its server all the time, and the server is copied each night."""
    found = daymark.archives()
    if faults := [fault for part, one in found.items() for fault in faults_of(part, one)]:
        raise Poorly(" ".join(faults))
    said = [
        f"the PostgreSQL of the {part} is archived and "
        + (f"was copied {say_hours(one.copied)} ago" if one.copied else "copied by somebody else")
        for part, one in found.items()
    ]
    return say_list(said, "and")


def faults_of(part: str, archive: Archive) -> Iterator[str]:
    """What would be missing after the server of a part is lost, each with its mend."""
    if not archive.archives:
        yield (
            f"the PostgreSQL of the {part} archives nothing (archive_mode is off), so what is recorded"
            " after its last copy would be lost with its disk: give it deploy/postgresql/daymark.conf."
        )
    elif archive.failing or archive.waiting > WAITS_AT_MOST:
        yield (
            f"the PostgreSQL of the {part} has not been able to archive what it records for"
            f" {say_hours(archive.waiting)}, and keeps it until its disk is full: its own log says why;"
            " see that the backup folder is there, is the database user's own and has room."
        )
    if archive.elsewhere:
        return
    if archive.copied is None:
        yield (
            f"no nightly copy of the PostgreSQL of the {part} ever ended well: enable"
            " daymark-backup.timer, or note that somebody else copies it (README of deploy/)."
        )
    elif archive.copied > COPIED_WITHIN:
        yield (
            f"the last copy of the PostgreSQL of the {part} is {say_hours(archive.copied)} old:"
            " `journalctl --unit daymark-backup` on its server says why."
        )


def answering(address: Address, what: str, setting: str) -> str:
    """Whether somebody listens at an address; Poorly names the setting to mend."""
    try:
        socket.create_connection(address, ANSWERS_WITHIN).close()
    except OSError:
        message = f"no {what} answers at {address}: start it, or mend {setting}"
        raise Poorly(message) from None
    return f"a {what} answers at {address}"
