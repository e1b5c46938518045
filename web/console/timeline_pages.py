"""Which page of a long timeline is shown, and the ways to the others and to a fact on any of them."""

import re
from collections.abc import Mapping, Sequence

from projections.history import Line
from web.console.timeline import A_PAGE, in_order, number_of


def page_of_each(lines: Sequence[Line]) -> dict[str, int]:
    """On which page each fact stands, by its number; a correction stands on the page of its fact."""
    found: dict[str, int] = {}
    for place, run in enumerate(in_order(lines)):
        if run[0].reported:
            event_ids = (run[0].recorded.event_id, *run[0].corrected_by)
            found |= dict.fromkeys(map(number_of, event_ids), place // A_PAGE + 1)
    return found


def page_asked(asked: Mapping[str, str], places: Mapping[str, int]) -> int:
    """Which page of the timeline an address asks for, by its number or by a fact on it; else the first."""
    if (fact := asked.get("fact", "")) in places:
        return places[fact]
    page = asked.get("page", "1")
    return max(1, int(page)) if re.fullmatch(r"[0-9]{1,6}", page) else 1


def way_to_fact(where: str, fact: str) -> str:
    """The way to a fact of a record, on whichever page of the timeline it stands."""
    return f"{where}{joint(where)}fact={fact}#fact-{fact}"


def joint(where: str) -> str:
    """What stands between an address and one more name in it."""
    return "&" if "?" in where else "?"


def pager(where: str, number: int, last: int) -> dict[str, object] | None:
    """The way to what happened before and after what is shown; nothing where it is all there is."""
    if last == 1:
        return None

    def beside(page: int, word: str) -> dict[str, str]:
        label = f"{page} of {last}"
        return {
            "text": word,
            "labelText": label,
            "href": f"{where}{joint(where)}page={page}#history",
        }

    found: dict[str, object] = {"landmarkLabel": "Pages of what happened"}
    if number > 1:
        found["previous"] = beside(number - 1, "Later")
    if number < last:
        found["next"] = beside(number + 1, "Earlier")
    return found
