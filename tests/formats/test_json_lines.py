"""CloudEvents one to a line."""

import io
import json

from domain.errors import UnreadableFact
from domain.event import Event
from formats.json_lines import LONGEST_LINE, read_lines


def line(number: int, **more: object) -> bytes:
    """A referral as a line."""
    event = {
        "specversion": "1.0",
        "type": "daymark.referral-received.v1",
        "source": "/case-system/343",
        "id": str(number),
        "subject": "C1",
        "time": "2026-02-05T23:30:00Z",
        "data": {"referral_ref": str(number), "source": "6", **more},
    }
    return json.dumps(event).encode()


def read(content: bytes) -> list[tuple[int, str]]:
    """Each line's number with the id read, or the reason it was not."""
    return [
        (number, found.id if isinstance(found, Event) else str(found))
        for number, found in read_lines(io.BytesIO(content), "343")
    ]


def test_lines_are_read_whatever_ends_them() -> None:
    """A byte order mark, blank lines and Windows endings change neither events nor numbers."""
    content = b"\xef\xbb\xbf" + line(1) + b"\r\n\r\n   \n" + line(2) + b"\n" + line(3)

    assert read(content) == [(1, "1"), (4, "2"), (5, "3")]
    assert read(b"") == []


def test_a_bad_line_costs_only_itself() -> None:
    """Each line that cannot be read is named, and the ones after it are read."""
    found = read(b"\n".join([line(1), b"{broken", b'{"specversion":"1.0"}', b"\xff", line(5)]))

    assert [number for number, _ in found] == [1, 2, 3, 4, 5]
    assert found[1][1].startswith("#: not JSON")
    assert "#/id: Field required" in found[2][1]
    assert found[4] == (5, "5")


def test_an_unknown_type_costs_only_its_line() -> None:
    """A newer sender's types do not stop the file."""
    found = read(line(1).replace(b"referral-received", b"moon-landed") + b"\n" + line(2))

    assert found[0][1] == "daymark.moon-landed.v1 is not a fact Daymark knows"
    assert found[1] == (2, "2")


def test_an_endless_line_is_passed_over() -> None:
    """A line too long to be held is refused without being held."""
    for ending in (b"\n", b"x\n" * 2):
        content = b" " * (3 * LONGEST_LINE) + ending + line(2)
        found = read(content)

        assert found[0] == (1, "#: the line is longer than 1024 KiB")
        assert found[-1][1] == "2"
    assert read(b"x" * (LONGEST_LINE + 1)) == [(1, "#: the line is longer than 1024 KiB")]


def test_an_unknown_field_of_a_file_is_kept() -> None:
    """What no field holds is not lost."""
    [(_, event)] = read_lines(io.BytesIO(line(1, colour="red")), "343")

    assert not isinstance(event, UnreadableFact)
    assert isinstance(event, Event)
    assert getattr(event.said, "unmapped", None) == {"colour": "red"}
