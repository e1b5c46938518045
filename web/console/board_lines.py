"""One clock in the words of the board: what is due, how it stands, how far that is, and who was told."""

from dataclasses import dataclass
from datetime import datetime

from domain.authority import Authority
from domain.calendar import london_date
from domain.clocks import Verdict
from domain.timescales import Timescale
from domain.words import (
    VERDICTS,
    say_day,
    say_days,
    say_hours,
    say_list,
    say_moment,
    say_role,
    say_time,
    say_title,
)
from projections.board import BoardRow
from web.console.statuses import COLOURS, NOT_CONFIRMED, Tag
from web.console.wording import capital, last_day, name_of
from web.parts import Parts


@dataclass(frozen=True)
class Line:
    """One clock as the board shows it."""

    page: str
    child: str
    """The child's reference, or what stands in its place where it is about no child."""
    clock_page: str
    title: str
    allowance: str
    due: str
    due_time: str
    sort_by: int
    tag: Tag
    distance: str
    told: str
    told_more: str
    watching: str
    """Which roles were told only so that they can watch."""
    promised: str
    handed: str
    """Whom it was handed over to, and until when."""
    escalation: str
    clock: str
    """The clock's key, by which it is chosen."""


def line(row: BoardRow, parts: Parts, authority: Authority, now: datetime, *, sure: bool) -> Line:
    """One clock in the words of the board."""
    timescale = authority.policy.timescale(row.timescale)
    by_day = row.due_on is not None and timescale.kind != "same-day"
    by_day = by_day or say_time(row.due_at) == "midnight"
    day = row.due_on if by_day and row.due_on else last_day(row.due_at)
    told, more, promised = told_words(row, parts)
    return Line(
        page=row.page,
        child=row.whose,
        clock_page=row.clock_page,
        title=say_title(timescale),
        allowance=timescale.allowance,
        due=say_day(day),
        due_time="End of the day" if by_day else say_time(row.due_at),
        sort_by=int(row.due_at.timestamp()),
        tag=Tag(status_word(row), COLOURS[row.status] if sure else "grey"),
        distance=distance(row, timescale, authority, now),
        told=told,
        told_more=more,
        watching=watching_words(row),
        promised=promised,
        handed=handed_words(row, parts),
        escalation=row.escalation or "",
        clock=row.clock,
    )


def status_word(row: BoardRow) -> str:
    """The status of a row as a manager reads it."""
    if row.status is Verdict.BREACHED and not row.confirmed and row.stopped_by is None:
        return NOT_CONFIRMED
    return VERDICTS[row.status]


def distance(row: BoardRow, timescale: Timescale, authority: Authority, now: datetime) -> str:
    """How far past due or how far from it, in the timescale's own unit; empty where neither is known."""
    late = row.status is Verdict.BREACHED
    if row.status is Verdict.AWAITING_FEED and row.heard_to is not None:
        return f"heard up to {say_moment(row.heard_to)}"
    if row.status is Verdict.SUSPENDED:
        return "what is left runs on once it is resumed"
    if not late and row.status not in {Verdict.DUE_SOON, Verdict.RUNNING}:
        return ""
    if row.due_on is None or timescale.counts_hours:
        length = say_hours(now - row.due_at if late else row.due_at - now)
        return f"by {length}" if late else f"{length} left"
    today = london_date(now)
    if not late and today == row.due_on:
        return "today"
    start, end = (row.due_on, today) if late else (today, row.due_on)
    working = timescale.unit == "working-days" and end <= authority.calendar.expires
    if working:
        length = say_days(authority.calendar.between(start, end), "working-days")
    else:
        length = say_days((end - start).days, "calendar-days").replace("calendar ", "")
    return f"by {length}" if late else f"{length} left"


def told_words(row: BoardRow, parts: Parts) -> tuple[str, str, str]:
    """Who was told, when, and what was promised."""
    if row.told_role is None or row.told_at is None:
        return "", "", ""
    person = parts.people.get(row.told_person) if row.told_person else None
    told = capital(say_role(row.told_role))
    more = f"{person.name}, {say_day(london_date(row.told_at))}" if person else ""
    if row.acknowledged_until is None:
        return told, more, ""
    owner = parts.people.get(row.acknowledged_owner) if row.acknowledged_owner else None
    until = say_day(last_day(row.acknowledged_until))
    return told, more, f"Acknowledged until {until}" + (f" by {owner.name}" if owner else "")


def watching_words(row: BoardRow) -> str:
    """Which roles were told only so that they can watch, beside who answers."""
    roles = [say_role(role) for role in row.watching if role != row.told_role]
    return f"Told to watch: {say_list(roles, 'and')}" if roles else ""


def handed_words(row: BoardRow, parts: Parts) -> str:
    """Whom a clock was handed over to, while that lasts."""
    if row.handed_to is None or row.handed_until is None:
        return ""
    to = name_of(parts.people, row.handed_to)
    return f"Handed over to {to} until {say_day(last_day(row.handed_until))}"
