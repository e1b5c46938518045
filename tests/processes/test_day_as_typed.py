"""What docs/a-managers-day.md says is typed is typed, command by command, for the manager it tells of."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from assembly import Daymark
from domain.engine_events import EscalationAcknowledged
from formats.sample_authority import POSTS
from tests.processes.conftest import Command, Said, judge, show
from tests.processes.test_command import ago

PAGE: Final = Path(__file__).parents[2] / "docs/a-managers-day.md"
TYPED: Final = re.compile(r"`daymark ([^`]+)`")
CHILD: Final = "CH-0001"
HANNAH: Final = "P-08"


@pytest.fixture
def late(daymark: Command, parts: Daymark, tmp_path: Path) -> Command:
    """The people of the made-up council, and one child about whose absence nobody has met in time."""
    rows = [f"{one.ref},{one.name},{one.email},{one.role},,2020-01-01,," for one in POSTS]
    head = "person_ref,name,email,role,team_ref,from_on,to_on,covers"
    (tmp_path / "people.csv").write_text("\n".join([head, *rows]) + "\n")
    daymark("people", "import", tmp_path / "people.csv")
    daymark(
        *("record", "source-registered", "sample", "--at", "2020-01-01T00:00:00Z"),
        *("source=police", "delivers=continuous", "states=strategy-meeting-held"),
        *("times=happened", "from_on=2020-01-01"),
    )
    daymark(
        *("record", "missing-episode-started", CHILD, "--at", ago(80)),
        *("missing_episode_ref=ME-1", "type=M", "missing_from=home", "care_status=own"),
    )
    judge(parts, CHILD)
    show(parts)
    return daymark


def typed(line: str, names: dict[str, str]) -> list[str]:
    """A command of the page as it is typed, with what it leaves open."""
    return [names.get(word, word) for word in shlex.split(line)]


def test_each_command_of_the_day_is_understood_and_done(late: Command, parts: Daymark) -> None:
    """The escalation is one of the board, the promise is Hannah's, and the clock is explained."""
    rows = late("board", "--json").document()["rows"]
    row = next(one for one in rows if one["escalation"])
    until = (datetime.now(UTC) + timedelta(days=3)).date()
    names = {"ESCALATION": row["escalation"], "DAY": until.isoformat(), "CLOCK": row["clock"]}
    said: dict[str, Said] = {}
    for line in TYPED.findall(PAGE.read_text("utf-8")):
        said[line.split()[0]] = late(*typed(line, names))
    (made,) = [
        one.event.said
        for one in parts.log.history(parts.child(CHILD))
        if isinstance(one.event.said, EscalationAcknowledged)
    ]

    assert {*said} == {"acknowledge", "board", "clocks", "explain", "figures"}
    assert {name: (one.code, one.err) for name, one in said.items()} == dict.fromkeys(said, (0, ""))
    assert (made.owner, made.escalation) == (HANNAH, row["escalation"])
    assert row["clock"] in said["clocks"].out
    assert said["explain"].out.startswith("Why is this late?")
    assert row["escalation"] in said["board"].out


def test_the_manager_is_the_one_of_the_made_up_council() -> None:
    """Whoever tries the page out on their own machine finds her under the reference that it types."""
    (post, *_) = [one for one in POSTS if one.ref == HANNAH]
    page = PAGE.read_text("utf-8")

    assert post.name in page
    assert set(re.findall(r"--owner (\S+)", page)) == {HANNAH}
