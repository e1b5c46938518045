"""What an address narrows the record of looks to, and what of it cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from domain.calendar import london_date, midnight
from projections.looks import Asked
from web.console.gate import stream_of
from web.console.look_back import A_DAY, NOT_A_DATE, TOO_LATE, Typed, day_typed

ADDRESS: Final = "/audit/reads"
BOXES: Final = ("day", "month", "year")
EMPTY: Final[Typed] = ("", "", "")
NO_CHILD: Final = "This address names no child: find the child by the case system’s reference"
UPSIDE_DOWN: Final = "The last day must be the first day or later"


@dataclass(frozen=True)
class Narrowed:
    """Who looked, at whom, why and on which days; an empty word narrows nothing."""

    person: str = ""
    child: str = ""
    """The opaque id of a child: the case system's reference stands in no address."""
    purpose: str = ""
    from_on: date | None = None
    to_on: date | None = None
    typed: Mapping[str, Typed] | None = None
    """What the boxes of each day hold."""
    by_boxes: bool = False
    """Whether days were typed into boxes, which leads to the one address of the same looks."""
    faults: Mapping[str, str] | None = None
    """What cannot be read, by the field where it is mended."""

    @property
    def query(self) -> str:
        """The same as an address; empty where nothing is narrowed."""
        days = {"from": self.from_on, "to": self.to_on}
        said = {"person": self.person, "child": self.child, "purpose": self.purpose}
        said |= {name: day.isoformat() for name, day in days.items() if day}
        kept = {name: word for name, word in said.items() if word}
        return "?" + urlencode(kept) if kept else ""

    def of(self, child: str) -> "Narrowed":
        """The same of one child alone, or of all of them."""
        return replace(self, child=child)

    def on_page(self, number: int) -> str:
        """The address of one page of these looks."""
        return f"{self.query}{'&' if self.query else '?'}page={number}"

    def day(self, name: str) -> Typed:
        """What the boxes of a day show."""
        return (self.typed or {}).get(name, EMPTY)

    def fault(self, name: str) -> str:
        """What is wrong with one field; empty where nothing is."""
        return (self.faults or {}).get(name, "")

    @property
    def summary(self) -> list[dict[str, str]]:
        """Every fault, each leading to its field."""
        return [{"text": said, "href": f"#{name}"} for name, said in (self.faults or {}).items()]

    @property
    def asked(self) -> Asked:
        """The same as the projections take it."""
        return Asked(
            person=self.person or None,
            child=self.child or None,
            purpose=self.purpose or None,
            from_at=midnight(self.from_on) if self.from_on else None,
            to_at=midnight(self.to_on + timedelta(days=1)) if self.to_on else None,
        )


def narrowed_in(words: Mapping[str, str], now: datetime) -> Narrowed:
    """What an address, or the form, narrows the looks to; what cannot be read is never left out silently."""
    days: dict[str, date | None] = {}
    typed: dict[str, Typed] = {}
    faults: dict[str, str] = {}
    for name in ("from", "to"):
        days[name], typed[name], wrong = day_in(words, name, now)
        if wrong:
            faults[f"{name}-day"] = wrong
    from_on, to_on = days["from"], days["to"]
    if from_on and to_on and to_on < from_on:
        faults["to-day"] = UPSIDE_DOWN
    child = words.get("child", "").strip()
    if child and stream_of(child) is None:
        faults["reference"], child = NO_CHILD, ""
    return Narrowed(
        words.get("person", ""),
        child,
        words.get("purpose", ""),
        from_on,
        to_on,
        typed,
        by_boxes=any(f"{name}-day" in words for name in days),
        faults=faults,
    )


def day_in(words: Mapping[str, str], name: str, now: datetime) -> tuple[date | None, Typed, str]:
    """A day from its boxes or from the address, what its boxes show, and what is wrong with it."""
    if any(f"{name}-{box}" in words for box in BOXES):
        day, typed = day_typed(words, name)
        if day is None:
            return None, typed, NOT_A_DATE if any(typed) else ""
    else:
        text, typed = words.get(name, ""), EMPTY
        try:
            day = date.fromisoformat(text) if A_DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            return None, EMPTY, NOT_A_DATE if text else ""
        typed = (str(day.day), str(day.month), str(day.year))
    return (None, typed, TOO_LATE) if day > london_date(now) else (day, typed, "")
