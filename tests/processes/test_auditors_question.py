"""The page that answers an auditor's question is run as it stands, command by command."""

import re
from pathlib import Path
from typing import Final

import pytest

from assembly import Daymark
from tests.processes.conftest import Command
from tests.processes.test_cured_breach import HASH, Story

PAGE: Final = Path(__file__).parents[2] / "docs/an-auditors-question.md"
POSITION: Final = re.compile(r"position \d+")


@pytest.fixture
def written(daymark: Command, parts: Daymark) -> str:
    """The page as it comes out."""
    return "\n".join(Story(daymark, parts, "CH-8").written(PAGE.read_text("utf-8"))) + "\n"


def test_the_question_is_answered_as_it_is_told(written: str) -> None:
    """Each command says what the page says that it says, word for word."""
    assert HASH.sub("", written) == HASH.sub("", PAGE.read_text("utf-8"))


def test_the_answer_follows_from_what_was_said(written: str) -> None:
    """On 3 March nobody could say whether it was late, and the log says why."""
    then, after = written.split("## What changed between")

    assert "Waiting for the case system" in then.split("And what is said of it since")[0]
    assert "Done late" in then.split("And what is said of it since")[1]
    assert "weekly alone, which had been heard up to 29 February 2016 at 11am" in after
    assert "weekly had told everything up to 29 February 2016 at 11am" in after
