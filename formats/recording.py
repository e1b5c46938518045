"""Events on their way into the log, some hundreds to a transaction, and the count of what became of each."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

from domain.event import Event
from formats.statement import Noted
from store.log import Log

BATCH: Final = 500


@dataclass
class Report:
    """What became of a file: facts recorded, known already and corrected, and what to look at.

    What Daymark notes of the source itself (its span, and how far it has spoken) is not counted.
    """

    recorded: int = 0
    duplicate: int = 0
    corrected: int = 0
    unreadable: list[Noted] = field(default_factory=list)
    not_stated_any_more: list[dict[str, str]] = field(default_factory=list)
    """Facts an earlier file of this source stated and this one does not; none is withdrawn."""
    warnings: list[Noted] = field(default_factory=list)

    def warn(self, line: int, text: str) -> None:
        """Note what somebody should look at, though nothing was lost."""
        self.warnings.append(Noted(line, text))

    def document(self) -> dict[str, Any]:
        """The report as `daymark import --json` prints it."""
        noted = {"unreadable": self.unreadable, "warnings": self.warnings}
        said = {
            name: [{"line": one.line, "problem": one.text} for one in lines]
            for name, lines in noted.items()
        }
        return asdict(self) | said


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event not yet appended, with the line it came from."""

    event: Event
    line: int
    corrects: bool = False
    counted: bool = True


class Recording:
    """Appends what it is given and counts the receipts; nothing is recorded before `flush`."""

    def __init__(self, log: Log, report: Report) -> None:
        """Record in this log, and say there what became of each."""
        self._log = log
        self._report = report
        self._batch: list[Waiting] = []

    def add(self, waiting: Waiting) -> None:
        """Take one more, and append what waits once it is enough for a transaction."""
        self._batch.append(waiting)
        if len(self._batch) >= BATCH:
            self.flush()

    def tell(self, event: Event, line: int) -> None:
        """Take an event that has an identity of its own."""
        self.add(Waiting(event, line))

    def state(self, event: Event, line: int, *, corrects: bool, counted: bool) -> None:
        """Take what a statement makes known."""
        self.add(Waiting(event, line, corrects, counted))

    def flush(self) -> None:
        """Append what waits, in one transaction."""
        batch, self._batch = self._batch, []
        receipts = self._log.append([one.event for one in batch])
        for one, receipt in zip(batch, receipts, strict=True):
            if receipt.differs:
                reason = "this source and id are known with other content; kept as an anomaly"
                self._report.warn(one.line, reason)
            if not one.counted:
                continue
            if receipt.result == "duplicate":
                self._report.duplicate += 1
            elif one.corrects:
                self._report.corrected += 1
            else:
                self._report.recorded += 1
