"""Every row of one child, worked out in one pass over its history."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from domain.anomalies import anomalies
from domain.authority import Authority
from domain.child_episode import ChildEpisode, is_history, stages_of, team_of
from domain.clocks import Clock
from domain.engine_events import (
    BreachCured,
    EscalationRearmed,
    ManagerNotified,
    TimescaleBreached,
    TimescaleWarned,
)
from domain.escalation import digest_steps, next_of
from domain.event import Recorded
from domain.owing import owed_by
from domain.own_matters import last_that_counts
from domain.raised import Raised, handed_over, raised_tellings
from domain.rights import family_of, forced, restriction, worker_of
from domain.stages import Said, Stage
from domain.telling_steps import Step
from domain.whose import unheld
from projections.instants import FOR_EVER, written, written_if
from projections.missing_episodes import is_looked_for
from projections.statuses import has_ended, spells
from projections.tables import OF_CHILD, OF_CLOCK

Cell = str | int | None
Row = dict[str, Cell]

UNSAID: Final = Said()


def child_rows(episode: ChildEpisode, authority: Authority) -> dict[str, list[Row]]:
    """The rows of each table that speak of this child.

    They depend on what is recorded alone, not on when they are worked out: where the domain asks
    for a moment it is given the moment of the last recording.
    The authority's own rows stay as they are when a feed speaks or a person is assigned, unless
    that changes one of its clocks.
    """
    last = last_that_counts(episode.history) or episode.history[-1]
    since = last.recorded_at
    # What was told until nobody was to be told any more is done: only what comes after it waits.
    asked = max(since, authority.going_live.last_recorded)
    clocks = episode.clocks(authority)
    raised = raised_tellings(episode, authority)
    next_steps = {
        one.id: step
        for one in raised.values()
        if (step := next_of(one, episode, authority, asked)) is not None
    }
    digest = digest_steps(episode, authority, asked)
    child = child_row(episode, last)
    every = [clock_row(one, episode, authority, raised, since) for one in clocks]
    tables: dict[str, Iterator[Row]] = {
        "board_child": iter([child]),
        "board_person": person_rows(episode, raised),
        "board_forced": forced_rows(episode),
        "board_joined": (
            {"other": other.hex} for other in sorted({one.stream for one in episode.joined})
        ),
        "board_meeting": ({"meeting": one} for one in meetings(episode)),
        "board_news": news_rows(episode),
        "board_clock": iter(every),
        "board_status": status_rows(clocks, since, child, every),
        "board_telling": telling_rows(raised, next_steps),
        "outstanding": outstanding_rows(stages_of(episode, authority, clocks), next_steps, digest),
        "digest_item": (
            {
                "step": step.key,
                "telling": step.telling,
                "clock": step.clock,
                "at": written(step.at),
                "team": step.team,
                "rung": step.rung,
                "role": step.role,
                "person": step.person,
            }
            for step in digest
        ),
        "unallocated": unallocated_rows(clocks, episode, authority, raised, since),
        "anomaly": (
            {
                "place": place,
                "event_id": one.event_id.hex,
                "kind": one.kind,
                "sentence": one.sentence,
                "recorded_at": written(one.recorded_at),
            }
            for place, one in enumerate(anomalies(episode.history, authority))
        ),
    }
    whose: Row = {"authority": episode.authority, "stream": episode.id.hex}
    return {table: [whose | row for row in rows] for table, rows in tables.items()}


def child_row(episode: ChildEpisode, last: Recorded) -> Row:
    """The child itself, as the case system refers to it, or the authority itself."""
    return {
        "kind": episode.kind,
        "reference": episode.child,
        "team": team_of(episode),
        "worker": worker_of(episode.standing),
        "restricted": int(restriction(episode.history) is not None),
        "looked_for": int(episode.kind == "child" and is_looked_for(episode)),
        "version": last.version,
        "recorded_at": written(last.recorded_at),
    }


def person_rows(episode: ChildEpisode, raised: Mapping[str, Raised]) -> Iterator[Row]:
    """Who may see a restricted record, who never may, and who was told of which clock."""
    closed = restriction(episode.history)
    links = {("named", "", person) for person in (closed.named if closed else ())}
    links |= {("family", "", person) for person in family_of(episode.standing)}
    links |= {
        ("told", one.key, event.person)
        for one in raised.values()
        for event, _ in one.told
        if event.person
    }
    for link, clock, person in sorted(links):
        yield {"link": link, "clock": clock, "person": person}


def forced_rows(episode: ChildEpisode) -> Iterator[Row]:
    """Each time the record was forced open, and who has reviewed that."""
    for one in forced(episode.history):
        yield {
            "event": one.event_id.hex,
            "person": one.person,
            "at": written(one.at),
            "until_at": written(one.until),
            "reviewed_by": one.reviewed_by,
        }


def clock_row(
    clock: Clock,
    episode: ChildEpisode,
    authority: Authority,
    raised: Mapping[str, Raised],
    since: datetime,
) -> Row:
    """One clock: what is known of it, and who has been told.

    How far a feed has spoken is left out of a clock that has ended: no later word of the feed
    changes it, so nothing about it need be worked out again each night.
    """
    ended = has_ended(clock, since)
    said = episode.told.get(clock.key, UNSAID)
    stop = clock.stop
    row: Row = {
        "clock": clock.key,
        "version": said.version,
        "timescale": clock.timescale.id,
        "thread": clock.timescale.thread,
        "thread_ref": clock.reference,
        "team": team_of(episode),
        "started_at": written(clock.start.earliest),
        "started_on": clock.start.on.isoformat() if clock.start.to_the_day else None,
        "due_soon_at": written_if(clock.warnings[0]) if clock.warnings else None,
        "due_at": written(clock.due_at),
        "due_on": clock.due_on.isoformat() if clock.due_on else None,
        "breaks_at": written_if(clock.breaks_at),
        "heard_to": None if ended else written_if(clock.heard_to),
        "stopped_by": stop.name if stop else None,
        "stopped_at": written(stop.earliest) if stop else None,
        "stopped_on": stop.on.isoformat() if stop and stop.to_the_day else None,
        "ending": clock.ending,
        "to_the_day": int(clock.to_the_day),
        "confirmed": int(ended or clock.confirmed),
        "urgent": int(clock.urgent),
        "provisional": int(clock.provisional),
        "ours": int(clock.ours),
        "history": int(is_recorded_late(clock, said, authority)),
        "digest": int(clock.timescale.digest),
        "owed_by": owed_by(clock),
    }
    return row | handed_cells(clock, episode) | told_cells(clock, said, list(raised.values()))


def handed_cells(clock: Clock, episode: ChildEpisode) -> Row:
    """Whom a clock was last handed over to, and until when."""
    handed = handed_over(episode).get(clock.key)
    return {
        "handed_to": handed[0].owner if handed else None,
        "handed_until": written(handed[0].until) if handed else None,
    }


def meetings(episode: ChildEpisode) -> list[str]:
    """Every meeting that a fact about this child names, by its reference."""
    named = (getattr(one.fact, "meeting_ref", None) for one in episode.standing)
    return sorted({one for one in named if one})


def news_rows(episode: ChildEpisode) -> Iterator[Row]:
    """What became of the child's clocks, as a manager asks for it in the morning."""
    for recorded in episode.engine:
        match recorded.event.said:
            case TimescaleWarned() as said:
                what = "warned"
            case TimescaleBreached(history=False) as said:
                what = "broke"
            case BreachCured() as said:
                what = "cured"
            case EscalationRearmed() as said:
                what = said.reason
            case _:
                continue
        yield {
            "version": recorded.version,
            "clock": said.clock,
            "timescale": said.timescale,
            "what": what,
            "at": written(recorded.recorded_at),
        }


def is_recorded_late(clock: Clock, said: Said, authority: Authority) -> bool:
    """Whether a breach lay so far back when it became visible that it wakes nobody."""
    if said.breached is not None:
        return said.breached.history
    return clock.breaks_at is not None and is_history(clock, clock.breaks_at, authority)


def told_cells(clock: Clock, said: Said, raised: Sequence[Raised]) -> Row:
    """Who was told last of a clock at its present version, who watches, and what was promised."""
    mine = [one for one in raised if one.key == clock.key and one.clock_version == said.version]
    ladder = next((one for one in mine if one.kind == "breach"), None)
    speaking = [ladder] if ladder else mine
    told = [telling for one in speaking for telling in one.told if telling[0].person is not None]
    watchers = {rung.rung for rung in ladder.ladder.rungs if rung.watcher} if ladder else set()
    # Whoever only watches cannot answer: they are named where nobody else was told.
    answers = [telling for telling in told if telling[0].rung not in watchers] or told
    last: tuple[ManagerNotified, datetime] | None = answers[-1] if answers else None
    watching = dict.fromkeys(one.role for one, _ in told if one.rung in watchers)
    promise = ladder.promise if ladder else None
    return {
        "escalation": ladder.id if ladder else None,
        "rearmed": len(ladder.rearmed) if ladder else 0,
        "exhausted": int(ladder is not None and ladder.exhausted),
        "told_at": written(last[1]) if last else None,
        "told_rung": last[0].rung if last else None,
        "told_role": last[0].role if last else None,
        "told_person": last[0].person if last else None,
        "watching": " ".join(watching),
        "acknowledged_until": written(promise.until) if promise else None,
        "acknowledged_owner": promise.owner if promise else None,
    }


def status_rows(
    clocks: Sequence[Clock], since: datetime, child: Row, rows: Sequence[Row]
) -> Iterator[Row]:
    """What can be said of each clock, and between which instants, beside what it is looked for by."""
    of_child = {column: child[column] for column in OF_CHILD}
    for clock, row in zip(clocks, rows, strict=True):
        of_clock = {column: row[column] for column in OF_CLOCK}
        for place, spell in enumerate(spells(clock, since)):
            yield {
                "clock": clock.key,
                "place": place,
                "ended": int(spell.ended),
                "status": spell.status.value,
                "from_at": written(spell.from_at),
                "to_at": written(spell.to_at) if spell.to_at else FOR_EVER,
                **of_child,
                **of_clock,
            }


def telling_rows(raised: Mapping[str, Raised], next_steps: Mapping[str, Step]) -> Iterator[Row]:
    """Every ladder and notice, and when it must do something next."""
    for one in raised.values():
        step = next_steps.get(one.id)
        yield {
            "telling": one.id,
            "clock": one.key,
            "clock_version": one.clock_version,
            "open": int(step is not None),
            "next_at": written(step.at) if step else None,
        }


def outstanding_rows(
    waiting: Sequence[Stage], next_steps: Mapping[str, Step], digest: Sequence[Step]
) -> Iterator[Row]:
    """When something must next be done about this child, if anything must.

    What the digest will tell is kept apart: it is nobody's delay before eight in the morning.
    """
    steps = [(stage.at, stage.summary) for stage in waiting]
    steps += [(step.at, step.summary) for step in next_steps.values()]
    if steps or digest:
        at, summary = min(steps, default=(None, "digest"))
        yield {
            "next_at": written_if(at),
            "stage_at": written(waiting[0].at) if waiting else None,
            "digest_at": written(digest[0].at) if digest else None,
            "summary": summary,
            "stages": len(waiting),
            "tellings": len(next_steps),
        }


def unallocated_rows(
    clocks: Sequence[Clock],
    episode: ChildEpisode,
    authority: Authority,
    raised: Mapping[str, Raised],
    since: datetime,
) -> Iterator[Row]:
    """When each clock that runs is nobody's, so far as that is known by date alone."""
    for clock in clocks:
        spells_of = unheld(clock, episode, authority, raised.values(), since)
        for place, one in enumerate(spells_of):
            yield {
                "clock": clock.key,
                "place": place,
                "why": one.why,
                "role": one.role,
                "from_at": written(one.from_at),
                "to_at": written(one.to_at) if one.to_at else FOR_EVER,
            }
