"""The page a day begins with: what happened since the last working day's close, and what falls due."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from fastapi import Request, Response

from domain.access_rules import Action
from domain.authority import Authority
from domain.calendar import at_clock, london_date
from domain.errors import CalendarExpired
from domain.words import say_list, say_moment, say_time, say_title, say_weekday
from projections.board import BoardRow, counts, rows
from projections.instants import written
from projections.morning import News, since
from projections.narrowing import Narrowed
from projections.seeing import Seeing
from projections.unallocated import WHY, unallocated
from web.access import needs
from web.addresses import Addresses
from web.console.board_lines import Line, line
from web.console.board_seen import Chosen
from web.console.gate import Access, access
from web.console.pages import Page, Pages
from web.console.trusted import believed
from web.console.wording import name_of

CLOSE: Final = time(17)
"""When a working day ends, for what somebody comes back to."""
SHOWN: Final = 20
"""How many of each kind are shown; the count always says how many there are, and leads to all of them."""
PER_PAGE: Final = 50
"""How many of one kind stand on a page of all of them."""

Kind = tuple[str, tuple[str, ...], str]

KINDS: Final[tuple[Kind, ...]] = (
    ("broke", ("broke",), "Became late"),
    ("warned", ("warned",), "Warnings given"),
    ("cured", ("cured",), "Done in time after all"),
    ("promises", ("promise-passed", "owner-left", "owner-absent"), "Promises that no longer hold"),
)
"""What can have happened: its name here, how it is kept, and its heading."""

PASSED: Final = {
    "promise-passed": "the promised day has passed",
    "owner-left": "whoever promised has left",
    "owner-absent": "whoever promised is away",
}


@dataclass(frozen=True)
class Told:
    """Something that became of a clock, as the page says it."""

    whose: str
    title: str
    page: str
    when: str


@dataclass(frozen=True)
class Part:
    """One list of the page, with how many there are in all."""

    id: str
    heading: str
    told: tuple[Told, ...]
    total: int

    @property
    def whole(self) -> str:
        """The address of the page that lists all of them."""
        return f"/morning?of={self.id}"


def morning(pages: Pages) -> Addresses:
    """The page a manager begins the day with."""
    routes = pages.door()

    @routes.get("/morning")
    @needs(Action.SEE, "list")
    def page(request: Request, of: str = "", page: str = "1") -> Response:
        kind = next((one for one in KINDS if one[0] == of), None)
        if kind is None:
            return show(pages, request)
        number = int(page) if re.fullmatch(r"[0-9]{1,6}", page) else 1
        return all_of(pages, request, kind, max(1, number))

    return routes


def all_of(pages: Pages, request: Request, kind: Kind, number: int) -> Response:
    """Everything of one kind that happened since, page by page."""
    parts, now, allowed = pages.parts, pages.parts.now(), access(request)
    before = last_close(parts.authority(parts.code), now)
    found = part(pages, allowed, before, now, kind, PER_PAGE, (number - 1) * PER_PAGE)
    return pages.show(
        request,
        "morning_part.html",
        Page(
            f"{found.heading} since {said_since(before)}",
            "morning",
            (("This morning", "/morning"),),
        ),
        trust=believed(parts, now, allowed.visible),
        part=found,
        first=(number - 1) * PER_PAGE + 1,
        pager=pager(found, number),
    )


def pager(found: Part, number: int) -> dict[str, object] | None:
    """The ways to the pages before and after; nothing where one holds them all."""
    last = -(-found.total // PER_PAGE)
    if last <= 1:
        return None

    def beside(page: int) -> dict[str, str]:
        return {"labelText": f"{page} of {last}", "href": f"{found.whole}&page={page}"}

    ways: dict[str, object] = {"landmarkLabel": "Pages of the list"}
    if number > 1:
        ways["previous"] = beside(min(number - 1, last))
    if number < last:
        ways["next"] = beside(number + 1)
    return ways


def show(pages: Pages, request: Request) -> Response:
    """What happened, what falls due, who is away and what is nobody's."""
    parts, now, allowed = pages.parts, pages.parts.now(), access(request)
    authority, today = parts.authority(parts.code), london_date(now)
    before = last_close(authority, now)
    happened = [part(pages, allowed, before, now, kind) for kind in KINDS]
    following = next_day(authority, today)
    due = [
        (
            heading,
            *falls_due(pages, allowed, on, now),
            "/board" + Chosen(due=on.isoformat()).query(),
        )
        for heading, on in (("Today", today), (f"By {say_weekday(following)}", following))
        if on is not None
    ]
    sure = believed(parts, now, access(request).visible)
    counted = counts(parts.views, parts.code, now, visible=allowed.visible)
    return pages.show(
        request,
        "morning.html",
        Page("This morning", "morning"),
        trust=sure,
        since=said_since(before),
        parts=happened,
        answer=in_a_sentence(happened, due[0][2], counted["not-acknowledged"], said_since(before)),
        due=due,
        away=away(pages, authority, today),
        unallocated=nobodys(pages, allowed, authority, now),
        late=counted["breached"],
    )


def said_since(before: datetime) -> str:
    """The close of the last working day, with its weekday: 5pm on Friday 8 January 2016."""
    return f"{say_time(before)} on {say_weekday(london_date(before))}"


def last_close(authority: Authority, now: datetime) -> datetime:
    """5pm of the last working day before today; of yesterday where the calendar does not say."""
    today = london_date(now)
    day = today - timedelta(days=1)
    if today <= authority.calendar.expires:
        while not authority.calendar.is_working(day):
            day -= timedelta(days=1)
    return at_clock(day, CLOSE)


def next_day(authority: Authority, today: date) -> date:
    """The next working day; tomorrow where the calendar does not say."""
    try:
        return authority.calendar.add(today, 1)
    except CalendarExpired:
        return today + timedelta(days=1)


def part(
    pages: Pages,
    allowed: Access,
    before: datetime,
    now: datetime,
    kind: Kind,
    limit: int = SHOWN,
    offset: int = 0,
) -> Part:
    """What of one kind happened since a moment, the latest first, and how much of it."""
    parts, (name, what, heading) = pages.parts, kind
    authority = parts.authority(parts.code)
    found, total = since(
        parts.views,
        parts.code,
        before,
        now,
        what,
        visible=allowed.visible,
        limit=limit,
        offset=offset,
    )
    return Part(name, heading, tuple(said(one, authority) for one in found), total)


def said(one: News, authority: Authority) -> Told:
    """One thing that happened, in words."""
    why = f": {PASSED[one.what]}" if one.what in PASSED else ""
    title = say_title(authority.policy.timescale(one.timescale))
    return Told(one.whose, title, one.clock_page, f"{say_moment(one.at)}{why}")


def falls_due(pages: Pages, allowed: Access, on: date, now: datetime) -> tuple[list[Line], int]:
    """What falls due on a day, and how much of it there is."""
    parts = pages.parts
    authority = parts.authority(parts.code)
    found, total = rows(
        parts.views,
        parts.code,
        now,
        narrowed=Narrowed(due=on).condition(now),
        visible=allowed.visible,
        limit=SHOWN,
    )
    return [line(row, parts, authority, now, sure=True) for row in found], total


def away(pages: Pages, authority: Authority, today: date) -> list[str]:
    """Who is away today, and who covers."""
    staff, people = authority.staff, pages.parts.people
    found = []
    for person in sorted(staff.away_on(today), key=lambda ref: name_of(people, ref)):
        cover = [
            name_of(people, one.person)
            for one in authority.assignments
            if one.covers == person and one.holds(today)
        ]
        by = (
            f"covered by {say_list(list(dict.fromkeys(cover)), 'and')}"
            if cover
            else "nobody covers"
        )
        found.append(f"{name_of(people, person)}, {by}")
    return found


def nobodys(
    pages: Pages, allowed: Access, authority: Authority, now: datetime
) -> list[tuple[BoardRow, str, str]]:
    """The clocks that are nobody's and that the reader may see, with why."""
    parts = pages.parts
    seeing = Seeing(parts.views, parts.code, allowed.visible, written(now))
    return [
        (one.row, say_title(authority.policy.timescale(one.row.timescale)), WHY[one.why])
        for one in unallocated(parts.views, authority, now).waiting
        if seeing.shows(one.row.stream, one.row.clock)
    ]


def in_a_sentence(happened: list[Part], today: int, unanswered: int, since_when: str) -> str:
    """The answer of the page: what became late, what falls due, what nobody has answered for."""
    broke = happened[0].total
    have = "has" if broke == 1 else "have"
    late = f"{clocks(broke)} {have} become late" if broke else "Nothing has become late"
    due = f"{clocks(today).lower()} {'falls' if today == 1 else 'fall'} due today"
    waits = f"{clocks(unanswered).lower()} {'is' if unanswered == 1 else 'are'} late and not acknowledged"
    return f"{late} since {since_when}; {due}, and {waits}."


def clocks(count: int) -> str:
    """So many clocks, in words that can begin a sentence."""
    return "1 clock" if count == 1 else f"{count or 'No'} clocks"
