"""Which rules are told in which teams: those that stand alike in one line, and what differs first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.authority import Authority
from domain.facts.vocabulary import THREADS
from domain.going_live import State
from domain.permission import Decision, as_read
from domain.words import say_day, say_moment, say_title
from web.console.pages import Pages
from web.console.wording import capital, name_of

FEW: Final = 3
"""So many rules that stand alike are named one by one; more of them are one line."""


class Stand(NamedTuple):
    """How a rule stands in a team, in words: rules of which all this is the same stand alike."""

    team: str
    shadow: bool
    since: str
    by: str
    reason: str
    amnesty: str
    planned: str


@dataclass(frozen=True)
class StandLine:
    """One rule, or all that stand alike, in a team."""

    title: str
    threads: tuple[tuple[str, tuple[str, ...]], ...]
    """Which rules these are, thread by thread; empty where the title names the one."""
    stand: Stand


def stand_lines(
    pages: Pages, authority: Authority, found: Sequence[State], let: Decision
) -> Iterator[StandLine]:
    """Every rule in each team in which it is otherwise; the fewest that stand alike first."""
    others = {one.timescale for one in found if one.team}
    alike: dict[Stand, list[str]] = {}
    for one in found:
        apart = one.timescale in others
        alike.setdefault(stand(pages, one, let, apart=apart), []).append(one.timescale)
    rules = authority.policy.by_id
    for said, ids in sorted(alike.items(), key=lambda each: len(each[1])):
        if len(ids) <= FEW:
            yield from (StandLine(say_title(rules[one]), (), said) for one in ids)
        else:
            title = "Every rule" if len(ids) == len(rules) else f"{len(ids)} rules"
            yield StandLine(title, tuple(by_thread(authority, ids)), said)


def by_thread(authority: Authority, ids: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Rules by their titles, thread by thread."""
    found: dict[str, list[str]] = {}
    for one in ids:
        rule = authority.policy.by_id[one]
        title = THREADS.get(rule.thread, capital(rule.thread.replace("-", " ")))
        found.setdefault(title, []).append(say_title(rule))
    for thread in sorted(found):
        yield thread, tuple(sorted(found[thread], key=str.casefold))


def stand(pages: Pages, one: State, let: Decision, *, apart: bool) -> Stand:
    """How a rule stands in a team; `apart` says that a team of its own is told otherwise."""
    decision, said = one.spell.decision, one.spell.said
    amnesty = said.amnesty_to if said and one.spell.on else None
    by = decision.by if decision else None
    return Stand(
        team=one.team or ("Every other team" if apart else "Every team"),
        shadow=one.in_shadow,
        since=say_moment(decision.at) if decision else "Always",
        by=name_of(pages.parts.people, by) if by else "Nobody yet",
        reason=as_read(decision.reason, decision.recorded_at, let) if decision else "",
        amnesty=f"Amnesty to {say_day(amnesty)}" if amnesty else "",
        planned=f"Told from {say_moment(one.planned.since)}" if one.planned else "",
    )
