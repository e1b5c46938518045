"""The daily missing page: who is out, who is back, who is about to be third, and of whom nothing is heard.

It is worked out from the log, as it had happened by one moment and was known at another;
of now it is also made from the children that `missing_lives` keeps.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from domain.authority import Authority
from domain.child_episode import from_history
from domain.joining import joined_history
from domain.timescales import Window
from projections.agenda import once_each, read_all
from projections.history import History, as_told, known_by, own_stream, together
from projections.missing_episodes import Life, Missing, Unheard, is_looked_for, life_of, window_on
from projections.whole_log import nobody_looks
from store.log import Log

INTERVIEW: Final = "missing-rhi-72h"
"""The rule whose hours say for how long after a return the page keeps a child among those who are back."""


@dataclass(frozen=True)
class Elsewhere:
    """A child whom one authority answers for and who lives in another's area."""

    life: Life
    placed_here: bool
    authority: str
    """The other authority, by its code; an empty word where it is not named."""
    times: int
    """How often the child went missing within the window."""
    out: bool


@dataclass(frozen=True)
class MissingPage:
    """All that the page says, for one moment."""

    moment: datetime
    window: Window | None
    """The window in which times missing are counted."""
    out: tuple[Missing, ...]
    """The longest out first."""
    back: tuple[Missing, ...]
    """The last back first."""
    about_to_be_nth: tuple[Life, ...]
    elsewhere: tuple[Elsewhere, ...]
    unheard: tuple[Unheard, ...]
    """The longest overdue first."""
    expects: bool
    """Whether the pack in use says within how many days something should be heard."""


def missing_page(
    log: Log,
    authority: Authority,
    now: datetime,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    shows: Callable[[UUID], bool] = lambda _stream: True,
    reached: Callable[[int], None] = nobody_looks,
) -> MissingPage:
    """The page as it had happened by one moment and was known at another.

    The whole log is read: a rule that is switched off must hide nobody who is out.
    `shows` leaves what the reader may see, before anything is counted.
    """
    moment = min(now, as_of or known_at or now)
    then = as_told(authority, known_by(own_stream(log, authority), known_at))
    found = [
        life for life in lives(log, then, moment, as_of, known_at, reached) if shows(life.stream)
    ]
    return page_of(found, then, moment)


def life_in(replay: History, now: datetime) -> Life | None:
    """The times missing of the child of a replay; nothing where nothing had been recorded by then."""
    if not replay.lines:
        return None
    happened = tuple(line.recorded for line in replay.lines)
    named = together(replay.named, replay.as_of)
    joined = joined_history(replay.reference, named) if named else ()
    return life_of(from_history(happened, joined), replay.authority, replay.moment(now))


def page_of(found: Sequence[Life], authority: Authority, moment: datetime) -> MissingPage:
    """The page of these children."""
    episodes = [one for life in found for one in life.episodes]
    kept = timedelta(hours=authority.policy.timescale(INTERVIEW).amount)
    back = [one for one in episodes if one.ended and moment - one.ended.earliest <= kept]
    return MissingPage(
        moment=moment,
        window=window_on(authority, moment),
        out=tuple(
            sorted(
                (one for one in episodes if one.ended is None),
                key=lambda one: (one.started.earliest, one.child),
            )
        ),
        back=tuple(sorted(back, key=back_order, reverse=True)),
        about_to_be_nth=tuple(
            sorted((one for one in found if one.about_to_be_nth), key=lambda one: one.child)
        ),
        elsewhere=tuple(one for life in found for one in elsewhere(life, moment)),
        unheard=tuple(
            sorted(
                (one.unheard for one in found if one.unheard),
                key=lambda one: (one.allowed - one.days, one.child),
            )
        ),
        expects=bool(authority.policy_on(moment.date()).heard_within_days),
    )


def back_order(one: Missing) -> tuple[datetime, str]:
    """By when the child came back."""
    assert one.ended is not None
    return one.ended.earliest, one.child


def lives(
    log: Log,
    authority: Authority,
    moment: datetime,
    as_of: datetime | None,
    known_at: datetime | None,
    reached: Callable[[int], None],
) -> list[Life]:
    """Every child who can be on the page, once, by reference."""
    happened, joined = read_all(log, authority.code, as_of, known_at, reached)
    return [
        life_of(episode, authority, moment)
        for episode in once_each(happened, joined)
        if is_looked_for(episode)
    ]


def elsewhere(life: Life, moment: datetime) -> Iterable[Elsewhere]:
    """Whether a child who is missing, or was within the window, lives in another authority's area."""
    days = life.window.amount if life.window else 0
    recent = [
        one for one in life.episodes
        if one.ended is None or moment - one.started.earliest <= timedelta(days=days)
    ]  # fmt: skip
    if not recent:
        return
    out = any(one.ended is None for one in recent)
    placing = next((one.placing for one in reversed(recent) if one.placing is not None), None)
    if placing is not None:
        yield Elsewhere(life, placed_here=True, authority=placing, times=len(recent), out=out)
    elif life.area is not None:
        yield Elsewhere(life, placed_here=False, authority=life.area, times=len(recent), out=out)
