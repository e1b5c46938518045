"""The daily missing page as plain lines: the same words for the page, its file and the command."""

from collections.abc import Iterator
from datetime import datetime

from domain.calendar import LONDON
from domain.code_sets import CODE_SETS
from domain.standing import Standing
from domain.timescales import spelled
from domain.words import say_day, say_due, say_fact, say_when
from projections.missing import MissingPage
from projections.missing_episodes import Duty, Life, Missing, Unheard

HEADINGS = ("section", "child", "team", "worker", "answers for the child", "what", "when", "more")
OF_A_CHILD = (
    "last seen",
    "back",
    "out for",
    "strategy meeting",
    "return interview",
    "reasons given",
    "recorded",
)
AUTHORITIES = CODE_SETS["la_code"].labels
GRADES = CODE_SETS["police_missing_grade"].labels
REASONS = CODE_SETS["return_interview_reasons"].labels
WHY = {
    "missing": "missing",
    "child-protection": "on a child protection plan",
    "child-in-need": "on a child in need plan",
    "macse": "on a MACSE plan",
    "early-help": "on an early help plan",
    "looked-after": "looked after",
    "placed-here": "placed here by another authority",
}
"""Why somebody should see a child, in words."""


def lines(page: MissingPage) -> Iterator[tuple[str, ...]]:
    """Every row of the page, section by section."""
    for one in page.out:
        said = f"out for {hours(one.hours_out(page.moment))}, {times(one, page)}"
        more = f"strategy meeting {duty(one.meeting)}"
        yield ("out now", *whose(one), said, say_when(one.started), more)
    for one in page.back:
        assert one.ended is not None
        said = f"back after {hours(one.hours_out(page.moment))}, {times(one, page)}"
        more = f"return interview {duty(one.interview)}"
        yield ("back in the last 72 hours", *whose(one), said, say_when(one.ended), more)
    for life in page.about_to_be_nth:
        assert life.window is not None
        last = life.episodes[-1]
        said = f"{life.count} times in {life.window.amount} days"
        yield ("one more calls for a meeting", *whose(last), said, say_when(last.started), "")
    for here in page.elsewhere:
        last = here.life.episodes[-1]
        where = "placed here by" if here.placed_here else "ours, placed in"
        said = f"{where} {say_authority(here.authority)}"
        yield (
            "other authorities",
            *whose(last),
            said,
            say_when(last.started),
            "out now" if here.out else "back",
        )
    for quiet in page.unheard:
        said = f"{WHY.get(quiet.why, quiet.why)}, expected within {spelled(quiet.allowed, 'days')}"
        row = (quiet.child, quiet.team or "", "", "")
        yield ("nobody has heard from", *row, said, say_when(quiet.since), nothing_since(quiet))


def times_missing(life: Life, moment: datetime) -> Iterator[tuple[str, ...]]:
    """Every time that one child was missing, the first first."""
    for one in life.episodes:
        yield (
            say_when(one.started),
            say_when(one.ended) if one.ended else "still out",
            hours(one.hours_out(moment)),
            duty(one.meeting),
            duty(one.interview),
            "; ".join(reasons(one.reasons)),
            "; ".join(recorded_of(one)),
        )


def recorded_of(one: Missing) -> list[str]:
    """Everything recorded of the return interview of a time missing, in order."""
    return [f"{say_fact(said.name)}, {say_when(said)}" for said in one.interviews]


def whose(one: Missing) -> tuple[str, str, str, str]:
    """The child, the team, the worker and the authority that answers."""
    ours = "this authority" if one.placing is None else say_authority(one.placing)
    return one.child, one.team or "", one.worker or "", ours


def hours(count: int) -> str:
    """So many hours."""
    return f"{count} {'hour' if count == 1 else 'hours'}"


def times(one: Missing, page: MissingPage) -> str:
    """Which time it is within the window; that none is counted where no rule counts."""
    if one.nth is None or page.window is None:
        return "times not counted"
    if not one.nth:
        return "not one of those counted"
    return f"{nth(one.nth)} time in {page.window.amount} days"


def nth(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    last, teens = number % 10, 11 <= number % 100 <= 13  # noqa: PLR2004
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th')}"


def duty(one: Duty) -> str:
    """How a meeting or an interview stands."""
    due = f" by {say_due(one.due)}" if one.due else ""
    match one.state:
        case "held" | "declined":
            return f"{one.state} on {when(one.at)}"
        case "offered":
            waits = f", due{due}" if due else ""
            return f"offered on {when(one.at)}{waits}"
        case "due":
            return f"due{due}"
        case "late":
            return f"late, was due{due}"
        case "awaited":
            return f"was due{due}; its system has not spoken since"
        case "not-known":
            return "not known: no source can say"
        case _:
            return "not called for"


def when(one: Standing | None) -> str:
    """When a fact happened."""
    assert one is not None
    return say_when(one)


def say_authority(code: str) -> str:
    """An authority by name; by its code where that is all we have."""
    return AUTHORITIES.get(code, code) or "another authority, not named"


def grade(one: Missing) -> str:
    """How the police graded it; nothing where no grade was told."""
    return f"police grade: {GRADES.get(one.grade, one.grade)}" if one.grade else ""


def reasons(codes: tuple[str, ...]) -> list[str]:
    """The coded reasons in words."""
    return [REASONS.get(code, code) for code in codes]


def nothing_since(one: Unheard) -> str:
    """What is not recorded; never that nothing happened."""
    day = say_day(one.since.earliest.astimezone(LONDON).date())
    began = "" if one.seen else f" ({say_fact(one.since.name).lower()})"
    return f"Nothing recorded since {day}{began}"
