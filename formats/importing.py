"""Putting a file into the log: what is new is recorded, what is known is not, what changed is corrected."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from domain.calendar import end_of
from domain.event import Event, Kind, Recorded
from domain.facts.authority import FeedAdvanced, SourceRegistered
from formats.known import Known, correction, first_telling, known_of, rows_of, to_be_stated
from formats.recording import Recording, Report
from formats.source_file import EventFile, SourceFile, StatementFile, Told
from formats.statement import ChildStatement, Stated, facts, hashed, refer
from store.log import Log

TOLD_EVERY: Final = 100  # items of a file between two calls of `progress`

Progress = Callable[[int], None]


def import_file(
    log: Log,
    file: SourceFile,
    *,
    progress: Progress | None = None,
) -> Report:
    """Record what a file says, some hundreds of facts at a time, and report on it.

    Who imports it is not who did it, and is not recorded: a second import by another would differ.
    `progress` is told, now and then, how many bytes have been read.
    Stopped anywhere, it is only to be run again: every fact has the same id in every import.
    """
    told = progress or _tell_nobody
    report = Report(warnings=list(file.warnings))
    recording = Recording(log, report)
    if isinstance(file, EventFile):
        _import_events(file, recording, report, told)
    else:
        _Statements(log, file, recording, report).take_in(told)
    told(file.size)
    return report


def _tell_nobody(_read: int) -> None:
    """Nobody asked how far the reading has come."""


def _import_events(
    file: EventFile, recording: Recording, report: Report, progress: Progress
) -> None:
    for number, item in enumerate(file.items):
        if isinstance(item, Told):
            recording.tell(item.event, item.line)
        else:
            report.unreadable.append(item)
        if number % TOLD_EVERY == 0:
            progress(file.place.read)
    recording.flush()


class _Statements:
    """One file of statements on its way into the log, beside what its source said before."""

    def __init__(self, log: Log, file: StatementFile, recording: Recording, report: Report) -> None:
        """Read what the source has said of the authority itself: its spans, or its people."""
        self._log = log
        self._file = file
        self._recording = recording
        self._report = report
        self._begun: set[UUID] = set()
        self._stated: set[UUID] = set()
        self._to_be_stated: dict[UUID, tuple[UUID, Recorded]] = {}
        self._of_authority = self._known("authority", file.authority)
        self._spoke_before = bool(self._of_authority.told)
        # Where every row known came from files of the same days, each should be here again.
        self._period = None if self._only_these_days() else file.period

    def _known(self, kind: Kind, subject: str) -> Known:
        file = self._file
        stream = self._log.stream(file.authority, kind, subject)
        return known_of(self._log.history(stream), file.authority, file.source, subject)

    def _only_these_days(self) -> bool:
        told = (one.event.said for one in self._of_authority.told.values())
        begun = {one.from_on for one in told if isinstance(one, SourceRegistered)}
        return self._file.period is None or begun <= {self._file.period.from_on}

    def take_in(self, progress: Progress) -> None:
        """Record all of it, in an order that lets no clock be judged by half of it."""
        self._say_which_days()
        for number, item in enumerate(self._file.items):
            if isinstance(item, ChildStatement):
                self._take_in_child(item)
            else:
                self._expect(self._of_authority, "authority")
                self._settle(item, self._of_authority)
            if number % TOLD_EVERY == 0:
                progress(self._file.place.read)
        self._recording.flush()
        self._list_what_has_gone()
        self._say_how_far()

    def _say_which_days(self) -> None:
        file = self._file
        if file.period is None:
            return
        said = SourceRegistered(
            source=file.source,
            delivers=file.delivers,
            states=file.states,
            times="happened",
            from_on=file.period.from_on,
            to_on=file.period.to_on,
            late_after_hours=file.late_after_hours,
        )
        begins = file.period.from_on
        known_by = hashed("source-registered", begins.isoformat())
        self._note(Stated("authority", file.authority, 0, known_by, said, occurred_on=begins))

    def _say_how_far(self) -> None:
        """Last of all: from here on, what the file does not state had not been recorded by then."""
        file = self._file
        if file.period is None:
            return
        complete_to = min(file.extracted_at, end_of(file.period.to_on))
        said = FeedAdvanced(source=file.source, complete_to=complete_to)
        known_by = hashed("feed-advanced", file.extracted_at.isoformat(), complete_to.isoformat())
        stated = Stated(
            "authority",
            file.authority,
            0,
            known_by,
            said,
            occurred_at=file.extracted_at,
            chosen=True,
        )
        self._note(stated)

    def _note(self, stated: Stated) -> None:
        self._settle(stated, self._of_authority, counted=False)
        self._recording.flush()

    def _take_in_child(self, statement: ChildStatement) -> None:
        self._report.unreadable.extend(statement.unreadable)
        self._report.warnings.extend(statement.warnings)
        if not statement.child:
            return
        stream = self._log.stream(self._file.authority, "child", statement.child)
        if stream in self._begun:
            self._report.warn(statement.line, "the same child stands in this file before")
            self._recording.flush()  # what was said of it there must be known here
        known = self._known("child", statement.child)
        self._expect(known, "child")
        rows = rows_of(known, self._file.row_kinds, self._period)
        refs, moved = refer(statement, rows)
        self._report.warnings.extend(moved)
        stated, unreadable = facts(statement, refs)
        self._report.unreadable.extend(unreadable)
        for one in stated:
            self._settle(one, known)

    def _expect(self, known: Known, kind: Kind) -> None:
        """Keep, once for each stream, what this file has to state again if nothing has gone."""
        stream = self._log.stream(known.authority, kind, known.subject)
        if stream in self._begun:
            return
        self._begun.add(stream)
        file = self._file
        expected = to_be_stated(known, file.row_kinds, self._period, file.extracted_at)
        self._to_be_stated |= {fact: (stream, told) for fact, told in expected.items()}

    def _settle(self, stated: Stated, known: Known, *, counted: bool = True) -> None:
        """Record what is stated where it is new, correct what it changes, and count the rest."""
        fact = known.id_of(stated.id)
        self._stated.add(fact)
        extracted_at = self._file.extracted_at
        if fact not in known.told:
            event = first_telling(stated, known, extracted_at)
            self._recording.state(event, stated.line, corrects=False, counted=counted)
            return
        if fact not in known.stands:
            self._report.warn(stated.line, f"{stated.said.NAME}: stated still, though withdrawn")
        elif not known.older(fact, extracted_at) and fact in known.own:
            changed = correction(stated, known, extracted_at)
            if changed is not None:
                self._recording.state(changed, stated.line, corrects=True, counted=counted)
                return
        self._report.duplicate += counted

    def _list_what_has_gone(self) -> None:
        if self._spoke_before and self._file.row_kinds:
            self._expect_children_not_here()
        gone = self._to_be_stated.keys() - self._stated
        found = [_gone(*self._to_be_stated[fact]) for fact in gone]
        self._report.not_stated_any_more.extend(sorted(found, key=lambda one: tuple(one.values())))

    def _expect_children_not_here(self) -> None:
        """Look through the log for children whom this source spoke of before, and not now."""
        position = 0
        while found := self._log.after(position):
            position = found[-1].position
            for one in found:
                if isinstance(one, Recorded) and self._speaks_of_a_child(one.event):
                    self._expect_of_child(one)

    def _speaks_of_a_child(self, event: Event) -> bool:
        of_source = (event.authority, event.source) == (self._file.authority, self._file.source)
        return of_source and event.kind == "child"

    def _expect_of_child(self, one: Recorded) -> None:
        if one.stream not in self._begun:
            self._expect(self._known("child", one.event.subject), "child")


def _gone(stream: UUID, told: Recorded) -> dict[str, str]:
    """How a person finds what has gone, to withdraw it if that is right; nothing of the child."""
    event = told.event
    return {"child": stream.hex, "fact": event.name, "source": event.source, "id": event.id}
