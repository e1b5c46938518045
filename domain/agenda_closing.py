"""When the agenda of a sitting closes, and whose number says so: the sitting's own, or the authority's."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain.authority import Authority
from domain.calendar import WorkingDays
from domain.due import agenda_closes
from domain.errors import Uncountable
from domain.sittings import Sitting
from domain.timescales import Policy, Timescale, spelled
from domain.words import say_day, say_title


class Closing(NamedTuple):
    """The end of an agenda for what one rule brings before a panel."""

    sitting: Sitting
    rule: Timescale | None
    """The rule whose children wait for the panel; nothing where no rule knows of it."""
    on: date
    """The last day; the day of the sitting where no calendar reaches so far."""
    counted: bool = True
    """Whether a calendar reaches so far."""

    @property
    def own(self) -> bool:
        """Whether the sitting itself says it."""
        return self.sitting.cutoff_on is not None

    @property
    def number(self) -> str:
        """Which number says it, for machines: the sitting's, a question of the pack, or none."""
        if self.own:
            return "sitting"
        asked = self.rule is not None and self.rule.agenda_cutoff is not None
        return f"{self.rule.id}.agenda_cutoff" if self.rule and asked else "none"

    @property
    def whose(self) -> str:
        """Whose number it is, as a sentence."""
        if self.own:
            return "This day was set for this sitting."
        ahead = None if self.rule is None else self.rule.agenda_cutoff
        if self.rule is None or ahead is None:
            return "The day of the sitting: neither it nor a rule says how long before."
        moved = self.sitting.first_on != self.sitting.sits_on
        sits = f"{say_day(self.sitting.first_on)}, the day first set" if moved else "the sitting"
        said = f"{spelled(ahead.amount, ahead.unit)} before {sits}"
        if not self.counted:
            return f"{said}, which no calendar reaches: until one is adopted it stays open."
        if self.rule.parameter_of("agenda_cutoff").settled is None:
            return f"{said}: a judgement to be confirmed, not law."
        return f"{said}, as this authority has settled."


def closing(sitting: Sitting, rule: Timescale | None, calendar: WorkingDays) -> Closing:
    """When the agenda of a sitting closes for what one rule brings."""
    if rule is None:
        return Closing(sitting, rule, sitting.cutoff_on or sitting.sits_on)
    try:
        return Closing(sitting, rule, agenda_closes(sitting, rule, calendar))
    except Uncountable:
        return Closing(sitting, rule, sitting.sits_on, counted=False)


def closing_of(authority: Authority, panel: str, sitting: Sitting) -> Closing:
    """When the agenda of a sitting closes for whatever a panel's own rule brings."""
    return closings(authority, panel, sitting)[0]


def closings(authority: Authority, panel: str, sitting: Sitting) -> tuple[Closing, ...]:
    """When an agenda closes for the panel's own rule, and for every other one where that is another day."""
    rules = waiting_for(authority.policy_on(sitting.sits_on), panel)
    if not rules:
        return (closing(sitting, None, authority.calendar),)
    own, *others = [closing(sitting, one, authority.calendar) for one in rules]
    return own, *(one for one in others if one.on != own.on)


def waiting_for(policy: Policy, panel: str) -> Sequence[Timescale]:
    """The rules that bring children before a panel: those in use first, and the panel's own before others."""
    rules = [one for one in policy.timescales if one.sitting and one.sitting.panel == panel]
    return sorted(rules, key=lambda one: (not policy.in_use(one), one.thread == "out-of-area"))


def said_of(one: Closing) -> str:
    """The end of an agenda for another rule than the panel's own, as a sentence."""
    return f"{say_title(one.rule)}: {say_day(one.on)}. {one.whose}" if one.rule else one.whose
