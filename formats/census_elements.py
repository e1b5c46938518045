"""What stands in one element of a census return, read value by value, nothing lost.

Whatever is not asked for is kept, and said in a warning with its line.
"""

import re
from datetime import date
from typing import Any, Final

from lxml import etree

from domain.code_sets import CODE_SETS
from formats.cloudevents import EARLIEST_YEAR, LATEST_YEAR
from formats.statement import Noted
from formats.xml_stream import local_name

# A zone, or a midnight from a database, may follow; a return holds days, never times.
DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9:.]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")
CODE: Final = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
NUMBER: Final = re.compile(r"[0-9]{1,9}")
LONGEST_KEPT: Final = 4_000

FLAGS: Final = {
    "0": False,
    "1": True,
    "false": False,
    "true": True,
    "no": False,
    "yes": True,
    "n": False,
    "y": True,
}


class Notes:
    """What is to be said of the lines of one child."""

    def __init__(self) -> None:
        """Begin with nothing to say."""
        self.unreadable: list[Noted] = []
        self.warnings: list[Noted] = []

    def refuse(self, element: etree._Element, reason: str) -> None:
        """Say that what stands here cannot be read."""
        self.unreadable.append(Noted(line_of(element), f"{local_name(element)[:60]}: {reason}"))

    def warn(self, element: etree._Element, reason: str) -> None:
        """Say what was noticed here, though it was read."""
        self.warnings.append(Noted(line_of(element), f"{local_name(element)[:60]}: {reason}"))


class Contents:
    """The children of one element, taken one by one; what is left is unmapped."""

    def __init__(self, element: etree._Element, notes: Notes) -> None:
        """Look into this element, and note what is odd there."""
        self.element = element
        self.line = line_of(element)
        self._notes = notes
        self._left = list(element)
        self._kept: dict[str, Any] = {}
        texts = [element.text, *(child.tail for child in element)]
        if any(text and text.strip() for text in texts):
            notes.warn(element, "text between its elements was passed over")

    def groups(self, name: str) -> list["Contents"]:
        """Every element of this name, to be looked into."""
        found = [child for child in self._left if local_name(child) == name]
        self.pass_over(name)
        return [Contents(child, self._notes) for child in found]

    def words(self, name: str) -> list[etree._Element]:
        """Every element of this name that holds words and nothing else; an empty one is as none."""
        found: list[etree._Element] = []
        left: list[etree._Element] = []
        for child in self._left:
            asked_for = local_name(child) == name and not len(child)
            (found if asked_for else left).append(child)
        self._left = left
        return [child for child in found if words_of(child)]

    def word(self, name: str) -> etree._Element | None:
        """The first element of this name; should there be more, they are kept as unmapped."""
        found = self.words(name)
        self._left.extend(found[1:])
        return found[0] if found else None

    def pass_over(self, *names: str) -> None:
        """Leave these out: nothing that Daymark keeps needs them."""
        self._left = [child for child in self._left if local_name(child) not in names]

    def day(self, name: str) -> date | None:
        """A day; one that cannot be read is refused with its line, and counts as not given."""
        element = self.word(name)
        return None if element is None else self._day(element)

    def days(self, name: str) -> list[tuple[date, int]]:
        """Every day of this name that can be read, with its line."""
        found = ((self._day(element), line_of(element)) for element in self.words(name))
        return [(day, line) for day, line in found if day is not None]

    def _day(self, element: etree._Element) -> date | None:
        written = DAY.fullmatch(words_of(element))
        try:
            found = date.fromisoformat(written[1]) if written else None
        except ValueError:
            self._notes.refuse(element, "there is no such day")
            return None
        if found is None:
            self._notes.refuse(element, "write it like 2016-01-09")
        elif not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            self._notes.refuse(
                element, f"the year must lie between {EARLIEST_YEAR} and {LATEST_YEAR}"
            )
            return None
        return found

    def needed_day(self, name: str) -> date | None:
        """The day that dates the row; where it is not given, the row is refused with its line."""
        given = any(local_name(child) == name and words_of(child) for child in self._left)
        if not given:
            self._notes.refuse(self.element, f"{name} is missing")
        return self.day(name)

    def code(self, name: str, code_set: str | None = None) -> str | None:
        """A code, in its set or not; what no code can look like is kept as unmapped."""
        element = self.word(name)
        return None if element is None else self._code(element, code_set)

    def codes(self, name: str, code_set: str | None = None) -> tuple[str, ...]:
        """Every code of this name."""
        found = (self._code(element, code_set) for element in self.words(name))
        return tuple(code for code in found if code is not None)

    def _code(self, element: etree._Element, code_set: str | None) -> str | None:
        code = words_of(element)
        if not CODE.fullmatch(code):
            self._left.append(element)
            return None
        if code_set is not None and not CODE_SETS[code_set].holds(code):
            self._notes.warn(element, "a code that its set does not hold; kept as it came")
        return code

    def flag(self, name: str) -> bool | None:
        """Yes or no, in any of the ways returns write it."""
        element = self.word(name)
        if element is None:
            return None
        found = FLAGS.get(words_of(element).lower())
        if found is None:
            self._left.append(element)
        return found

    def number(self, name: str) -> int | None:
        """A whole number."""
        element = self.word(name)
        if element is None:
            return None
        if not NUMBER.fullmatch(words_of(element)):
            self._left.append(element)
            return None
        return int(words_of(element))

    def keep(self, name: str, value: object) -> None:
        """Keep this as unmapped without a warning: it is known, and no field holds it."""
        if value:
            self._kept[name] = value

    def unmapped(self) -> dict[str, Any] | None:
        """All that was not asked for, each with a warning; nothing where nothing is left."""
        found: dict[str, list[Any]] = {}
        for child in self._left:
            self._notes.warn(child, "no field holds this; kept as unmapped")
            found.setdefault(local_name(child)[:60], []).append(_as_json(child))
        self._left = []
        kept = self._kept | {name: _plain(values) for name, values in found.items()}
        return kept or None


def line_of(element: etree._Element) -> int:
    """The line on which an element begins."""
    return int(element.sourceline or 0)


def words_of(element: etree._Element) -> str:
    """The words in an element, without the space around them."""
    return (element.text or "").strip()


def _as_json(element: etree._Element) -> Any:  # noqa: ANN401 - any JSON at all
    """An element as it can be kept: words, or its elements by name."""
    if not len(element):
        return words_of(element)[:LONGEST_KEPT]
    found: dict[str, list[Any]] = {}
    for child in element:
        found.setdefault(local_name(child)[:60], []).append(_as_json(child))
    return {name: _plain(values) for name, values in found.items()}


def _plain(values: list[Any]) -> Any:  # noqa: ANN401 - any JSON at all
    return values[0] if len(values) == 1 else values
