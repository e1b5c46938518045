"""A home folder of its own for each test, and the command run inside it."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from assembly import Daymark, assemble, prepare
from cli import main
from domain.child_episode import outstanding, perform
from projections.board_view import BoardView
from settings import FOR_TESTS, read_settings


class Said(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    def document(self) -> Any:
        """The one JSON document that was said, and nothing else."""
        return json.loads(self.out)


Command = Callable[..., Said]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own, with every other setting at its default."""
    for name in [name for name in os.environ if name.startswith(("DAYMARK_", "OTEL_"))]:
        if not name.startswith(FOR_TESTS):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DAYMARK_HOME", str(tmp_path / "home"))
    prepare(read_settings())
    return tmp_path / "home"


@pytest.fixture
def daymark(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, run in this process: its exit code and its words."""
    assert home.is_dir()

    def run(*words: object) -> Said:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:
            code = int(str(ended.code))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def parts(home: Path) -> Iterator[Daymark]:
    """What the processes of this installation are made of."""
    assert home.is_dir()
    with closing(assemble(read_settings())) as found:
        yield found


def judge(parts: Daymark, child: str) -> None:
    """Do for one child what the worker would do now, stage after stage."""
    judge_stream(parts, parts.child(child))


def judge_stream(parts: Daymark, stream: UUID) -> None:
    """The same for any stream."""
    while episode := parts.log.episode(stream):
        now = datetime.now(UTC)
        due = [stage for stage in outstanding(episode, parts.authority()) if stage.at <= now]
        if not due:
            return
        parts.log.save(episode, perform(episode, parts.authority(), due[-1], now))


def show(parts: Daymark) -> None:
    """Do what the projector would: bring the board up to the end of the log."""
    board = BoardView(parts.views, parts.log, parts.authority)
    while batch := parts.log.after(board.position()):
        board.apply(batch, after=board.position())
