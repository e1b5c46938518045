"""CloudEvents one to a line, as they are exported and as a case system may leave them in a file."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from domain.errors import UnknownFact, UnreadableFact
from domain.event import Event
from formats.cloudevents import NotACloudEvent, read_event, read_json

LONGEST_LINE: Final = 1024 * 1024
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def read_lines(
    file: BinaryIO, authority: str
) -> Iterator[tuple[int, Event | UnreadableFact | UnknownFact]]:
    """Each line's number (from 1) with its event, or with why it cannot be read; one at a time.

    A byte order mark, either line ending and blank lines are passed over.
    """
    for number, line in _lines(file):
        if line is None:
            problem = ("#", f"the line is longer than {LONGEST_LINE // 1024} KiB")
            yield number, NotACloudEvent(problem)
            continue
        try:
            event = read_event(read_json(line), authority, keep_unknown=True)
        except (UnreadableFact, UnknownFact) as error:
            yield number, error
        else:
            yield number, event


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Every line that is not blank; nothing in the place of one too long to be held."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
            yield number, None
        elif line := line.strip():
            yield number, line
