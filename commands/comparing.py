"""The command that judges history again: another pack, another calendar, another way of counting."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from assembly import Daymark
from commands.asking import asked
from commands.printing import DONE, Options, WrongCommand, document, progress, table
from domain.authority import Authority
from domain.calendar import read_calendar
from domain.clocks import Verdict
from domain.conventions import (
    CONVENTIONS,
    Convention,
    as_it_is,
    counted_by,
    governed_by,
    read_closures,
    without_closures,
)
from domain.errors import UnreadablePolicy
from domain.packs import SETTLED_FILE, overlay
from domain.timescales import LADDERS_FILE, Policy, read_policy
from domain.words import VERDICTS, say_day, say_role, say_title
from projections.what_if import BAD, Flip, Question, WhatIf, what_if
from projections.whole_log import every_stream

SHOWN: Final = 50
"""How many flips are printed; the document has them all."""
NOT_SETTLED: Final = 'name = "what if"\nversion = "1"\nfrom = 2012-01-02\n'
"""What stands in for the form of a pack that is only being thought about."""


def what_if_command(options: Options) -> int:
    """Who would flip, which way, and how the work of each week would change."""
    if options.from_day > options.to_day:
        message = "--from: the first day must not come after the last"
        raise WrongCommand(message)
    with asked() as daymark:
        authority = daymark.authority()
        others = asked_for(options, authority)
        found = worked_out(daymark, authority, tuple(others.values()), options)
        by_name = dict(zip(others, found, strict=True))
        if options.conventions:
            compared(by_name, options)
        elif options.json:
            document(as_document(by_name["asked"]))
        else:
            said(by_name["asked"], authority)
        return DONE


def asked_for(options: Options, authority: Authority) -> dict[str, Authority]:
    """The authority under each change that was asked for, by name."""
    closures = chosen_closures(options)
    if options.conventions:
        every = {**CONVENTIONS, "closures": closures}
        return {name: counted_by(authority, one) for name, one in every.items()}
    if not (options.policy or options.calendar or options.convention):
        message = "say what to judge by: --policy, --calendar, --convention or --conventions"
        raise WrongCommand(message)
    found = governed_by(
        authority,
        None if options.policy is None else read_pack(options.policy),
        None if options.calendar is None else read_calendar(options.calendar.read_text("utf-8")),
    )
    if options.convention:
        every = {**CONVENTIONS, "closures": closures}
        found = counted_by(found, every[options.convention])
    return {"asked": found}


def chosen_closures(options: Options) -> Convention:
    """Leaving shut-down days out: those of a file, else those between Christmas and New Year."""
    if options.closures is None:
        return CONVENTIONS["closures"]
    days = read_closures(options.closures.read_text("utf-8"))
    says = f"The {len(days)} shut-down days of {options.closures.name} left out of the count"
    return Convention("closures", says, as_it_is, without_closures(days))


def read_pack(place: Path) -> Policy:
    """The pack of a file or folder: a whole one, or files laid over the national one.

    Files without a form of their own are laid over it as a pack that is only being thought about.
    """
    paths = sorted(place.glob("*.toml")) if place.is_dir() else [place]
    texts = {str(path): path.read_text("utf-8") for path in paths}
    names = {path.name for path in paths}
    if not texts:
        message = f"{place}:1: no file of a pack lies here: they end in .toml"
        raise UnreadablePolicy(message)
    folder = files("domain").joinpath("policies", "england")
    pack = [one for one in folder.iterdir() if one.name.endswith(".toml")]
    if LADDERS_FILE in names and names >= {one.name for one in pack}:
        return read_policy({path.name: path.read_text("utf-8") for path in paths})
    if SETTLED_FILE not in names:
        texts[str(paths[0].with_name(SETTLED_FILE))] = NOT_SETTLED
    return overlay({one.name: one.read_text("utf-8") for one in pack}, texts)


def worked_out(
    daymark: Daymark, authority: Authority, others: tuple[Authority, ...], options: Options
) -> tuple[WhatIf, ...]:
    """Every child judged again, with a bar where somebody looks."""
    with progress("reading the log", daymark.log.head()) as show:
        streams = every_stream(daymark.log, authority.code, reached=show)
    question = Question(authority, others, options.from_day, options.to_day, datetime.now(UTC))
    with progress("judging again", len(streams)) as show:
        return what_if(streams, question, reached=show, processes=os.cpu_count() or 1)


def said(found: WhatIf, authority: Authority) -> None:
    """Who flips, how many of each rule, and the work of each week, in words."""
    print(in_one_line(found))
    if found.is_empty:
        return
    title = titles(authority)
    rows = [
        (
            flip.way,
            flip.reference,
            title(flip.timescale),
            say_verdict(flip.before),
            say_verdict(flip.after),
            say_due(flip.due_before),
            say_due(flip.due_after),
        )
        for flip in found.flips[:SHOWN]
    ]
    print()
    headings = ("Way", "Child", "Timescale", "Before", "After", "Due before", "Due after")
    table(headings, rows, "Nothing flips.")
    if len(found.flips) > SHOWN:
        print(f"{len(found.flips) - SHOWN} more: --json shows all.")
    print()
    table(("Timescale", "Before", "After"), counts_said(found, authority), "No counts change.")
    print()
    table(("Told first", "Week", "Due before", "Due after"), weeks_said(found), "No week changes.")


def titles(authority: Authority) -> Callable[[str], str]:
    """How a rule is called; one that only the other pack has goes by its id."""
    known = authority.policy.by_id
    return lambda rule: say_title(known[rule]) if rule in known else rule


def in_one_line(found: WhatIf) -> str:
    """What it comes to, in one sentence."""
    if found.is_empty:
        return f"Nothing would be otherwise for {found.children} children."
    better, worse = found.flipped("better"), found.flipped("worse")
    return (
        f"{len(found.flips)} clocks of {found.children} children would flip:"
        f" {better} would not be late any more, {worse} would be late,"
        f" {len(found.flips) - better - worse} neither."
    )


def say_verdict(verdict: Verdict | None) -> str:
    """What is said of a clock; nothing where it would not have started."""
    return "No clock" if verdict is None else VERDICTS[verdict]


def say_due(on: date | None) -> str:
    """When a clock is due, where there is one."""
    return "" if on is None else say_day(on)


def counts_said(found: WhatIf, authority: Authority) -> list[tuple[str, str, str]]:
    """Each rule of which the counts change, before and after."""
    title, none = titles(authority), Counter[str]()
    both = {
        rule: (found.before.get(rule, none), found.after.get(rule, none))
        for rule in sorted({**found.before, **found.after})
    }
    return [
        (title(rule), in_words(before), in_words(after))
        for rule, (before, after) in both.items()
        if before != after
    ]


def in_words(counted: Mapping[str, int]) -> str:
    """How many clocks stand how: `12 done in time, 3 late`."""
    return ", ".join(
        f"{counted[status]} {VERDICTS[status].lower()}" for status in Verdict if status in counted
    )


def weeks_said(found: WhatIf) -> list[tuple[str, str, int, int]]:
    """Each role and week in which another number falls due."""
    weeks = sorted({**found.due_before, **found.due_after})
    return [
        (say_role(role).capitalize(), week, before, after)
        for role, week in weeks
        if (before := found.due_before[role, week]) != (after := found.due_after[role, week])
    ]


def as_document(found: WhatIf) -> dict[str, Any]:
    """All of it as a document; its names are a contract."""
    return {
        "children": found.children,
        "better": found.flipped("better"),
        "worse": found.flipped("worse"),
        "flips": [flip_as_document(flip) for flip in found.flips],
        "rules": {
            rule: {"before": found.before.get(rule, {}), "after": found.after.get(rule, {})}
            for rule in sorted({**found.before, **found.after})
        },
        "workload": [
            {
                "role": role,
                "week": week,
                "before": found.due_before[role, week],
                "after": found.due_after[role, week],
            }
            for role, week in sorted({**found.due_before, **found.due_after})
        ],
    }


def flip_as_document(flip: Flip) -> dict[str, Any]:
    """One clock that flips; a verdict is nothing where it would not have started."""
    return flip._asdict() | {
        "before": flip.before and flip.before.value,
        "after": flip.after and flip.after.value,
    }


def compared(found: Mapping[str, WhatIf], options: Options) -> None:
    """Every way of counting beside ours, in one table."""
    every = {**CONVENTIONS, "closures": chosen_closures(options)}
    if options.json:
        document(
            [
                {"convention": name, "says": every[name].says, **as_document(one)}
                for name, one in found.items()
            ]
        )
        return
    rows = [
        (
            every[name].says,
            late(one.after.values()),
            one.flipped("better"),
            one.flipped("worse"),
        )
        for name, one in found.items()
    ]
    headings = ("Way of counting", "Late or done late", "Not late any more", "Late by it alone")
    table(headings, rows, "There is nothing to compare.")


def late(counts: Iterable[Mapping[str, int]]) -> int:
    """How many clocks are late or were done late, of all rules together."""
    return sum(counted.get(verdict.value, 0) for counted in counts for verdict in BAD)
