"""Going live: which rule is told in which team, by whose decision, what waits, and the forms that switch."""

from collections.abc import Iterator, Sequence
from datetime import date

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from domain.access_rules import Action
from domain.authority import Authority
from domain.calendar import london_date
from domain.facts.authority import TellingSwitchedOff, TellingSwitchedOn, TrackerCompared
from domain.facts.fact import Fact
from domain.going_live import states, was_in_shadow
from domain.permission import Record, may
from domain.words import say_day, say_list, say_moment, say_role, say_title
from projections.backlog import backlog, by_team
from projections.drawing import weeks_drawn
from projections.going_live import WouldBeTold, compared_by_day, rules_of, would_be_told
from projections.late_by_week import LateByWeek
from web.access import needs
from web.addresses import Addresses
from web.console.board import teams
from web.console.figures import BandWords, WeeksPicture, column
from web.console.gate import access
from web.console.look_back import NOT_A_DATE, day_typed
from web.console.pages import Page, Pages, texts
from web.console.picture_words import short_day
from web.console.telling import Filled, begin, tell
from web.console.told_rules import stand_lines
from web.console.wording import capital, name_of, shadows_in_words

TITLE = "Going live"
ALL = "all"
MOST = 200
"""Clocks of the backlog that the page shows; the counts are of all."""
AT_FIRST = 20
"""How many of them stand open; the others are behind a click."""
DAYS = 14
"""Days of the comparison that the picture shows; the table has them all."""
COMPARED = (
    ("both", "Same in both"),
    ("due_differs", "Due day differs"),
    ("done_differs", "Done day differs"),
    ("only_tracker", "Only in the tracker"),
    ("only_daymark", "Only in Daymark"),
)
"""What a comparison counts, and its words."""
LONGEST_REASON = 300


def going_live(pages: Pages) -> Addresses:
    """The page and its form."""
    routes = pages.door()

    @routes.get("/going-live")
    @needs(Action.SEE, "list")
    def page(request: Request, done: str = "") -> Response:
        return show(pages, request, Filled(), done)

    @routes.post("/going-live")
    @needs(Action.SWITCH, "staff")
    async def switched(request: Request) -> Response:
        form = texts(await request.form())
        return await run_in_threadpool(record, pages, request, form)

    return routes


def show(pages: Pages, request: Request, filled: Filled, done: str = "") -> Response:
    """The page, with what is wrong where the form could not be taken."""
    parts, now, allowed = pages.parts, pages.parts.now(), access(request)
    authority = parts.authority(parts.code)
    rules = rules_of(authority)
    found = states(authority.going_live, rules, now)
    waiting = backlog(parts.views, authority, now, visible=allowed.visible)
    history = parts.log.history(parts.log.stream(parts.code, "authority", parts.code))
    days = compared_by_day(history)
    today = london_date(now)
    return pages.form(
        request,
        "going_live.html",
        Page(TITLE, "going-live", (("Board", "/board"),), error=bool(filled.faults)),
        400 if filled.faults else 200,
        token=filled.value("token"),
        answer=shadows_in_words(authority, now),
        rows=list(stand_lines(pages, authority, found, allowed.decision)),
        teams_waiting=[(team or "Without a team", n) for team, n in by_team(waiting).items()],
        waiting=[
            told_words(pages, authority, one)
            for one in would_be_told(waiting[:MOST], authority, now)
        ],
        at_first=AT_FIRST,
        more=max(0, len(waiting) - MOST),
        compared=list(comparison(days)),
        compared_heads=[words for _, words in COMPARED],
        picture=trend(days[-DAYS:]) if days else None,
        may_switch=may(
            allowed.asker, Action.SWITCH, Record("staff", parts.code), allowed.purpose, now
        ).allowed,
        rules_to_choose=[
            {"value": ALL, "text": "Every rule"},
            *(
                {"value": one.id, "text": say_title(one)}
                for one in sorted(authority.policy.timescales, key=say_title)
            ),
        ],
        teams_to_choose=[
            {"value": "", "text": "Every team"},
            *({"value": team, "text": team} for team in teams(authority)),
        ],
        example=f"{today.day} {today.month} {today.year}",
        filled=filled,
        done=done,
    )


def told_words(pages: Pages, authority: Authority, one: WouldBeTold) -> dict[str, str]:
    """A late clock of which nobody is told, and who would be."""
    row, people = one.waiting.row, pages.parts.people
    rule = authority.policy.by_id.get(row.timescale)
    names = [name_of(people, person) for person in one.people]
    return {
        "href": row.clock_page,
        "whose": row.whose,
        "rule": say_title(rule) if rule else row.timescale,
        "team": row.team or "",
        "due": say_day(row.due_on) if row.due_on else say_moment(row.due_at),
        "told_from": "In shadow"
        if one.waiting.told_from is None
        else say_moment(one.waiting.told_from),
        "who": first_in_words(names, one.role),
    }


def first_in_words(names: list[str], role: str) -> str:
    """Who would be told first; which role is empty where it is, and nothing guessed where no rule says."""
    if names:
        return say_list(names, "or")
    return f"Nobody holds the role: {say_role(role)}" if role else "The rules in force do not say"


def comparison(
    days: Sequence[tuple[date, TrackerCompared]],
) -> Iterator[tuple[str, list[int]]]:
    """The days on which the tracker was compared, the last first, each with its counts."""
    for day, said in reversed(days):
        yield say_day(day), [getattr(said, name) for name, _ in COMPARED]


def trend(days: Sequence[tuple[date, TrackerCompared]]) -> WeeksPicture:
    """The same as a picture: how much is the same, and how much differs, day by day."""
    same = [said.both for _, said in days]
    differ = [sum(getattr(said, name) for name, _ in COMPARED[1:]) for _, said in days]
    lines = (("Same in both", same), ("Different", differ))
    grid = tuple((*counts, sum(counts)) for _, counts in (*lines, ("All", same)))
    drawn = weeks_drawn(
        LateByWeek(tuple(day for day, _ in days), tuple(name for name, _ in lines), grid)
    )
    step = 640 / len(days)
    told = " ".join(
        f"{name}: "
        + ", ".join(f"{say_day(day)} {count}" for (day, _), count in zip(days, counts, strict=True))
        + "."
        for name, counts in lines
    )
    return WeeksPicture(
        f"The tracker beside Daymark, since {say_day(days[0][0])}",
        told,
        tuple(BandWords(one.timescale, tuple(map(column, one.columns))) for one in drawn),
        tuple((round((n + 0.5) * step, 1), short_day(day)) for n, (day, _) in enumerate(days)),
        round(step * 0.7, 1),
    )


def record(pages: Pages, request: Request, form: dict[str, str]) -> Response:
    """Record a decision, or show the form again with what is wrong."""
    teller = begin(pages, request, form, "going-live")
    authority = pages.parts.authority(pages.parts.code)
    filled = Filled(typed=form)
    said = decision(filled, authority, london_date(teller.now))
    if said is None:
        return show(pages, request, filled)
    event = teller.event(teller.code, said, kind="authority")
    return RedirectResponse(f"/going-live?done={tell(pages, event)}", 303)


def decision(filled: Filled, authority: Authority, today: date) -> Fact | None:
    """What a form decides; nothing where something is wrong, which is then said beside its field."""
    rules, rule = rules_of(authority), filled.value("rule")
    team, reason = filled.value("team") or None, filled.value("reason")
    if rule != ALL and rule not in rules:
        filled.faults["rule"] = "Choose a rule, or every rule"
    if team is not None and team not in teams(authority):
        filled.faults["team"] = "Choose a team, or every team"
    if not 0 < len(reason) <= LONGEST_REASON:
        filled.faults["reason"] = f"Say why, in 1 to {LONGEST_REASON} characters"
    timescale = None if rule == ALL else rule
    match filled.value("switch"):
        case "off" if not filled.faults:
            return TellingSwitchedOff(timescale=timescale, team_ref=team, reason=reason)
        case "on":
            return switched_on(filled, authority, today, timescale, team)
        case "off":
            return None
        case _:
            filled.faults["switch"] = "Choose whether people are told or not"
            return None


def switched_on(
    filled: Filled, authority: Authority, today: date, timescale: str | None, team: str | None
) -> Fact | None:
    """The decision to tell, with its first day and its amnesty."""
    first = chosen_day(filled, "from", today)
    amnesty = chosen_day(filled, "amnesty", first or today)
    concerned = [timescale] if timescale else rules_of(authority)
    if not filled.faults and not was_in_shadow(authority.going_live, concerned, team):
        filled.faults["rule"] = "People are told of that already: it never was in shadow"
    if filled.value("backlog") not in {"amnesty", "at-once"}:
        filled.faults["backlog"] = "Choose what becomes of what is late already"
    if filled.value("backlog") == "amnesty" and amnesty is None:
        filled.faults.setdefault("amnesty-day", "Enter the last day of the amnesty")
    if filled.faults:
        return None
    return TellingSwitchedOn(
        timescale=timescale,
        team_ref=team,
        from_on=first,
        amnesty_to=amnesty if filled.value("backlog") == "amnesty" else None,
        reason=filled.value("reason"),
    )


def chosen_day(filled: Filled, name: str, earliest: date) -> date | None:
    """A day of the form that may be left empty; one that is over is a fault."""
    day, filled.days[name] = day_typed(filled.typed, name)
    if not any(filled.days[name]):
        return None
    if day is None:
        filled.faults[f"{name}-day"] = NOT_A_DATE
    elif day < earliest:
        filled.faults[f"{name}-day"] = f"{capital(say_day(day))} is over by then"
    return day
