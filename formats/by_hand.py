"""A fact written by hand, as `name=value` words of a command, read as if a case system had sent it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from domain.calendar import LONDON
from domain.errors import UnreadableFact
from domain.event import Event
from domain.facts.corrections import FactCorrected, FactWithdrawn
from domain.facts.vocabulary import FACTS
from formats.census_elements import FLAGS
from formats.cloudevents import UnknownType, read_event, schema, type_of
from formats.statement import hashed

ENVELOPE: Final = {"child": "subject", "time": "time", "id": "id"}
"""Words that are no fields of a fact, with what they are in a CloudEvent; `on` is its day."""

LOCAL_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+")


def build_event(
    fact: str,
    words: Sequence[str],
    *,
    authority: str,
    now: datetime,
    source: str | None = None,
    by: str | None = None,
) -> Event:
    """The event that `FACT name=value …` tells, or `UnknownFact` or `UnreadableFact` with the places.

    `child` is whose fact it is, `time` or `on` when it happened (London's time unless a zone is given),
    `id` makes it another fact than the same words before; every other name is a field of the fact.
    """
    model = FACTS.get(fact)
    if model is None:
        raise UnknownType(fact[:100])
    given = _given(words)
    envelope = {attribute: given.pop(word) for word, attribute in ENVELOPE.items() if word in given}
    if "time" in envelope:
        envelope["time"] = _in_london(envelope["time"])
    if "on" in given:
        given["occurred_on"] = given.pop("on")
    if model.THREAD == "authority":
        envelope.setdefault("subject", authority)
    said = sorted(f"{name}={value}" for name, value in given.items())
    # The same words twice are the same fact: a command repeated by mistake records nothing.
    known_by = hashed(fact, envelope.get("subject", ""), envelope.get("time", ""), *said)
    sent: dict[str, Any] = {
        "specversion": "1.0",
        "type": type_of(model),
        "source": source or f"/by-hand/{authority}",
        "id": known_by,
        "data": _data(given, schema(type_of(model))),
    }
    if model in (FactCorrected, FactWithdrawn):
        # Corrections stand in the order they were said, and this one is said now.
        sent["sourcerecordedtime"] = now.isoformat()
    return read_event(sent | envelope, authority, by=by)


def _given(words: Sequence[str]) -> dict[str, str]:
    """The words by name; a name given twice keeps both, separated by a comma."""
    given: dict[str, str] = {}
    for index, word in enumerate(words):
        name, separator, value = word.partition("=")
        if not name or not separator:
            raise UnreadableFact((f"#/{index}", "write each word as name=value"))
        given[name] = f"{given[name]},{value}" if name in given else value
    return given


def _data(given: Mapping[str, str], described: Mapping[str, Any]) -> dict[str, Any]:
    """The fields in the JSON their schema asks for; `a.b` is field b of an object a."""
    whole: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    for name, value in given.items():
        outer, _, inner = name.partition(".")
        if inner:
            parts.setdefault(outer, {})[inner] = value
        else:
            whole[name] = _as_described(value, described["properties"].get(name, {}))
    return parts | whole


def _as_described(value: str, described: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON at all
    """A word as the JSON its field takes; what does not fit is left for the fact to refuse."""
    kinds = [described, *described.get("anyOf", ())]
    names = {kind.get("type", "object") for kind in kinds if "anyOf" not in kind}
    if "boolean" in names:
        return FLAGS.get(value.lower(), value)
    if "integer" in names and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    if value[:1] in ("{", "[") and names & {"array", "object"}:
        try:
            return orjson.loads(value)
        except ValueError:
            return value
    if "array" in names:
        return [one.strip() for one in value.split(",") if one.strip()]
    if any(kind.get("format") == "date-time" for kind in kinds):
        return _in_london(value)
    return value


def _in_london(value: str) -> str:
    """A time without a zone, as people in London would write it, with its zone."""
    if not LOCAL_TIME.fullmatch(value):
        return value
    try:
        return datetime.fromisoformat(value).replace(tzinfo=LONDON).isoformat()
    except ValueError:
        return value
