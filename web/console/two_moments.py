"""The form of two moments: what had happened by the one, and what was known by the other.

An address holds both as instants with their offset; a day without a time means its end.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from fastapi import Request

from domain.calendar import LONDON, end_of
from domain.permission import groups_of
from domain.words import say_time
from web.console.gate import access
from web.console.look_back import (
    A_DAY,
    NOT_A_DATE,
    TOO_LATE,
    Moment,
    View,
    WrongDate,
    day_typed,
    view_from_form,
)

HAPPENED: Final = "happened"
KNOWN: Final = "known-by"
NOT_A_MOMENT: Final = "Enter a moment that has passed, for example 7 1 2016"
NOT_A_TIME: Final = "Enter a time of day, for example 2:30pm"
A_TIME: Final = re.compile(
    r"([0-9]{1,2})(?:[:.]([0-5][0-9]))?(?:[:.]([0-5][0-9]))? ?(am|pm)?", re.IGNORECASE
)
NOON: Final = 12
WORDS: Final[Mapping[str, time]] = {"midday": time(12), "midnight": time(0)}
AUDITS: Final = frozenset({"auditor", "guest"})
"""The groups to whom the form stands open from the start."""

Parts = tuple[str, str, str, str]
"""Day, month, year and time of day, as typed."""

NOTHING: Final[Parts] = ("", "", "", "")


@dataclass(frozen=True)
class Boxes:
    """The boxes of one moment: their name, what they ask, and what stands in them."""

    name: str
    legend: str
    hint: str
    typed: Parts = NOTHING
    fault: str = ""


@dataclass(frozen=True)
class TwoMoments:
    """The form as a page shows it: what is being looked at, and the boxes of both moments."""

    said: str
    happened: Boxes
    known: Boxes

    @property
    def faults(self) -> list[dict[str, str]]:
        """What is wrong, each leading to its box."""
        return [
            {"text": one.fault, "href": f"#{one.name}-day"}
            for one in (self.happened, self.known)
            if one.fault
        ]


class WrongMoments(WrongDate):
    """Two moments of which one cannot be read, with the form as it was filled in."""

    def __init__(self, form: TwoMoments) -> None:
        """Keep the form, which says what is wrong."""
        super().__init__(form.faults[0]["text"])
        self.form = form


def two_moments(view: View, *, after: str = "", of: str = "the record") -> TwoMoments:
    """The form for a view that was asked for; `after` tells the boxes of several forms apart."""
    return TwoMoments(
        said=in_words(view, of),
        happened=happened_boxes(after, typed_of(view.as_of)),
        known=known_boxes(after, typed_of(view.known_at)),
    )


def in_words(view: View, of: str) -> str:
    """What is being looked at, in a sentence that follows `You are looking at`."""
    return view.said or f"{of} as it stands now: everything that has happened, by all that is known"


def happened_boxes(after: str, typed: Parts, fault: str = "") -> Boxes:
    """The boxes of the moment by which things had happened."""
    hint = "Leave empty for the moment below. Without a time, the end of that day"
    return Boxes(f"{HAPPENED}{after}", "What had happened by", hint, typed, fault)


def known_boxes(after: str, typed: Parts, fault: str = "") -> Boxes:
    """The boxes of the moment by which things were known."""
    hint = "Leave empty for all that is known now. Without a time, the end of that day"
    return Boxes(f"{KNOWN}{after}", "What was known by", hint, typed, fault)


def typed_of(moment: Moment | None) -> Parts:
    """A moment as its four boxes show it."""
    if moment is None:
        return NOTHING
    day = moment.on
    if A_DAY.fullmatch(moment.written):
        return (str(day.day), str(day.month), str(day.year), "")
    local = moment.at.astimezone(LONDON)
    clock = say_time(moment.at)
    if local.second:
        clock = f"{local.hour % NOON or NOON}:{local:%M:%S}{'pm' if local.hour >= NOON else 'am'}"
    return (str(day.day), str(day.month), str(day.year), clock)


def asks_for_moments(asked: Mapping[str, str], after: str = "") -> bool:
    """Whether an address carries the boxes of the form."""
    return f"{HAPPENED}{after}-day" in asked or f"{KNOWN}{after}-day" in asked


def view_typed(asked: Mapping[str, str], now: datetime, after: str = "") -> View:
    """The view that the boxes ask for; WrongMoments where they cannot be read."""
    found: dict[str, Moment | None] = {}
    typed, faults = dict[str, Parts](), dict[str, str]()
    for name in (HAPPENED, KNOWN):
        found[name], typed[name], faults[name] = moment_boxed(asked, name + after, now)
    if any(faults.values()):
        raise WrongMoments(
            TwoMoments(
                "",
                happened_boxes(after, typed[HAPPENED], faults[HAPPENED]),
                known_boxes(after, typed[KNOWN], faults[KNOWN]),
            )
        )
    known = found[KNOWN]
    return View(now, found[HAPPENED] or known, known)


def moment_boxed(
    asked: Mapping[str, str], name: str, now: datetime
) -> tuple[Moment | None, Parts, str]:
    """The moment in four boxes, what was typed in them, and what is wrong with it."""
    clock = asked.get(f"{name}-time", "").strip()
    typed = (*day_typed(asked, name)[1], clock)
    try:
        return moment_typed(asked, name, clock, now), typed, ""
    except WrongDate as wrong:
        return None, typed, str(wrong)


def moment_typed(asked: Mapping[str, str], name: str, clock: str, now: datetime) -> Moment | None:
    """The moment in four boxes; nothing where they are empty, or name this very moment or today."""
    day, typed = day_typed(asked, name)
    if not any((*typed, clock)):
        return None
    if day is None:
        raise WrongDate(NOT_A_DATE)
    if not clock:
        if day > now.astimezone(LONDON).date():
            raise WrongDate(TOO_LATE)
        moment = Moment(end_of(day), day.isoformat())
        return moment if moment.at < now else None
    said = time_of_day(clock)
    if said is None:
        raise WrongDate(NOT_A_TIME)
    local = datetime.combine(day, said, tzinfo=LONDON)
    if (at := local.astimezone(UTC)) > now:
        raise WrongDate(TOO_LATE)
    return Moment(at, local.isoformat()) if at < now else None


def time_of_day(text: str) -> time | None:
    """A time as people type it: 9am, 2:30pm, 14.30, midday; nothing where it is none."""
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    found = A_TIME.fullmatch(text)
    if found is None or not (found[2] or found[4]):
        return None
    hour, half = int(found[1]), (found[4] or "").lower()
    if half and not 1 <= hour <= NOON:
        return None
    hour = hour % NOON + (NOON if half == "pm" else 0) if half else hour
    try:
        return time(hour, int(found[2] or 0), int(found[3] or 0))
    except ValueError:
        return None


def view_sent(asked: Mapping[str, str], now: datetime) -> View | None:
    """The view that either form sends in its boxes; nothing where none was sent; WrongDate if unreadable."""
    if asks_for_moments(asked):
        return view_typed(asked, now)
    return view_from_form(asked, now) if "as-of-day" in asked else None


def looking_back(
    request: Request, view: View, wrong: WrongDate | None = None, *, of: str = "the record"
) -> dict[str, object]:
    """What `looking_back.html` shows: the form that fits, as it was filled in, and what is wrong in it."""
    moments = wrong.form if isinstance(wrong, WrongMoments) else None
    if wrong is None and offered(request, view):
        moments = two_moments(view, of=of)
    chosen = "now" if view.known_at is None else "then"
    return {
        "moments": moments,
        "error": str(wrong) if wrong else "",
        "typed": wrong.typed if wrong else view.typed,
        "known": request.query_params.get("known", "now") if wrong else chosen,
    }


def offered(request: Request, view: View) -> bool:
    """Whether a page shows this form rather than the one that asks for a day.

    It is shown to who audits, to who asks for it, and where a day alone could not say the same.
    """
    groups = set().union(*groups_of(access(request).asker).values())
    asked = request.query_params.get("look") == "moments"
    return asked or bool(groups & AUDITS) or not is_of_a_day(view)


def is_of_a_day(view: View) -> bool:
    """Whether one day, with what is known now or was known then, says the whole view."""
    moments = [one for one in (view.as_of, view.known_at) if one is not None]
    same = view.known_at is None or view.as_of == view.known_at
    return same and all(A_DAY.fullmatch(one.written) for one in moments)
