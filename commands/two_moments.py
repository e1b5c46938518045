"""The command that compares two moments of one record: what became known, and what that changed."""

from datetime import UTC, datetime

from assembly import Daymark
from commands.answers import record_asked
from commands.asking import asked
from commands.printing import DONE, Options, WrongCommand, document
from domain.explanation import explain
from domain.own_matters import of_allegation
from domain.words import say_moment, say_title
from projections.between import Between, Changed, Learned, between, between_json, say_what
from projections.history import History, Judged, history
from projections.statable import of_clocks, say_unstatable


def compare(options: Options) -> int:
    """What two moments of a record differ in, each clock explained from both."""
    now = datetime.now(UTC)
    if options.known_at > now:
        message = "--known-at: that moment has not come yet: name one that has passed"
        raise WrongCommand(message)
    with asked() as daymark:
        first = replayed(daymark, options, options.as_of, options.known_at)
        second = replayed(daymark, options, options.and_as_of, options.and_known_at)
        found = between(daymark.log, first, second, now)
    if options.json:
        document(between_json(found) | {"not_statable": not_statable(found)})
        return DONE
    for sentence in said(found, now):
        print(sentence)
    return DONE


def replayed(
    daymark: Daymark, options: Options, as_of: datetime | None, known_at: datetime | None
) -> History:
    """The record at one moment; what had happened by the moment it was known, where nothing else is said."""
    stream, matter = record_asked(daymark, options)
    return history(
        daymark.log,
        stream,
        authority=daymark.authority(),
        as_of=as_of or known_at,
        known_at=known_at,
        matter=matter,
    )


def not_statable(found: Between) -> dict[str, list[str]]:
    """What no source could have stated at each of the moments, in sentences."""
    return {
        name: list(say_unstatable(of_clocks(replay, replay.clocks)))
        for name, replay in (("first", found.first), ("second", found.second))
    }


def said(found: Between, now: datetime) -> list[str]:
    """The differences in words: the facts, each clock with its causes, and what nobody could state."""
    lines = [f"First moment: {words(found.first)}.", f"Second moment: {words(found.second)}.", ""]
    if found.is_empty:
        lines.append("Nothing differs.")
    if found.facts:
        lines.append("Facts")
        lines += [
            f"  {HOW[one.how]}, recorded {say_moment(one.line.recorded.recorded_at)}:"
            f" {one.line.sentence}{of_which(one, found.second)}"
            for one in found.facts
        ]
        lines.append("")
    for clock in found.clocks:
        lines += said_of_clock(found, clock, now)
    if found.unchanged:
        lines.append(f"Clocks that are the same at both moments: {found.unchanged}.")
    for name, sentences in not_statable(found).items():
        if sentences:
            lines += [
                f"What no source could have stated at the {name} moment",
                *indented(sentences),
            ]
    return lines


HOW = {
    "became-known": "Became known",
    "happened": "Happened since",
    "no-longer": "Not counted any more",
}
"""Why only one of the moments counts a fact, in words."""


def of_which(one: Learned, replay: History) -> str:
    """The allegation that a fact of the authority's own record speaks of, where it speaks of one."""
    about = replay.spoken_of.get(one.line.recorded.event_id)
    return f" ({of_allegation(about)})" if about else ""


def said_of_clock(found: Between, one: Changed, now: datetime) -> list[str]:
    """One clock: the differences, their causes, and its explanation from both moments."""
    about = found.second.about(one.one.clock)
    title = say_title(one.one.clock.timescale) + (f", {about}" if about else "")
    lines = [f"{title} ({one.one.clock.key})"]
    lines += indented([*say_what(one)])
    for cause in one.causes:
        when = cause.recorded and f", recorded {say_moment(cause.recorded.recorded_at)}"
        lines.append(f"  Because: {cause.sentence.removesuffix('.')}{when or ''}.")
    for name, judged, replay in (
        ("First", one.before, found.first),
        ("Second", one.after, found.second),
    ):
        lines.append(f"  {name} moment: {answered(judged, replay, now)}")
    return [*lines, ""]


def answered(judged: Judged | None, replay: History, now: datetime) -> str:
    """What is said of a clock at one moment."""
    if judged is None:
        return "it is not there."
    return explain(judged.clock, replay.authority, replay.moment(now), judged.told_at).answer


def words(replay: History) -> str:
    """A moment in words."""
    known = "all that is known now" if replay.known_at is None else say_moment(replay.known_at)
    if replay.as_of is None or replay.as_of == replay.known_at:
        return f"what was known by {known}" if replay.known_at else known
    return f"what had happened by {say_moment(replay.as_of)}, by what was known by {known}"


def indented(sentences: list[str]) -> list[str]:
    """Sentences that belong beneath a heading."""
    return [f"  {one}" for one in sentences]
