"""Which facts no source could have stated: what nobody's feed was able to say, however it stood.

A clock is judged only where a source can state what stops it; this names what was missing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from domain.authority import Authority
from domain.calendar import london_date
from domain.clocks import Clock
from domain.words import say_fact, say_list, say_moment, say_title
from projections.history import History


@dataclass(frozen=True)
class Statable:
    """One kind of fact, and which sources could state it of a day."""

    name: str
    sources: tuple[str, ...]
    """Empty where none could."""
    heard_to: datetime | None
    """How far those had spoken that alone could state it, where none of them speaks at once."""


@dataclass(frozen=True)
class OfClock:
    """What stops one clock, kind of fact by kind of fact."""

    clock: Clock
    stops: tuple[Statable, ...]

    @property
    def unstatable(self) -> tuple[str, ...]:
        """The kinds that no source could state."""
        return tuple(one.name for one in self.stops if not one.sources)


def of_clocks(replay: History, clocks: Iterable[Clock]) -> tuple[OfClock, ...]:
    """What could be stated of the stops of each clock, by the sources known at the moment."""
    return tuple(
        OfClock(
            one,
            tuple(
                statable(replay.authority, name, one.start.on)
                for name in sorted(one.timescale.stopped_by)
            ),
        )
        for one in clocks
    )


def statable(authority: Authority, name: str, on: date) -> Statable:
    """Who could state a kind of fact of a London day."""
    spans = [one for one in authority.who_can_state(frozenset({name})) if one.covers(on)]
    heard = None
    if spans and not any(one.continuous for one in spans):
        heard = min(authority.feeds.get(one.source, one.since) for one in spans)
    return Statable(name, tuple(dict.fromkeys(one.source for one in spans)), heard)


def could_not_begin(replay: History, now: datetime) -> tuple[str, ...]:
    """The kinds of fact that begin a timescale and that no source could state at the moment."""
    authority, on = replay.authority, london_date(replay.moment(now))
    starting = {
        start.fact
        for rule in authority.policy.timescales
        if rule.subject == replay.kind and authority.policy.in_use(rule)
        for start in rule.starts
    }
    return tuple(name for name in sorted(starting) if not statable(authority, name, on).sources)


def say_unstatable(found: Iterable[OfClock]) -> Iterator[str]:
    """Each clock of which something could not be stated, or had not yet been heard, in a sentence."""
    for one in found:
        title = say_title(one.clock.timescale)
        if one.unstatable:
            missing = say_list([say_fact(name).lower() for name in one.unstatable])
            rest = [say_fact(s.name).lower() for s in one.stops if s.sources]
            but = f" Only {say_list(rest)} could be stated." if rest else ""
            yield f"{title}: no source could state {missing}.{but}"
        told: dict[tuple[tuple[str, ...], datetime], list[str]] = {}
        for stop in one.stops:
            if stop.heard_to is not None:
                alone = told.setdefault((stop.sources, stop.heard_to), [])
                alone.append(say_fact(stop.name).lower())
        for (sources, heard_to), names in told.items():
            yield (
                f"{title}: {say_list(names)} could be stated by {say_list([*sources], 'and')} alone,"
                f" which had been heard up to {say_moment(heard_to)}."
            )
