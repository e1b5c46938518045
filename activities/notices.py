"""What a notice says of one clock: the same words as the pages, and nothing of what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.all_clear import CURES, why_not_known, why_not_late
from domain.authority import Authority
from domain.child_episode import ChildEpisode
from domain.clocks import Clock, verdict
from domain.explanation import counting
from domain.own_matters import allegation_of, page_of, whose
from domain.rights import restriction
from domain.rungs import may_know
from domain.telling_steps import Step
from domain.timescales import Timescale
from domain.words import (
    how_late,
    say_allowance,
    say_due,
    say_list,
    say_role,
    say_title,
    say_verdict,
    time_left,
)

NOT_SHOWN: Final = "not shown, for the record is restricted"
NOT_COUNTED: Final = "a day that cannot be counted"
NOBODY_MAY: Final = (
    "Nobody on its ladder may see the record: have whoever restricted it name somebody who answers."
)


@dataclass(frozen=True)
class Notice:
    """One line of a digest, or the whole of a single e-mail."""

    whose: str
    """The case system's opaque reference of the child; or an allegation's, or the authority itself."""
    of_a_child: bool
    title: str
    allowance: str
    clause: str
    due_at: datetime
    due: str
    verdict: str
    """`Late`, `Late, not confirmed`, `Due soon`, `Not late after all`, `No longer known`."""
    span: str
    """How late, or how much time is left."""
    late: bool
    broken: bool
    """Whether the breach is recorded; a warning may be told so late that the clock has run out."""
    confirmed: bool
    """False where only a feed not yet heard could say that it was done."""
    role: str
    watcher: bool
    path: str
    """What follows the address of Daymark in the link."""
    counted: str = ""
    """How its days or hours are counted; empty where nothing is, or may be, said of that."""
    for_want_of: str = ""
    """Why it comes to this person and nobody below: a role that nobody holds; empty where none is."""
    cure: str = ""
    """Why what was told as late is not late after all; empty for every other notice."""
    unknown: str = ""
    """Why nobody can tell any more whether what was told as late is; empty where that can be told."""

    @property
    def subject(self) -> str:
        """What the e-mail is about; it may show on a locked screen, so it names no child at all."""
        return f"{self.verdict}: {self.title}"


def notice(episode: ChildEpisode, authority: Authority, step: Step, now: datetime) -> Notice:
    """What one step of a ladder tells, in words for `now`; to who may not see it, only that it is."""
    if not may_know(episode, step.person):
        return of_a_restricted_clock(step)
    clock = next((one for one in episode.clocks(authority) if one.key == step.clock), None)
    if step.about == "cured" or clock is None:
        return cure(episode, authority.policy.timescale(step.timescale), clock, step, now)
    broken = step.about == "breach"
    unknown = why_not_known(clock) if broken else ""
    late = now >= clock.due_at and not unknown
    about = matter(episode, clock.timescale, clock, step)
    path = f"/escalations/{step.telling}" if broken else page_of(episode.kind, episode.id)
    if not broken and episode.kind == "authority":
        # Whoever is told may read the clock; the record of the authority itself is not theirs.
        path += f"/clocks/{clock.key}"
    return Notice(
        whose=whose(episode.kind, episode.child, clock.timescale.thread, about),
        of_a_child=episode.kind == "child",
        title=say_title(clock.timescale),
        allowance=say_allowance(clock.timescale),
        clause=_clause(clock.timescale),
        due_at=clock.due_at,
        due=NOT_COUNTED if clock.uncounted else say_due(clock),
        verdict="No longer known" if unknown else say_verdict(clock, verdict(clock, now)),
        span="" if unknown else (how_late if late else time_left)(clock, now, authority.calendar),
        late=late,
        broken=broken,
        confirmed=clock.confirmed,
        role=say_role(step.role),
        watcher=step.watcher,
        path=path,
        counted=counting(clock, authority),
        for_want_of=for_want_of(step, closed=restriction(episode.history) is not None),
        unknown=unknown,
    )


def of_a_restricted_clock(step: Step) -> Notice:
    """What is told of a record to nobody of whose ladder it is open: neither whose it is, nor what."""
    cured = step.about == "cured"
    return Notice(
        whose="a restricted record",
        of_a_child=False,
        title="A restricted clock",
        allowance=NOT_SHOWN,
        clause=NOT_SHOWN,
        due_at=step.at,
        due=NOT_SHOWN,
        verdict="Not late after all" if cured else "Late" if step.about == "breach" else "Due soon",
        span=NOT_SHOWN,
        late=not cured,
        broken=False,
        confirmed=True,
        role=say_role(step.role),
        watcher=False,
        path="/forced-access",
        for_want_of="" if cured else NOBODY_MAY,
        cure=NOT_SHOWN if cured else "",
    )


def for_want_of(step: Step, *, closed: bool = False) -> str:
    """The roles that nobody holds, for which somebody else is told; of a restricted record, may hold."""
    roles = dict.fromkeys([*step.skipped, *([step.role] if step.unheld else [])])
    if not roles:
        return ""
    who = "Nobody who may see this record" if closed else "Nobody"
    return f"{who} is known here as {say_list([say_role(one) for one in roles], 'or')}."


def cure(
    episode: ChildEpisode, timescale: Timescale, clock: Clock | None, step: Step, now: datetime
) -> Notice:
    """The word that what was told as late is not; there is no clock where its start is withdrawn."""
    why = why_not_late(clock, now)
    assert why is not None  # such a step has ended where nobody can say so
    about = matter(episode, timescale, clock, step)
    return Notice(
        whose=whose(episode.kind, episode.child, timescale.thread, about),
        of_a_child=episode.kind == "child",
        title=say_title(timescale),
        allowance=say_allowance(timescale),
        clause=_clause(timescale),
        due_at=clock.due_at if clock else step.at,
        due=say_due(clock) if clock else "not any more",
        verdict="Not late after all",
        span="",
        late=False,
        broken=False,
        confirmed=True,
        role=say_role(step.role),
        watcher=step.watcher,
        path=page_of(episode.kind, episode.id, about),
        cure=CURES[why],
    )


def matter(
    episode: ChildEpisode, timescale: Timescale, clock: Clock | None, step: Step
) -> str | None:
    """The allegation that a step is about, where it is about no child."""
    reference = clock.reference if clock else None
    return allegation_of(episode.history, timescale.thread, reference, step.clock)


def _clause(timescale: Timescale) -> str:
    source = timescale.source
    written = ", ".join(part for part in (source.document, source.clause) if part)
    return f"{written} (to be confirmed)" if timescale.unconfirmed else written
