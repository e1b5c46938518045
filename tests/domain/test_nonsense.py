"""Nonsense in any field of the rule language is refused with its file, its line and a sentence."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pytest

from domain.code_sets import CODE_SETS
from domain.errors import UnreadablePolicy
from domain.facts.fact import CodeSet, marks
from domain.facts.vocabulary import FACTS
from domain.packs import overlay
from tests.domain.packs import LADDER, NATIONAL, RULE, form

NONSENSE: Final = "no-such-word"
FREE: Final = frozenset(
    {"title", "note", "notes", "meaning", "clause", "document", "quote", "url", "read_in", "id"}
)
"""What a rule says in its own words."""
MEANING: Final = "meaning"
"""Of a question it is free; of a rule it is one of five words."""

Path = tuple[str | int, ...]


def leaves(said: object, path: Path = ()) -> Iterator[Path]:
    """The place of every single word, number and date of a table."""
    if isinstance(said, Mapping):
        for key, one in said.items():
            yield from leaves(one, (*path, key))
    elif isinstance(said, list):
        for number, one in enumerate(said):
            yield from leaves(one, (*path, number))
    else:
        yield path


def is_free(path: Path) -> bool:
    """Whether a place holds words of one's own."""
    if path[0] in {"notes", "source"} and path[-1] != "found":
        return True
    return path[-1] in FREE and path != (MEANING,)


def replaced(said: Any, path: Path, by: object) -> Any:
    """The same with another word at this place."""
    if not path:
        return by
    first, *rest = path
    if isinstance(said, list):
        return [replaced(one, tuple(rest), by) if n == first else one for n, one in enumerate(said)]
    return {
        key: replaced(one, tuple(rest), by) if key == first else one for key, one in said.items()
    }


def written(said: object) -> str:
    """A value as a table writes it on one line."""
    match said:
        case bool():
            return str(said).lower()
        case str():
            return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case date():
            return said.isoformat()
        case list():
            return f"[{', '.join(map(written, said))}]"
        case Mapping():
            return f"{{ {', '.join(f'{written(key)} = {written(one)}' for key, one in said.items())} }}"
        case _:
            return str(said)


def row_of(rule: Mapping[str, object]) -> str:
    """A rule as a table of one line a key."""
    lines = [f"{key} = {written(one)}" for key, one in rule.items()]
    return "\n".join(["[[timescales]]", *lines, ""])


def shipped() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each shipped rule with the file it stands in."""
    for file, text in NATIONAL.items():
        for rule in tomllib.loads(text).get("timescales", ()):
            yield file, rule


def asks_a_local_code(rule: Mapping[str, Any], path: Path) -> bool:
    """Whether a place asks for a code to which an authority may add its own."""
    if "where" not in path:
        return False
    at = path.index("where")
    said: Any = rule
    for part in path[:at]:
        said = said[part]
    field = str(path[at + 1])
    named = [] if field.startswith("derived.") else marks(FACTS[said["fact"]], field, CodeSet)
    return any(CODE_SETS[one.name].local for one in named)


def kind_of(rule: Mapping[str, Any], path: Path) -> tuple[object, ...]:
    """What is tried once: a place, whichever of several rows it is in, and the fact it speaks of."""
    fact: object = None
    said: Any = rule
    for part in path[:-1]:
        said = said[part]
        fact = said.get("fact", fact) if isinstance(said, Mapping) else fact
    return (*(part for part in path if isinstance(part, str)), fact if "where" in path else None)


def cases() -> Sequence[tuple[str, dict[str, Any], Path]]:
    """Every field of the shipped rules once, of facts each field that a rule asks about."""
    found: dict[tuple[object, ...], tuple[str, dict[str, Any], Path]] = {}
    for file, rule in shipped():
        for path in leaves(rule):
            if not is_free(path) and not asks_a_local_code(rule, path):
                found.setdefault(kind_of(rule, path), (file, rule, path))
    return tuple(found.values())


def refusal(**files: str) -> str:
    """The sentence with which a pack is refused; nothing where it is taken."""
    named = {f"sefton/{name}.toml": text for name, text in files.items()}
    beneath = {name: NATIONAL[name] for name in {"ladders.toml", *(f"{one}.toml" for one in files)}}
    try:
        overlay(beneath, {"sefton/settled.toml": form(), **named})
    except UnreadablePolicy as why:
        return str(why)
    return ""


def test_nonsense_in_any_field_of_a_shipped_rule_is_refused_on_its_line() -> None:
    """No field takes a word that nothing means."""
    tried = cases()
    wrong = []
    for file, rule, path in tried:
        row = row_of(replaced(rule, path, NONSENSE))
        line = next(n for n, one in enumerate(row.splitlines(), 1) if f'"{NONSENSE}"' in one)
        found = refusal(**{file.removesuffix(".toml"): row})
        if not found.startswith(f"sefton/{file}:{line}: {rule['id']}: "):
            wrong.append((rule["id"], path, found))

    assert len(tried) > 100
    assert wrong == []


def test_nonsense_in_any_field_of_a_shipped_ladder_is_refused_on_its_line() -> None:
    """Nor does a ladder."""
    tried = {
        kind_of(ladder, path): (ladder, path)
        for ladder in tomllib.loads(NATIONAL["ladders.toml"])["ladders"]
        for path in leaves(ladder)
        if path[-1] not in FREE
    }
    wrong = []
    for ladder, path in tried.values():
        row = row_of(replaced(ladder, path, NONSENSE)).replace("timescales", "ladders")
        line = next(n for n, one in enumerate(row.splitlines(), 1) if f'"{NONSENSE}"' in one)
        found = refusal(ladders=row)
        if not found.startswith(f"sefton/ladders.toml:{line}: ladders.{ladder['id']}."):
            wrong.append((ladder["id"], path, found))

    assert len(tried) > 10
    assert wrong == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('match = "referral_ref"', 'match = "nonsense_ref"', "9: sefton-call-1wd: match: referral-received has no field nonsense_ref"),
        ('{ fact = "referral-decided" }', '{ fact = "referral-decided", match = "contact_refs" }', "11: sefton-call-1wd: stops.match: referral-decided has no field contact_refs"),
        ('{ fact = "referral-decided" }', '{ fact = "assessment-authorised", where = { factors = "1A" } }', "11: sefton-call-1wd: stops: factors is a list, and no rule can ask for what stands in it"),
        ('{ fact = "referral-decided" }', '{ fact = "assessment-authorised", where = { assessment_ref = 5 } }', "11: sefton-call-1wd: stops: assessment_ref is a word, not 5"),
        ('{ fact = "referral-decided" }', '{ fact = "assessment-started", where = { review_point_on = "2016-01-09" } }', "11: sefton-call-1wd: stops: review_point_on is a time, and no rule can ask for one"),
        ('{ fact = "referral-decided" }', '{ fact = "visit-made", where = { child_seen = "yes" } }', "11: sefton-call-1wd: stops: child_seen is true or false, not yes"),
        ('{ fact = "referral-decided" }', '{ fact = "disagreement-raised", where = { stage = { at_least = 1 } }, match = "child" }, { fact = "disagreement-raised", where = { stage = true }, match = "child" }', "11: sefton-call-1wd: stops: stage is a whole number, not True"),
        ('{ fact = "referral-decided" }', '{ fact = "referral-decided", where = { "derived.age_years" = "5" } }', "11: sefton-call-1wd: stops: derived.age_years is never 5"),
        ('{ fact = "referral-decided" }', '{ fact = "referral-decided", where = { "derived.visit_regime" = "daily" } }', "11: sefton-call-1wd: stops: derived.visit_regime is never daily"),
        ('[{ fact = "referral-decided" }]', "[]", "11: sefton-call-1wd: stops: nothing would ever meet it"),
        ('[{ fact = "referral-received" }]', "[]", "10: sefton-call-1wd: starts: say one of starts and starts_on_calendar"),
        ('unit = "working-days"', 'unit = "weeks"', "13: sefton-call-1wd: unit: working-days-day-zero counts working-days, not weeks"),
        ('kind = "deadline"', 'kind = "quota"', "6: sefton-call-1wd: kind: it lacks quota"),
        ('kind = "deadline"', 'kind = "age-switched"', "6: sefton-call-1wd: kind: it lacks switch"),
        ('kind = "deadline"', 'kind = "same-day"', "14: sefton-call-1wd: convention: kind same-day is counted by same-day"),
        ("digest = true", 'digest = true\nanchor_field = "decided_at"', "18: sefton-call-1wd: anchor_field: a rule of kind before-a-meeting says it"),
        ("digest = true", 'digest = true\ndue_from_field = "nonsense"', "18: sefton-call-1wd: due_from_field: referral-received states no such time"),
        ("digest = true", 'digest = true\nstart_from_field = "source"', "18: sefton-call-1wd: start_from_field: referral-received states no such time"),
        ("digest = true", 'digest = true\nswitch = { on = "derived.fifth_birthday" }', "18: sefton-call-1wd: switch: say one of to_rule and to_parameter"),
        ("digest = true", 'digest = true\nswitch = { on = "derived.fifth_birthday", to_parameter = "amount" }', "18: sefton-call-1wd: to_parameter: no question of the rule is called amount"),
        ("digest = true", 'digest = true\nparameters = [{ name = "window", default = 1, unit = "calendar-days", meaning = "x" }]', "18: sefton-call-1wd: parameters.name: window asks about a window"),
        ("digest = true", 'digest = true\nparameters = [{ name = "agenda_cutoff", default = 5, unit = "weeks", meaning = "x" }]', "18: sefton-call-1wd: parameters.name: agenda_cutoff asks about a sitting"),
        ("digest = true", 'digest = true\nparameters = [{ name = "agenda_cutoff", default = 5, unit = "hours", meaning = "x" }]', "18: sefton-call-1wd: parameters.unit: an agenda closes so many days before"),
        ("digest = true", 'digest = true\nparameters = [{ name = "amount", default = 1, unit = "working-days", meaning = "x" }, { name = "amount", default = 1, unit = "working-days", meaning = "x" }]', "18: sefton-call-1wd: parameters.name: amount is asked twice"),
        ("digest = true", 'digest = true\nparameters = [{ name = "amount", default = true, unit = "working-days", meaning = "x" }]', "18: sefton-call-1wd: parameters: True is not a number of working-days"),
        ("digest = true", 'digest = true\nparameters = [{ name = "seen_alone_required", default = 1, unit = "boolean", meaning = "x" }]', "18: sefton-call-1wd: parameters: 1 is not true or false"),
        ("digest = true", 'digest = true\nparameters = [{ name = "stop_counts_when", default = "hold", unit = "held or called", meaning = "x" }]', "18: sefton-call-1wd: parameters: hold is not held or called"),
        ("digest = true", 'digest = true\nprovisional = { firm_on = { fact = "section-47-started" } }\nextension = { by = { fact = "order-extended" }, amount = 1, unit = "weeks" }', "9: sefton-call-1wd: match: order-extended has no field referral_ref"),
        ('on_due_date_at = "12:00"', "after_share = 1.0", "15: sefton-call-1wd: warn.after_share: Input should be less than 1"),
    ],
)  # fmt: skip
def test_known_words_that_can_never_mean_anything_are_refused(
    old: str, new: str, sentence: str
) -> None:
    """A field no fact carries, a kind without what it needs, an answer to nothing: each would be wrong in silence."""
    assert old in RULE

    assert refusal(front_door=RULE.replace(old, new), ladders=LADDER).startswith(
        f"sefton/front_door.toml:{sentence}"
    )


def test_a_same_day_rule_says_how_long_there_is_at_the_least() -> None:
    """Without it a clock that starts late in the evening could not be counted."""
    rule = RULE.replace('kind = "deadline"', 'kind = "same-day"')
    rule = rule.replace('"working-days-day-zero"', '"same-day"')
    rule = rule.replace('unit = "working-days"', 'unit = "calendar-days"')

    assert "parameters: a same-day rule asks minimum_grace" in refusal(
        front_door=rule, ladders=LADDER
    )


def test_a_window_counts_what_starts_its_clock() -> None:
    """Counting another fact it would never come to its number."""
    rule = RULE.replace('kind = "deadline"', 'kind = "nth-in-window"')
    window = 'window = { counts = { fact = "contact-received" }, nth = 3, amount = 90, unit = "calendar-days" }'

    assert "window: it counts another fact than starts the clock" in refusal(
        front_door=f"{rule}{window}\n", ladders=LADDER
    )


def test_a_quota_is_of_a_series_that_its_starts_carry() -> None:
    """Else nothing would ever add up."""
    rule = RULE.replace('kind = "deadline"', 'kind = "quota"')
    quota = 'quota = { limit = 75, months = 12, per = "series_ref" }'

    assert "quota.per: referral-received has no field series_ref" in refusal(
        front_door=f"{rule}{quota}\n", ladders=LADDER
    )


def test_a_quota_is_not_warned_of_when_it_is_passed() -> None:
    """The warning would come with the breach."""
    quota = 'quota = { limit = 75, months = 12, per = "series_ref", warn_at = 76 }'

    assert "quota.warn_at: it is more than the limit, 75" in refusal(
        care=f'[[timescales]]\nid = "lac-short-break-limits"\n{quota}\n'
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("]\n", '  { rung = 1, role = "director_of_childrens_services", told = "last-warning" },\n]\n', "ladders.ours: two of its rungs have one number"),
        ("]\n", '  { rung = 2, role = "service_manager", told = { breach = { amount = 1, unit = "hours" } } },\n  { rung = 3, role = "head_of_service", told = { breach = { amount = 1, unit = "working-days" } } },\n]\n', "ladders.ours: its rungs count in hours and in working-days: choose one"),
        ('told = "warning"', 'told = { breach = { amount = 1, unit = "weeks" } }', "ladders.ours.rungs.told.breach.unit: "),
        ("[[ladders]]", "heard_within_days = { holiday = 1 }\n\n[[ladders]]", "heard_within_days.holiday: holiday is none of missing, "),
        ("[[ladders]]", 'exhausted_after = { amount = 1, unit = "weeks" }\n\n[[ladders]]', "exhausted_after.unit: "),
    ],
)  # fmt: skip
def test_a_ladder_that_nobody_could_climb_is_refused(old: str, new: str, sentence: str) -> None:
    """Rungs of one number, amounts that cannot be compared, units in which no ladder counts."""
    head, _, last = LADDER.rpartition("]\n")
    changed = f"{head}{new}{last}" if old == "]\n" else LADDER.replace(old, new)
    found = refusal(ladders=changed)

    assert found.startswith("sefton/ladders.toml:")
    assert sentence in found


@pytest.mark.parametrize("key", ["timescales", "starts", "stops", "warn", "source", "in_force"])
def test_a_key_nobody_knows_is_refused(key: str) -> None:
    """At every depth of a rule: it is a misspelling that would change nothing."""
    row = tomllib.loads(RULE)["timescales"][0]
    inner: Path = () if key == "timescales" else (key,)
    if isinstance(row.get(key), list):
        inner = (*inner, 0)
    said: Any = row
    for part in inner:
        said = said[part]

    assert f"{NONSENSE}: Extra inputs are not permitted" in refusal(
        front_door=row_of(replaced(row, inner, {**said, NONSENSE: 1})), ladders=LADDER
    )
