"""Looking back: what had happened by one moment, as it was known at another.

Both stand in the address, `?as-of=2016-01-07&known-at=2016-01-07`, in the words of the command line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from domain.calendar import end_of, london_date
from domain.words import say_day, say_moment

A_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")

NOT_A_DATE: Final = "Enter a real date, for example 7 1 2016"
TOO_LATE: Final = "The date must be today or in the past"

Typed = tuple[str, str, str]


class WrongDate(Exception):
    """A date that cannot be read or looked back to, with what was typed."""

    def __init__(self, message: str, typed: Typed = ("", "", "")) -> None:
        """Keep the sentence that says what to do."""
        super().__init__(message)
        self.typed = typed


@dataclass(frozen=True)
class Moment:
    """A moment one looks back to; a day means its end."""

    at: datetime
    written: str
    """As the address has it: a date, or an instant with its offset."""

    @property
    def said(self) -> str:
        """The moment in words."""
        if A_DAY.fullmatch(self.written):
            return f"the end of {say_day(date.fromisoformat(self.written))}"
        return say_moment(self.at)

    @property
    def on(self) -> date:
        """The London day it lies in, or ends."""
        if A_DAY.fullmatch(self.written):
            return date.fromisoformat(self.written)
        return london_date(self.at)


@dataclass(frozen=True)
class View:
    """Two moments; nothing stands for now."""

    now: datetime
    as_of: Moment | None = None
    known_at: Moment | None = None

    @property
    def is_now(self) -> bool:
        """Whether nothing is left out."""
        return self.as_of is None and self.known_at is None

    @property
    def latest(self) -> datetime:
        """The latest moment of which it tells anything: of what happened, or of what was known."""
        as_of, known_at = (one.at if one else self.now for one in (self.as_of, self.known_at))
        return max(as_of, known_at)

    @property
    def query(self) -> str:
        """The same view as an address, to be kept or shared; empty for now."""
        named = {"as-of": self.as_of, "known-at": self.known_at}
        kept = {name: moment.written for name, moment in named.items() if moment}
        return "?" + urlencode(kept) if kept else ""

    @property
    def said(self) -> str:
        """What the view shows, in words; empty for now."""
        if self.known_at is not None:
            known = f"what was known at {self.known_at.said}"
            if self.as_of is None or self.as_of.at == self.known_at.at:
                return known
            return f"what had happened by {self.as_of.said}, as far as was known at {self.known_at.said}"
        if self.as_of is not None:
            return f"what we now know had happened by {self.as_of.said}"
        return ""

    @property
    def typed(self) -> Typed:
        """The day as its three boxes show it."""
        moment = self.as_of or self.known_at
        day = london_date(self.now) if moment is None else moment.on
        return (str(day.day), str(day.month), str(day.year))


def view_of(asked: Mapping[str, str], now: datetime) -> View:
    """The view an address names; as-of defaults to known-at, and that to now; WrongDate if unreadable."""
    known_at = moment_of(asked.get("known-at"), now)
    as_of = moment_of(asked.get("as-of"), now)
    return View(now, as_of or known_at, known_at)


def moment_of(text: str | None, now: datetime) -> Moment | None:
    """The moment that was written; nothing where none was, or where it is not past."""
    if not text:
        return None
    try:
        if A_DAY.fullmatch(text):
            at = end_of(date.fromisoformat(text))
        else:
            # A plus sign in an address reads as a space.
            text = text.replace(" ", "+")
            at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise WrongDate(NOT_A_DATE) from None
    if at.tzinfo is None:
        raise WrongDate(NOT_A_DATE)
    return Moment(at, text) if at < now else None


def view_from_form(asked: Mapping[str, str], now: datetime) -> View:
    """The view that the boxes and radios of the form ask for; WrongDate if they cannot be read."""
    day, typed = day_typed(asked, "as-of")
    if day is None:
        raise WrongDate(NOT_A_DATE, typed)
    if day > london_date(now):
        raise WrongDate(TOO_LATE, typed)
    moment = Moment(end_of(day), day.isoformat())
    if moment.at >= now:
        return View(now)
    return View(now, moment, moment if asked.get("known") == "then" else None)


def day_typed(asked: Mapping[str, str], name: str) -> tuple[date | None, Typed]:
    """The day in three boxes, with what was typed; nothing where that is no real day."""
    parts = [asked.get(f"{name}-{part}", "").strip() for part in ("day", "month", "year")]
    typed = (parts[0], parts[1], parts[2])
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in typed):
        return None, typed
    try:
        return date(int(typed[2]), int(typed[1]), int(typed[0])), typed
    except ValueError:
        return None, typed
