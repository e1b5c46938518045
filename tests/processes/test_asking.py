"""A question about an authority that nobody here knows is no question about an empty board."""

import pytest

from assembly import Daymark
from tests.processes.conftest import Command, show
from tests.processes.test_command import a_missing_child

QUESTIONS = (
    ("board",),
    ("clocks", "CH-1"),
    ("history", "CH-1", "--json"),
    ("explain", "missing-strategy-72h.x"),
    ("missing",),
    ("unallocated",),
    ("figures", "conferences"),
    ("golive", "status"),
    ("golive", "backlog"),
    ("sittings",),
    ("what-if", "--conventions"),
)


@pytest.fixture
def mistyped(daymark: Command, parts: Daymark, monkeypatch: pytest.MonkeyPatch) -> Command:
    """A child of the sample authority is missing; the next command is asked of the sampel authority."""
    a_missing_child(daymark)
    show(parts)
    monkeypatch.setenv("DAYMARK_AUTHORITY", "sampel")
    return daymark


@pytest.mark.parametrize("words", QUESTIONS, ids=lambda words: "-".join(words[:2]))
def test_an_authority_that_is_not_known_is_said_and_which_are(
    mistyped: Command, words: tuple[str, ...]
) -> None:
    """Nothing is late where nobody looks: the sentence names what was typed and what is known."""
    said = mistyped(*words)

    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "daymark: DAYMARK_AUTHORITY is sampel, of which nothing is recorded here:"
        " set it to sample\n"
    )


def test_the_doctor_says_so_too(mistyped: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside every other part; and says which authority it is where it is known."""
    wrong = mistyped("doctor", "--json").document()
    monkeypatch.setenv("DAYMARK_AUTHORITY", "sample")
    right = mistyped("doctor", "--json").document()

    (said,) = [one for one in wrong["checks"] if one["name"] == "authority"]
    assert not said["well"]
    assert "set it to sample" in said["said"]
    assert {"name": "authority", "well": True, "said": "the authority sample"} in right["checks"]


def test_a_new_authority_begins_with_what_is_told(
    mistyped: Command, parts: Daymark, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is recorded of it counts at once, before any board; and one that is listed is known."""
    monkeypatch.setenv("DAYMARK_AUTHORITIES", "sample,sampel")
    listed = mistyped("board")
    monkeypatch.delenv("DAYMARK_AUTHORITIES")
    told = mistyped("record", "contact-received", "CH-1", "contact_ref=C-1", "source=2A")
    asked = mistyped("clocks", "CH-1")
    show(parts)

    assert listed.out == "Nothing is running.\n"
    assert told.code == asked.code == 0
    assert mistyped("golive", "status").code == 0


def test_where_nothing_is_recorded_yet_nothing_is_mistyped(daymark: Command) -> None:
    """A new installation may have any name."""
    assert daymark("board").out == "Nothing is running.\n"
