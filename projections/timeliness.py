"""How much was done in time, by quarter and by team: each figure defined once, with where it comes from."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from domain.calendar import ONE_DAY, add_months, london_date
from domain.permission import Visible
from projections.board import JOINED, TRUE_NOW
from projections.instants import read_if, written
from projections.permitted import permitted
from store.views import Views

QUARTER: Final = 3  # months


@dataclass(frozen=True, slots=True)
class Figure:
    """One published measure: what is counted, in which quarter, and who counts it so."""

    name: str
    title: str
    timescale: str
    counted_when: Literal["done", "due", "begun"]
    """In which quarter a clock counts: when it was done, when it fell due, or when it began."""
    of: str
    """The whole of which it is a share, in words."""
    source: str
    declined_too: bool = False
    """Whether what was declined belongs to the whole."""


FIGURES: Final = (
    Figure(
        "conferences",
        "Conferences within 15 working days",
        "icpc-15wd",
        "done",
        "initial conferences held",
        "Department for Education, Characteristics of children in need, table C4; Sefton LSCB"
        " annual report 2015/16: “96% of Initial Child Protection Conferences in 2015/16 took place within"
        " 15 days”.",
    ),
    Figure(
        "assessments",
        "Assessments within 45 working days of the referral",
        "assessment-45wd",
        "done",
        "assessments authorised",
        "Working Together; Sefton LSCB annual report 2015/16: “76% of assessments undertaken were"
        " completed within 45” working days, which may be counted there from the start of the assessment.",
    ),
    Figure(
        "enquiries",
        "Section 47 enquiries within their time",
        "s47-enquiry-complete",
        "done",
        "enquiries concluded",
        "Sefton LSCB annual report 2015/16: “94% of Section 47 enquiries conducted in 2015/2016 were"
        " completed within timescale”; it does not say which timescale.",
    ),
    Figure(
        "referral-decisions",
        "Referral decisions within one working day",
        "referral-decision-1wd",
        "due",
        "decisions due",
        "Daymark’s own: what was done in time, of what fell due.",
    ),
    Figure(
        "visits",
        "Visits to children on a child protection plan in time",
        "cp-visit",
        "due",
        "visits due",
        "Darlington scrutiny minutes, third quarter of 2020/21: 85.8%.",
    ),
    Figure(
        "looked-after-reviews",
        "Reviews of looked-after children in time",
        "lac-review-next-6m",
        "due",
        "reviews due",
        "Sefton LSCB annual report 2015/16: “completion of children looked after reviews”, 98%;"
        " it does not say whether reviews or children are counted. Here reviews after the second are.",
    ),
    Figure(
        "missing-72h-meetings",
        "Strategy meetings for children missing 72 hours, in time",
        "missing-strategy-72h",
        "due",
        "meetings due",
        "Sefton LSCB annual report 2015/16, missing children data; each of its two rules is shown alone.",
    ),
    Figure(
        "missing-third-meetings",
        "Strategy meetings on the third missing occasion, in time",
        "missing-strategy-third-episode",
        "due",
        "meetings due",
        "Sefton LSCB annual report 2015/16, missing children data; each of its two rules is shown alone.",
    ),
    Figure(
        "return-interviews",
        "Return interviews within 72 hours, of all returns",
        "missing-rhi-72h",
        "begun",
        "returns",
        "Missing People, return home interviews 2023-24: a mean of 63% in England.",
        declined_too=True,
    ),
    Figure(
        "return-interviews-not-declined",
        "Return interviews within 72 hours, of those not declined",
        "missing-rhi-72h",
        "begun",
        "returns without a refusal",
        "Missing People, return home interviews 2023-24, counted without refusals.",
    ),
)
"""Every figure, as data; a number of the law stands in its timescale and is not repeated here."""
BY_NAME: Final[Mapping[str, Figure]] = {one.name: one for one in FIGURES}

ENDS: Final[Mapping[str, str]] = {
    "met": "in-time",
    "met-late": "late",
    "breached": "late",
    "declined": "declined",
    "awaiting-feed": "unknown",
    "unobservable": "unknown",
    "undecidable": "unknown",
}
"""What a status counts as; what still runs, is held or was not needed counts for nothing."""


@dataclass(frozen=True, slots=True)
class Share:
    """What became of the clocks of a quarter or of a team."""

    of: str
    """The first day of the quarter, or the team; empty for children of no team."""
    in_time: int = 0
    late: int = 0
    declined: int = 0
    unknown: int = 0
    declined_too: bool = False

    @property
    def whole(self) -> int:
        """Of how many it is a share: what is not known is left out, and shown beside it."""
        return self.in_time + self.late + (self.declined if self.declined_too else 0)

    @property
    def percent(self) -> int | None:
        """How many of a hundred were done in time; nothing where there were none."""
        return round(100 * self.in_time / self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Timeliness:
    """One figure over some quarters, and over the teams in all of them together."""

    figure: Figure
    quarters: tuple[Share, ...]
    """The oldest first; the last is the one that still runs."""
    teams: tuple[Share, ...]
    together: Share
    first: date
    last: date
    """The days of which it is, both included; a quarter that they cut counts in part."""


def quarter_of(on: date) -> date:
    """The first day of the quarter of a day: January, April, July and October."""
    return date(on.year, (on.month - 1) // QUARTER * QUARTER + 1, 1)


def timeliness(
    views: Views,
    authority: str,
    now: datetime,
    figure: Figure,
    *,
    quarters: int = 4,
    days: tuple[date, date] | None = None,
    team: str | None = None,
    visible: Visible | None = None,
) -> Timeliness:
    """A figure over this quarter and those before it, or of just these days, of what may be seen."""
    first, last = days or so_many_quarters(quarters, london_date(now))
    firsts = list(quarters_of(first, last))
    by_quarter: dict[str, Counter[str]] = {one.isoformat(): Counter() for one in firsts}
    by_team: dict[str, Counter[str]] = {}
    for row in clocks(views, authority, now, figure.timescale, team, visible):
        end = ENDS.get(row["status"])
        on = counted_on(figure, row)
        if end is None or on is None or not first <= on <= last:
            continue
        by_quarter[quarter_of(on).isoformat()][end] += 1
        by_team.setdefault(row["team"] or "", Counter())[end] += 1
    all_of_them = sum(by_quarter.values(), Counter[str]())
    return Timeliness(
        figure,
        tuple(share(name, found, figure) for name, found in by_quarter.items()),
        tuple(share(name, by_team[name], figure) for name in sorted(by_team)),
        share("", all_of_them, figure),
        first,
        last,
    )


def so_many_quarters(quarters: int, today: date) -> tuple[date, date]:
    """The first and the last day of this quarter and of so many before it."""
    this = quarter_of(today)
    return add_months(this, -QUARTER * (quarters - 1)), add_months(this, QUARTER) - ONE_DAY


def quarters_of(first: date, last: date) -> Iterator[date]:
    """The first day of each quarter in which any of these days lies."""
    quarter = quarter_of(first)
    while quarter <= last:
        yield quarter
        quarter = add_months(quarter, QUARTER)


def clocks(
    views: Views,
    authority: str,
    now: datetime,
    timescale: str,
    team: str | None,
    visible: Visible | None,
) -> Sequence[Mapping[str, Any]]:
    """The clocks of a rule that may be seen, each as it stands."""
    at = written(now)
    where, values = f"{TRUE_NOW} AND c.timescale = ?", list[object]([authority, at, at, timescale])
    if team is not None:
        where, values = f"{where} AND c.team = ?", [*values, team]
    allowed, wants = permitted(visible, authority, at, clocks=True)
    asked = (
        "SELECT c.team, s.status, c.started_at, c.started_on, c.due_at, c.due_on,"
        f" c.stopped_at, c.stopped_on{JOINED}{where}{allowed}"
    )
    with views.reading() as cursor:
        return list(cursor.execute(asked, [*values, *wants]))


def counted_on(figure: Figure, row: Mapping[str, Any]) -> date | None:
    """The London day that says in which quarter a clock counts; nothing for what is not done yet."""
    match figure.counted_when:
        case "done":
            return day_of(row, "stopped")
        case "due":
            return day_of(row, "due")
        case _:
            return day_of(row, "started")


def day_of(row: Mapping[str, Any], what: str) -> date | None:
    """A day of a row, or the London day of its instant."""
    on, at = row[f"{what}_on"], read_if(row[f"{what}_at"])
    if on is not None:
        return date.fromisoformat(on)
    return None if at is None else london_date(at)


def share(name: str, found: Mapping[str, int], figure: Figure) -> Share:
    """Counts as a share."""
    return Share(
        name,
        found.get("in-time", 0),
        found.get("late", 0),
        found.get("declined", 0),
        found.get("unknown", 0),
        figure.declined_too,
    )


HEADINGS: Final = ("In time", "Late", "Declined", "Not known", "Share in time")


def cells(one: Share) -> Iterator[str]:
    """A line of the table, the same on page, in file and in the command."""
    for count in (one.in_time, one.late, one.declined, one.unknown):
        yield f"{count:,}"
    yield "none to count" if one.percent is None else f"{one.percent}%"
