"""The generated pages of docs/: `make docs` writes them, a test holds them current."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import AwareDatetime

from domain.clocks import Verdict
from domain.code_sets import CODE_SETS
from domain.engine_vocabulary import ENGINE_EVENTS
from domain.explanation import BASES
from domain.facts.authority import Sitting
from domain.facts.fact import CodeSet, EventName, Fact, Guarded, NeededWhen, marks
from domain.facts.vocabulary import FACTS, THREADS
from domain.rule_words import any_of, besides, how_long, plain
from domain.school_terms import read_school_terms
from domain.timescales import Span, Timescale, Warning_, spelled
from domain.words import say_day, say_fact, say_list, say_role
from tests.histories import day, england, moment
from tests.spec import (
    allegation,
    assessment,
    care,
    death_and_serious_incident,
    domestic_abuse,
    early_help,
    education,
    emergency_and_court,
    enquiry_and_conference,
    exploitation,
    front_door,
    missing,
    out_of_area,
    practice_alert,
    prevent,
    private_fostering,
    protection_plan,
)
from tests.spec import authority as the_authority
from tests.spec.chapter import Chapter, Happened, Paragraph, Said
from tests.spec.judging import kinds

AHEAD: Final = timedelta(days=60)

ROOT: Final = Path(__file__).parents[2]
WRITTEN: Final = "<!-- Written by `make docs`; change domain/ or tests/spec/, not this page. -->"
CHAPTERS: Final[tuple[Chapter, ...]] = tuple(
    room.CHAPTER
    for room in (
        front_door,
        assessment,
        enquiry_and_conference,
        emergency_and_court,
        protection_plan,
        missing,
        exploitation,
        care,
        out_of_area,
        private_fostering,
        allegation,
        early_help,
        education,
        domestic_abuse,
        prevent,
        death_and_serious_incident,
        practice_alert,
        the_authority,
    )
)
SECTIONS: Final = tuple(section for chapter in CHAPTERS for section in chapter.sections)
VERDICTS: Final = {
    Verdict.RUNNING: "time is left, and no warning has been due",
    Verdict.DUE_SOON: "time is left, and the first warning is due",
    Verdict.AWAITING_FEED: "the time is up, and the only source that could say it was done has not spoken yet",
    Verdict.BREACHED: "the time is up, and nothing says it was done",
    Verdict.MET: "done before the time was up",
    Verdict.MET_LATE: "done after the time was up",
    Verdict.CANCELLED: "not needed any more, before the time was up",
    Verdict.DECLINED: "declined by the child or family before the time was up; not the same as done",
    Verdict.SUPERSEDED: "another clock took its place",
    Verdict.SUSPENDED: "held by a recorded fact, where the rule allows it",
    Verdict.UNOBSERVABLE: "no source can say that it was done, so nothing is claimed",
    Verdict.UNDECIDABLE: "what is known does not decide it, so nothing is claimed",
}
TERMS: Final = {
    "Fact": "Something that happened to a child, as a source stated it. Not an opinion of Daymark’s.",
    "Timescale": "How long law, guidance or local agreement allows from one fact to another. Not a target, unless it says so.",
    "Clock": "One timescale running for one child, from the fact that started it. Not a task somebody ticks off.",
    "Breach": "A clock whose time ran out. Of a timescale, not of a person; a manager reads “late”.",
    "Warning": "A notice before a clock runs out. Not the beginning of a ladder.",
    "Ladder": "Who is told of a breach, one rung after another, until it ends. Not ended by a button.",
    "Watcher": "Somebody who is told and may read, and who cannot halt the climb. Not an owner.",
    "Promise": "An acknowledgement: an owner, by when, with a reason. Not the end of a ladder.",
    "Anomaly": "Something recorded that surprises. Not refused, and not judged away.",
    "Known at": "What the log held at a moment. Not what had happened by then.",
    "As of": "What had happened by a moment. Not what was known then.",
}


def pages() -> dict[Path, str]:
    """Every generated page of docs/, by its path."""
    return {
        ROOT / "docs/timescales.md": text(timescales_page()),
        ROOT / "docs/facts.md": text(facts_page()),
        ROOT / "docs/glossary.md": text(glossary_page()),
    }


def text(lines: Iterator[str]) -> str:
    """A page of lines."""
    return "\n".join(lines) + "\n"


def timescales_page() -> Iterator[str]:
    """A chapter a thread, a section a timescale: the rule, who requires it, and its stories."""
    yield from ("# Timescales", "", WRITTEN, "")
    yield f"The pack {england().name} {england().version}: {len(england().timescales)} timescales."
    yield "Each story runs as a test: what stands here is what Daymark does."
    for chapter in CHAPTERS:
        yield from ("", f"## {THREADS[chapter.thread]}", "", chapter.opening)
        for section in chapter.sections:
            yield from timescale_section(england().timescale(section.timescale))
            for paragraph in section.paragraphs:
                yield from story(paragraph)


TIERS: Final = {
    "optional": "It is shipped switched off; an authority may switch it on.",
    "replay-only": "It judges old histories only, and tells nobody.",
}
"""What is said of a rule that is not simply in use."""


def timescale_section(rule: Timescale) -> Iterator[str]:
    """The heading and the row of one timescale, in words."""
    yield from ("", f"### {rule.title}", "", f"`{rule.id}`", "")
    starts = any_of(rule.starts) or "the end of a quarter"
    allowed = how_long(rule, starts)
    yield f"{allowed[0].upper()}{allowed[1:]}."
    yield f"Met by: {any_of(rule.stops)}."
    if rule.cancels:
        yield f"Ended without being met by: {any_of(rule.cancels)}."
    if rule.warn:
        yield f"Warned of {'; '.join(warning(one) for one in rule.warn)}."
    yield from also(rule)
    yield f"It is a {rule.meaning}; its ladder is `{rule.ladder}`; its duty holder is the {rule.duty_holder.replace('-', ' ')}."
    if rule.tier in TIERS:
        yield TIERS[rule.tier]
    yield from source(rule)
    for one in rule.parameters:
        yield f"To be confirmed by the authority: {one.name.replace('_', ' ')}, now {one.default} ({one.meaning})."


def also(rule: Timescale) -> Iterator[str]:
    """What else moves or ends the time of a rule, a sentence each."""
    yield from besides(rule, england())
    if rule.ends_on is not None:
        yield f"It ends by itself with the {plain(rule.ends_on)}."
    if rule.survives:
        yield f"It outlives: {', '.join(plain(one) for one in rule.survives)}."
    if rule.in_force.first is not None:
        yield f"It binds what starts from {say_day(rule.in_force.first)} on."
    if rule.in_force.last is not None:
        yield f"It binds what starts up to {say_day(rule.in_force.last)}."


def source(rule: Timescale) -> Iterator[str]:
    """Who requires a timescale, and the words in which it is required."""
    clause = f", {rule.source.clause}" if rule.source.clause else ""
    if rule.source.quote is None:
        yield f"{BASES[rule.basis]}: {rule.source.document}{clause}; its words were not read, and must be confirmed."
        return
    yield f"{BASES[rule.basis]}: {rule.source.document}{clause}:"
    yield f"“{rule.source.quote}”."
    if not rule.source.found:
        yield "These words are general knowledge, and must be confirmed."


def warning(one: Warning_) -> str:
    """One warning in words."""
    if isinstance(one.after_start, Span):
        return f"{spelled(one.after_start.amount, one.after_start.unit)} after the start"
    if isinstance(one.before_due, Span):
        return f"{spelled(one.before_due.amount, one.before_due.unit)} before it is due"
    if one.after_share is not None:
        return f"when {one.after_share:.0%} of the time has passed"
    return f"on the day it is due at {one.on_due_date_at}"


def story(paragraph: Paragraph) -> Iterator[str]:
    """A rule in one sentence and the moments that show it."""
    yield from ("", f"**{paragraph.rule}**", "")
    if paragraph.held_by:
        role = say_role(paragraph.held_by)
        yield f"No rule is shipped that may be held: this is so where an authority's own pack lets the {role} decide it."
        yield ""
    if paragraph.terms:
        yield f"The authority has adopted {read_school_terms(paragraph.terms).source}:"
        yield f"{say_list(list(terms_in_words(paragraph)), 'and')}."
        yield ""
    yield from ("| London time | |", "|---|---|")
    for line in paragraph.lines():
        yield f"| {line.when} | {shown(line)} |"


def terms_in_words(paragraph: Paragraph) -> Iterator[str]:
    """The terms and closed days that matter to a story: those of its own school year."""
    calendar = read_school_terms(paragraph.terms)
    happened = [line for line in paragraph.lines() if isinstance(line, Happened)]
    told = moment(happened[0].when) if happened[0].when.count(":") else day(happened[0].when)
    on = told.date() if isinstance(told, datetime) else told
    near = [one for one in calendar.terms if one.first - AHEAD <= on <= one.last]
    for one in near:
        yield f"{one.name} {say_day(one.first)} to {say_day(one.last)}"
    for closed, name in calendar.holidays.items():
        if any(one.first <= closed <= one.last for one in near) and "half-term" not in name:
            yield f"{name} {say_day(closed)}"


def shown(line: Happened | Said) -> str:
    """A verdict stands out in bold; a fact is said in its own words."""
    if isinstance(line, Said):
        return f"**{line.verdict.replace('-', ' ')}**" if line.verdict else "**nothing runs**"
    says = [f"{name}: {value}" for name, value in map(thread_named, line.says) if value]
    said = f" ({'; '.join(says)})" if says else ""
    recorded = f", recorded {line.recorded}" if line.recorded else ""
    return say_fact(line.name).lower() + said + recorded


def thread_named(said: tuple[str, str]) -> tuple[str, str]:
    """A reference is shown only where a story has several threads of one kind: `placement: second`."""
    name, value = said
    if not name.endswith((" ref", " refs")):
        return said
    return name.rpartition(" ")[0], "" if value.endswith("-1") else value


def facts_page() -> Iterator[str]:
    """What a case system can send, thread by thread."""
    yield from ("# Facts", "", WRITTEN, "")
    yield f"{len(FACTS)} facts in {len(THREADS)} threads, each a CloudEvent type `daymark.<name>.v1`."
    yield "A field in bold is required."
    yield "A sealed field is encrypted under the child's own key before it is stored."
    for thread, title in THREADS.items():
        yield from ("", f"## {title}")
        for kind in (one for one in FACTS.values() if thread == one.THREAD):
            yield from fact_section(kind)


def fact_section(kind: type[Fact]) -> Iterator[str]:
    """One fact: its definition, its precision and its fields."""
    yield from ("", f"### {say_fact(kind.NAME)}", "", f"`daymark.{kind.NAME}.v{kind.VERSION}`", "")
    yield from definition(kind)
    precise = "A time is expected." if kind.PRECISION == "instant" else "A day is enough."
    yield from (precise, "", "| field | holds | |", "|---|---|---|")
    for name, info in kind.model_fields.items():
        if name in Fact.model_fields:
            continue
        shown_name = f"**{name}**" if info.is_required() else name
        yield f"| {shown_name} | {holds(kind, name)} | {remarks(kind, name)} |"


def definition(kind: type) -> Iterator[str]:
    """A docstring as sentences, one a line."""
    said = " ".join((kind.__doc__ or "").split())
    yield from said.replace(". Not ", ".\nNot ").split("\n")


HOLDS: Final[dict[object, str]] = {
    Sitting: "sittings",
    tuple: "list",
    bool: "yes or no",
    int: "number",
    AwareDatetime: "instant",
    date: "day",
    EventName: "event",
    dict: "fields",
}
"""What a field of a type holds, in a word; anything else is a reference."""


def holds(kind: type[Fact], field: str) -> str:
    """What a field holds, in a word or two."""
    for code_set in marks(kind, field, CodeSet):
        return f"code of {code_set.name}" if code_set.name in CODE_SETS else "code"
    held = kinds(kind.model_fields[field].annotation)
    return next((said for type_, said in HOLDS.items() if type_ in held), "reference")


def remarks(kind: type[Fact], field: str) -> str:
    """When a field is needed, and whether it is sealed."""
    said = ["sealed"] if marks(kind, field, Guarded) else []
    for needed in marks(kind, field, NeededWhen):
        cases = [
            f"{name} is {' or '.join(map(str, values))}" for name, values in needed.any_of.items()
        ]
        said.append(f"needed when {' or '.join(cases)}")
    return "; ".join(said)


def glossary_page() -> Iterator[str]:
    """One bold term a paragraph, with what it is not."""
    yield from ("# Glossary", "", WRITTEN, "", "## Daymark’s words")
    for term, meaning in TERMS.items():
        yield from ("", f"**{term}.**", *meaning.replace(". Not ", ".\nNot ").split("\n"))
    yield from ("", "## Verdicts", "")
    yield from (
        f"- **{name.replace('-', ' ').capitalize()}**: {said}." for name, said in VERDICTS.items()
    )
    yield from ("", "## Facts")
    for name, kind in sorted(FACTS.items()):
        yield from ("", f"**{say_fact(name)}.**", *definition(kind))
    yield from ("", "## What Daymark records itself")
    for name, event in sorted(ENGINE_EVENTS.items()):
        yield from ("", f"**{say_fact(name)}.**", *definition(event))


if __name__ == "__main__":
    for path, page in pages().items():
        path.write_text(page, encoding="utf-8")
