"""Stories whose end is known beforehand: the truth is planted, and only then told badly."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from tests.simulator.days import (
    is_working,
    london_day,
    midnight,
    midnight_after,
    months_on,
    working_days_on,
)
from tests.simulator.held import may_be_held
from tests.simulator.histories_made import DAY, HOUR, SECOND, VOCABULARY, Story, Teller
from tests.simulator.law import RULES, Asked, Mention, Rule, Value, value

MINE: Final = 1
"""The number of the thread the truth is about; another thread has another."""
OTHERS: Final = 7
LAST_DAY: Final = date(2026, 6, 30)

FATES: Final = (
    "in time",
    "at the last second",
    "at the due instant",
    "late",
    "never",
    "cancelled",
    "cancelled too late",
    "done before it began",
    "done in another thread",
    "done otherwise than asked",
    "held and done in what was left",
    "held and done too late",
    "still held",
    "held by one who may not",
    "in time by another pack",
    "in time by another calendar",
    "done under a joined reference",
    "done under a parted reference",
)
MET: Final = (
    "in time",
    "at the last second",
    "held and done in what was left",
    "in time by another pack",
    "in time by another calendar",
    "done under a joined reference",
)
MET_LATE: Final = (
    "at the due instant",
    "late",
    "held and done too late",
    "held by one who may not",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A story, the clock it is about, and what must be said of that clock in the end."""

    story: Story
    rule: Rule
    started_by: str
    """The id under which its source told what started the clock."""
    fate: str
    verdict: str
    due: datetime


def plain(rule: Rule) -> bool:
    """Whether a rule counts simply from its start: no age, regime, sitting, or date in an order."""
    special = (rule.sooner, rule.switch, rule.when_recorded, rule.each_quarter, rule.quota)
    computed = any(asked.field.startswith("derived") for one in rule.starts for asked in one.where)
    # Their orders, and what a panel agrees, always name their own end.
    extended = rule.id == "epo-extension-7d" or rule.stated == "due_on"
    counted = rule.count in {"", "inclusive"} and rule.unit != "school-days"
    return counted and not any(special) and not computed and not extended


PLAIN: Final = tuple(rule for rule in RULES.values() if plain(rule))


def plant(seed: int) -> Planted | None:
    """The planted story of a seed; nothing where its fate cannot befall its rule."""
    drawn = Random(seed)  # noqa: S311 (nothing is secret here)
    rule, fate = drawn.choice(PLAIN), drawn.choice(FATES)
    first = drawn.choice([one for one in rule.starts if not one.gate])
    began = beginning(rule, drawn)
    law, extra = rule, fate == "in time by another calendar"
    if fate == "in time by another pack":
        second = rule.under("second")
        if second is None:
            return None
        law = second
    due = due_at(law, began, extra=extra)
    teller = Teller(drawn, truthful=True)
    teller.register_one(began)
    teller.tell(first.fact, said(rule, first, MINE, began, drawn), {"at": began}, began)
    started_by = first_told(teller)
    if "held" in fate:
        if not may_be_held(rule):
            return None
        since, due = held(teller, rule, fate, began, due)
        if fate == "still held":
            return finished(teller, rule, started_by, fate, "suspended", due)
        began = max(began, since)
    adopt(teller, fate, began)
    if fate == "never":
        return finished(teller, rule, started_by, fate, "breached", due)
    ended = end(rule, fate, drawn)
    if ended is None:
        return None
    mention, number, verdict = ended
    at = moment(fate, began, due, drawn)
    fields = said(rule, mention, number, at, drawn)
    if fate == "done otherwise than asked" and not spoilt(mention, fields, drawn):
        return None
    if not only_as(rule, mention, fields, fate):
        return None
    before = len(teller.told)
    teller.tell(mention.fact, fields, {"at": at}, at)
    if fate.endswith("reference"):
        join(teller, before, at, parted="parted" in fate)
    return finished(teller, rule, started_by, fate, verdict, due)


def held(
    teller: Teller, rule: Rule, fate: str, began: datetime, due: datetime
) -> tuple[datetime, datetime]:
    """Hold the planted clock for a while, or for good; since when it runs on, and when it is due."""
    drawn, start = teller.drawn, next(one for one in teller.told if one["name"] != "fact-corrected")
    at = began + drawn.randint(1, int((due - began) / SECOND) - 1) * SECOND
    until = at + drawn.randint(1, 60 * 86_400) * SECOND
    may_not = fate == "held by one who may not"
    for name, when in (("clock-suspended", at), ("clock-resumed", until)):
        if name == "clock-resumed" and fate == "still held":
            break
        fields = {"timescale": rule.id, "decided_by_role": "team_manager"}
        if may_not:
            fields["decided_by_role"] = "social_worker"
        fields["reason"] = VOCABULARY[name].said[0][2][0]
        references = start["fields"].get(f"{rule.by}s") or [start["fields"].get(rule.by)]
        if references[0] is not None:
            fields["duty_ref"] = references[0]
        teller.tell(name, fields, {"at": when}, when)
    if may_not or fate == "still held":
        return began, due
    if rule.unit == "hours":
        return until, due + (until - at)
    last, since, resumed = london_day(due - SECOND), london_day(at), london_day(until)
    if rule.unit != "working-days":
        return until, midnight_after(last + (resumed - since))
    days = [since + n * DAY for n in range(1, (last - since).days + 1)]
    return until, midnight_after(working_days_on(resumed, sum(map(is_working, days))))


def adopt(teller: Teller, fate: str, began: datetime) -> None:
    """The authority takes up another pack or calendar before the planted clock begins."""
    at = began - teller.drawn.randint(1, 60) * DAY
    if fate == "in time by another pack":
        fields = {"pack": "second", "version": "1", "from_on": london_day(at)}
        teller.say("policy-adopted", fields, at)
    elif fate == "in time by another calendar":
        teller.say("calendar-adopted", {"calendar": "second", "expires_on": date(2028, 12, 26)}, at)


def join(teller: Teller, before: int, at: datetime, *, parted: bool) -> None:
    """What ended the clock was told under another reference of the same child, or of another child."""
    mine = teller.told[:before]
    for one in teller.told[before:]:
        one["of"] = "CH-2"
    at += teller.drawn.randint(-40, 40) * DAY
    teller.tell("child-references-joined", {"other_child": "CH-2"}, {"at": at}, at)
    if parted:
        at += teller.drawn.randint(1, 40) * DAY
        teller.tell("child-references-parted", {"other_child": "CH-2"}, {"at": at}, at)
    assert all("of" not in one for one in mine)


def finished(
    teller: Teller, rule: Rule, started_by: str, fate: str, verdict: str, due: datetime
) -> Planted:
    """The whole of it, told in any order."""
    teller.drawn.shuffle(teller.told)
    story = Story(0, tuple(teller.told), tuple(teller.of_authority), True, ())  # noqa: FBT003
    return Planted(story, rule, started_by, fate, verdict, due)


def first_told(teller: Teller) -> str:
    """The id of the fact itself, whatever corrections came of it."""
    return next(str(one["id"]) for one in teller.told if one["name"] != "fact-corrected")


def beginning(rule: Rule, drawn: Random) -> datetime:
    """An instant at which the rule was in force."""
    first, last = max(rule.since, date(2012, 6, 1)), min(rule.until, LAST_DAY)
    day = first + drawn.randint(0, (last - first).days) * DAY
    return midnight(day) + drawn.randint(0, 22 * 3600) * SECOND


def due_at(rule: Rule, began: datetime, *, extra: bool = False) -> datetime:
    """The first instant that is too late, counted from the start alone."""
    if rule.unit == "hours":
        return began + rule.amount * HOUR
    day = london_day(began)
    if rule.count == "inclusive":
        return midnight_after(day + (rule.amount - 1) * DAY)
    if rule.unit == "working-days":
        return midnight_after(working_days_on(day, rule.amount, extra=extra))
    if rule.unit == "months":
        return midnight_after(months_on(day, rule.amount))
    return midnight_after(day + rule.amount * (7 if rule.unit == "weeks" else 1) * DAY)


def end(rule: Rule, fate: str, drawn: Random) -> tuple[Mention, int, str] | None:
    """What ends it, in which thread, and what is then said."""
    if fate.startswith("cancelled"):
        if not rule.cancels:
            return None
        cancel = drawn.choice(rule.cancels)
        verdict = cancel.ending if fate == "cancelled" else "breached"
        return None if computed(cancel) else (cancel, MINE, verdict)
    stop = drawn.choice(rule.stops)
    if computed(stop) or (fate == "done in another thread" and "child" in {stop.by, rule.by}):
        return None
    verdict = "met" if fate in MET else "met-late" if fate in MET_LATE else "breached"
    if fate == "done before it began" and rule.earlier_counts:
        verdict = "met"
    return stop, OTHERS if fate == "done in another thread" else MINE, verdict


def computed(mention: Mention) -> bool:
    """Whether a mention asks what no single fact says."""
    return any(asked.field.startswith("derived") for asked in mention.where)


def moment(fate: str, began: datetime, due: datetime, drawn: Random) -> datetime:
    """When what ends it happens."""
    match fate:
        case "at the last second" | "in time by another pack" | "in time by another calendar":
            return due - SECOND
        case "at the due instant":
            return due
        case "late" | "cancelled too late" | "held and done too late" | "held by one who may not":
            return due + drawn.randint(1, 40 * 86_400) * SECOND
        case "done before it began":
            return began - drawn.randint(1, 20 * 86_400) * SECOND
        case _:
            span = max(1, int((due - began) / SECOND) - 1)
            return began + drawn.randint(1, span) * SECOND


def said(rule: Rule, mention: Mention, number: int, at: datetime, drawn: Random) -> dict[str, Any]:
    """The words of a fact that says all a mention asks, and nothing that would move the due instant."""
    word = VOCABULARY[mention.fact]
    found: dict[str, Any] = {}
    for name, _ in word.references:
        stem = name.removesuffix("_refs").removesuffix("_ref")
        found[name] = [f"{stem}-{number}"] if name.endswith("_refs") else f"{stem}-{number}"
    for name, optional, values in word.said:
        if not optional:
            found[name] = value(name, drawn.choice(values))
    found |= Teller(drawn).special(mention.fact, at, number, {"timescale": rule.id} | found)
    if mention.fact != "order-extended":
        for name in ("expires_at", "begins_on", "expires_on", "review_point_on"):
            found.pop(name, None)
    if mention.fact == "duty-exception-recorded":
        found["timescale"] = rule.id
        found["duty_ref"] = f"{rule.by.removesuffix('_ref')}-{number}"
    if mention.by == "dropped_missing_episode_ref":
        found["dropped_missing_episode_refs"] = [f"missing_episode-{number}"]
    for asked in mention.where:
        found[asked.field] = drawn.choice(fitting(mention.fact, asked))
    return found


def fitting(fact: str, asked: Asked, *, otherwise: bool = False) -> list[Value]:
    """The values that satisfy a condition, or those that do not."""
    told = {v for name, _, vs in VOCABULARY[fact].said if name == asked.field for v in vs}
    known = sorted({value(asked.field, one) for one in told} | set(asked.values), key=str)
    inside = asked.how == "among"
    if otherwise:
        inside = not inside
    return [one for one in known if (one in asked.values) is inside]


def spoilt(mention: Mention, fields: dict[str, Any], drawn: Random) -> bool:
    """Make one thing otherwise than it was asked; whether that could be done."""
    if not mention.where:
        return False
    asked = drawn.choice(mention.where)
    values = fitting(mention.fact, asked, otherwise=True)
    if not values:
        return False
    fields[asked.field] = drawn.choice(values)
    return True


def only_as(rule: Rule, mention: Mention, fields: dict[str, Any], fate: str) -> bool:
    """Whether no other sentence of the rule would make something else of the same fact."""
    others = [one for one in (*rule.stops, *rule.cancels) if one is not mention]
    if fate == "done in another thread":
        return not any(one.by == "child" and one.fact == mention.fact for one in others)
    return not any(one.fact == mention.fact and says(one, fields) for one in others)


def says(mention: Mention, fields: dict[str, Any]) -> bool:
    """Whether words say what a mention asks of them; what is computed is taken to hold."""
    for asked in mention.where:
        inside = fields.get(asked.field) in asked.values
        if not asked.field.startswith("derived") and inside is (asked.how == "none-of"):
            return False
    return True


AFTER_ALL: Final = timedelta(days=4_000)
"""Long after everything: what must then be said of a planted clock is said for good."""
