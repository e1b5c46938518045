"""What any JSON must be before it is looked at: bounded, and made of what every store can keep."""

import math
from collections.abc import Mapping
from typing import Final

DEEPEST: Final = 32
LONGEST_NAME: Final = 60
GREATEST: Final = 2**63 - 1
LEAST: Final = -(2**63)


def pointer(*path: str | int, at: str = "#") -> str:
    """A JSON pointer to a place; an endless name is cut."""
    steps = (str(step)[:LONGEST_NAME].replace("~", "~0").replace("/", "~1") for step in path)
    return "/".join([at, *steps])


def unusable(value: object) -> tuple[str, str] | None:
    """The first place (a JSON pointer) that no store could keep, with the reason; else nothing."""
    # A list of what is still to be seen, not recursion: depth is the sender's choice.
    waiting: list[tuple[object, tuple[str | int, ...]]] = [(value, ())]
    while waiting:
        found, path = waiting.pop()
        # What nearly every value is, first: plain text that any store keeps.
        if type(found) is str and found.isascii() and "\x00" not in found:
            continue
        if reason := _fault(found, len(path)):
            return pointer(*path), reason
        if isinstance(found, dict | Mapping):
            for name, inner in found.items():
                if reason := _fault_of_name(name):
                    return pointer(*path), reason
                waiting.append((inner, (*path, name)))
        elif isinstance(found, list | tuple):
            waiting.extend((inner, (*path, index)) for index, inner in enumerate(found))
    return None


def _fault(value: object, depth: int) -> str | None:
    if depth > DEEPEST:
        return f"nested more than {DEEPEST} deep"
    match value:
        case None | bool() | dict() | list() | tuple() | Mapping():
            return None
        case str():
            return _fault_of_text(value)
        case int():
            return None if LEAST <= value <= GREATEST else "a number of more than 64 bits"
        case float():
            return None if math.isfinite(value) else "not a number that JSON has"
        case _:
            return "not JSON"


def _fault_of_name(name: object) -> str | None:
    if not isinstance(name, str):
        return "a name in an object is text"
    fault = _fault_of_text(name)
    return fault and f"a name in this object: {fault}"


def _fault_of_text(text: str) -> str | None:
    if "\x00" in text:
        return "text with a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "text with half of a surrogate pair"
    return None
