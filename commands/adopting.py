"""The commands that settle and adopt: the form of an authority's own timescales, packs and calendars."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from assembly import Daymark, assemble
from commands.printing import DONE, Options, WrongCommand, document, table
from domain.adoption import Adopted, CalendarInUse
from domain.calendar import WorkingDays, london_date
from domain.errors import NotFound, Refused, UnreadablePolicy
from domain.event import CONSOLE, Event
from domain.facts.authority import CalendarAdopted, PolicyAdopted
from domain.facts.fact import Fact
from domain.form import answered, write_form
from domain.packs import SETTLED_FILE, overlay, read_form
from domain.school_terms import SchoolTerms
from domain.settling import differences, unsettled
from domain.timescales import Policy
from domain.unwarned import lost_warnings
from domain.words import say_day
from formats.policy_folder import PolicyFolder, calendar_of, shipped_calendar_text, text_of
from settings import read_settings


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def settle(options: Options) -> int:
    """Write the form of what must be settled, or say what a filled one would change."""
    if options.form == (options.file is not None):
        message = "give a filled form to look at, or --form to have an empty one written"
        raise WrongCommand(message)
    with closing(assemble(read_settings())) as daymark:
        folder = daymark.policy_folder
        if options.form:
            print(form_of(folder, london_date(now())), end="")
            return DONE
        filled = laid_out(folder, options.file)
        found = [one._asdict() for one in differences(folder.policy, filled)]
        lost = list(lost_warnings(folder.policy, filled))
    left = len(unsettled(filled))
    if options.json:
        named = {"name": filled.name, "version": filled.version, "sha256": filled.sha256}
        document({**named, "unsettled": left, "changes": found, "warnings_lost": lost})
        return DONE
    table(
        ("Rule", "What", "Now", "Then"),
        [tuple(one.values()) for one in found],
        "It would change nothing.",
    )
    for sentence in lost:
        print(sentence)
    print(f"{filled.name} {filled.version}: {left} questions would still stand at their default.")
    return DONE


def form_of(folder: PolicyFolder, today: date) -> str:
    """The form, with what is settled already."""
    policy = folder.policy
    name, version, first = folder.authority, "1", today
    if folder.local:
        known, _ = read_form(folder.local)
        name, version, first = known.name, known.version, known.first
    return write_form(policy, answered(policy), name=name, version=version, first=first)


def laid_out(folder: PolicyFolder, path: Path) -> Policy:
    """The pack as it would be with this file as its form; UnreadablePolicy names the file as given."""
    place = f"{path}/{SETTLED_FILE}"
    others = {name: text for name, text in folder.local.items() if Path(name).name != SETTLED_FILE}
    try:
        return overlay(folder.national, {**others, place: text_of(path)})
    except UnreadablePolicy as error:
        raise UnreadablePolicy(str(error).replace(place, str(path))) from None


def adopt_policy(options: Options) -> int:
    """Let the pack in use here govern what starts from a day on, by whom and why."""
    with closing(assemble(read_settings())) as daymark:
        folder = daymark.policy_folder
        policy = folder.policy
        first = options.first or folder.first_day or london_date(now())
        refuse_same_day(daymark, first)
        said = PolicyAdopted(
            pack=policy.name,
            version=policy.version,
            sha256=policy.sha256,
            from_on=first,
            reason=options.reason,
        )
        event = adoption(daymark, said, options.by)
        folder.keep(policy)
        (receipt,) = daymark.log.append([event])
    if options.json:
        document({**said.model_dump(mode="json", exclude_none=True), **receipt._asdict()})
        return DONE
    left = len(unsettled(policy))
    print(
        f"{policy.name} {policy.version} governs what starts from {say_day(first)}:"
        f" {receipt.result}. {left} questions stand at their default."
    )
    return DONE


def refuse_same_day(daymark: Daymark, first: date) -> None:
    """Two packs cannot both come into force on one day."""
    for pack in daymark.authority().packs:
        if pack.from_on == first:
            message = (
                f"from {say_day(first)} {pack.policy.name} {pack.policy.version} governs already:"
                " choose another day, or withdraw its adoption first"
            )
            raise Refused(message)


def adopt_calendar(options: Options) -> int:
    """Let a calendar count every clock that is still open, by whom and why."""
    with closing(assemble(read_settings())) as daymark:
        text = text_of(options.file) if options.file else shipped_calendar_text()
        calendar = calendar_of(text)
        refuse_open_holidays(calendar, daymark.calendar)
        said = CalendarAdopted(
            calendar=calendar.id,
            sha256=calendar.sha256,
            expires_on=calendar.expires,
            reason=options.reason,
        )
        event = adoption(daymark, said, options.by)
        if in_use_already(calendar, daymark.authority().adopted):
            message = f"the calendar {calendar.id} with these days is in use already"
            raise Refused(message)
        daymark.policy_folder.keep_calendar(calendar, text)
        (receipt,) = daymark.log.append([event])
    if options.json:
        document({**said.model_dump(mode="json", exclude_none=True), **receipt._asdict()})
        return DONE
    print(f"{calendar.id} counts until {say_day(calendar.expires)}: {receipt.result}.")
    return DONE


def in_use_already(calendar: WorkingDays, adoptions: Sequence[Adopted]) -> bool:
    """Whether the last calendar of its kind that was adopted has just these days."""
    alike = [
        one.calendar
        for one in adoptions
        if isinstance(one, CalendarInUse) and type(one.calendar) is type(calendar)
    ]
    return bool(alike) and alike[-1].sha256 == calendar.sha256


def refuse_open_holidays(calendar: WorkingDays, working: WorkingDays) -> None:
    """School terms in which a bank holiday is a school day were written without looking."""
    if isinstance(calendar, SchoolTerms):
        for on, name in calendar.must_be_closed(working.holidays):
            message = f"{say_day(on)} ({name}) lies in a term: add the line closed,{on},,{name}"
            raise UnreadablePolicy(message)


def adoption(daymark: Daymark, said: Fact, by: str) -> Event:
    """An adoption by somebody who holds a role here today; NotFound otherwise."""
    at = now()
    authority = daymark.authority()
    if not any(one.person == by and one.holds(london_date(at)) for one in authority.assignments):
        message = f"nobody who holds a role here today has the reference {by}"
        raise NotFound(message)
    return Event(
        authority=authority.code,
        kind="authority",
        subject=authority.code,
        source=CONSOLE,
        id=uuid4().hex,
        said=said,
        occurred_at=at,
        by=by,
    )
