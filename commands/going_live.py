"""The commands by which an authority goes live: which rules are told, the switches, the backlog."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from commands.adopting import adoption
from commands.asking import asked
from commands.doubting import say_doubts, trusted, written
from commands.printing import DONE, LOOK, Options, document, known, table
from domain.authority import Authority
from domain.errors import Refused
from domain.facts.authority import TellingSwitchedOff, TellingSwitchedOn
from domain.going_live import State, said_of_shadows, shadows, states, was_in_shadow
from domain.timescales import Policy
from domain.words import say_day, say_moment, say_title
from projections.backlog import Waiting, by_team
from projections.backlog import backlog as untold
from projections.going_live import rules_of

ALL = "all"


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def status(options: Options) -> int:
    """Every rule: told or in shadow, who decided it and when."""
    with asked() as daymark:
        authority, at = daymark.authority(), now()
        found = states(authority.going_live, rules_of(authority), at)
    said = told_or_not(authority, at)
    if options.json:
        document({"said": said, "rules": [state_written(one) for one in found]})
        return DONE
    rules = [one.timescale for one in found]
    table(
        ("Rule", "Title", "Team", "State", "Decided by", "Since", "Amnesty to", "Planned"),
        [tuple(state_shown(one, rules, authority.policy).values()) for one in found],
        "No rule is in force.",
    )
    print(said)
    return DONE


def told_or_not(authority: Authority, at: datetime) -> str:
    """Which rules are told and which are in shadow, in a sentence that calls each by its title."""
    return said_of_shadows(
        authority.going_live, rules_of(authority), at, called=partial(titled, authority.policy)
    )


def where_listed(authority: Authority, at: datetime) -> str:
    """The same sentence, with the command that lists the rules where any is in shadow."""
    said = told_or_not(authority, at)
    hidden = shadows(authority.going_live, rules_of(authority), at)
    return f"{said} `daymark golive status` lists them." if hidden else said


def titled(policy: Policy, rule: str) -> str:
    """A rule by its title, with the word one types for it."""
    return f"{say_title(policy.timescale(rule))} ({rule})"


def state_written(one: State) -> dict[str, object]:
    """A rule in a team, for machines."""
    decision, said = one.spell.decision, one.spell.said
    return {
        "rule": one.timescale,
        "team": one.team,
        "told": one.spell.on,
        "by": decision and decision.by,
        "since": decision and decision.at,
        "reason": decision and decision.reason,
        "amnesty_to": said and said.amnesty_to,
        "planned_told": one.planned and one.planned.on,
        "planned_from": one.planned and one.planned.since,
    }


def state_shown(one: State, rules: Sequence[str], policy: Policy) -> dict[str, object]:
    """A rule in a team, for people; `rules` are those of every row."""
    alone = rules.count(one.timescale) == 1
    decision, said = one.spell.decision, one.spell.said
    return {
        "rule": one.timescale,
        "title": say_title(policy.timescale(one.timescale)),
        "team": one.team or ("every team" if alone else "everywhere else"),
        "state": "told" if one.spell.on else "IN SHADOW",
        "by": decision.by if decision else "nobody: told unless decided",
        "since": say_moment(decision.at) if decision else "",
        "amnesty": say_day(said.amnesty_to) if said and said.amnesty_to else "",
        "planned": f"told from {say_moment(one.planned.since)}" if one.planned else "",
    }


def switch_on(options: Options) -> int:
    """Tell people of a rule in a team from now or a day on; what is broken waits out the amnesty."""
    with asked() as daymark:
        authority, at = daymark.authority(), now()
        rule = rule_of(options, authority)
        concerned = [rule] if rule else rules_of(authority)
        if not was_in_shadow(authority.going_live, concerned, options.team):
            message = "that is told already, and was never in shadow: nothing was recorded"
            raise Refused(message)
        said = TellingSwitchedOn(
            timescale=rule,
            team_ref=options.team,
            from_on=options.first,
            amnesty_to=options.amnesty,
            reason=options.reason,
        )
        (receipt,) = daymark.log.append([adoption(daymark, said, options.by)])
        waiting, doubts = (
            len(untold(daymark.views, authority, at, options.team)),
            trusted(daymark, at).doubts,
        )
    if options.json:
        document({**said.model_dump(mode="json", exclude_none=True), **receipt._asdict()})
        return DONE
    first = f"from {say_day(options.first)}" if options.first else "from now on"
    until = f"after {say_day(options.amnesty)}" if options.amnesty else "at once"
    which = titled(authority.policy, rule) if rule else "every rule"
    print(
        f"People are told of {which} in {options.team or 'every team'} {first}: {receipt.result}."
        f" What is broken by then is told {until}; {'at least ' if doubts else ''}{waiting}"
        " late clocks are told to nobody now."
    )
    say_doubts(doubts, "that number")
    return DONE


def switch_off(options: Options) -> int:
    """Tell nobody of a rule in a team any more: what runs stops, and what was promised stays."""
    with asked() as daymark:
        authority = daymark.authority()
        rule = rule_of(options, authority)
        said = TellingSwitchedOff(timescale=rule, team_ref=options.team, reason=options.reason)
        (receipt,) = daymark.log.append([adoption(daymark, said, options.by)])
    if options.json:
        document({**said.model_dump(mode="json", exclude_none=True), **receipt._asdict()})
    else:
        which = titled(authority.policy, rule) if rule else "any rule"
        team = options.team or "any team"
        print(f"From now on nobody is told of {which} in {team}: {receipt.result}.")
    return DONE


def rule_of(options: Options, authority: Authority) -> str | None:
    """The rule that was named; nothing for all of them."""
    if options.rule == ALL:
        return None
    return known(options.rule, "rule", rules_of(authority))


def backlog(options: Options) -> int:
    """What is late and told to nobody yet, of each team."""
    with asked() as daymark:
        at, policy = now(), daymark.authority().policy
        found, doubts = (
            untold(daymark.views, daymark.authority(), at, options.team),
            trusted(daymark, at).doubts,
        )
    rows = [listed(one) for one in found]
    if options.csv:
        write_csv(options.csv, rows)
    counts = by_team(found)
    if options.json:
        teams = [{"team": team, "waiting": count} for team, count in counts.items()]
        document({"teams": teams, "waiting": rows, "doubts": written(doubts)})
        return LOOK if doubts else DONE
    say_doubts(doubts, "this list")
    table(
        ("Team", "Child", "Rule", "Due", "Told from", "Clock"),
        [
            tuple((row | {"rule": say_title(policy.timescale(one.row.timescale))}).values())
            for one, row in zip(found, rows, strict=True)
        ],
        "Not known: whether everything that is late is told."
        if doubts
        else "Everything that is late is told.",
    )
    for team, count in counts.items():
        print(f"{team or 'without a team'}: {'at least ' if doubts else ''}{count}")
    return LOOK if doubts else DONE


def listed(one: Waiting) -> dict[str, object]:
    """A clock of the list."""
    row = one.row
    return {
        "team": row.team,
        "child": row.whose,
        "rule": row.timescale,
        "due": (row.due_on or row.due_at).isoformat(),
        "told_from": one.told_from.isoformat() if one.told_from else "in shadow",
        "clock": row.clock,
    }


def write_csv(path: Path, rows: list[dict[str, object]]) -> None:
    """The rows as a file that a spreadsheet opens, where no cell is taken for a formula."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        if rows:
            out.writerow(rows[0].keys())
        for row in rows:
            out.writerow([plain(cell) for cell in row.values()])


def plain(cell: object) -> str:
    """A cell as text; one that a spreadsheet would reckon is quoted."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
