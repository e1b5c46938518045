"""What the drill of two processes counts as two at work, told of lines that some wrote."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drills.two_of_each import LETS_GO_WITHIN, as_it_moved, at_once, at_work_in

FROZEN, MOVED_AGAIN = 10.0, 22.0
NEVER = 60.0
"""Seconds of the story."""


def at(seconds: float) -> datetime:
    """A moment of the story."""
    return datetime(2026, 3, 9, 9, tzinfo=UTC) + timedelta(seconds=seconds)


def lines(file: Path, *said: tuple[float, str]) -> Path:
    """What a process wrote, and when."""
    file.write_text(
        "\n".join(
            json.dumps({"timestamp": at(seconds).isoformat(), "event": event, "work": "dispatcher"})
            for seconds, event in said
        )
    )
    return file


def both_at_work(folder: Path, *, lets_go: float) -> list[tuple[datetime, datetime]]:
    """When a holder that was frozen was at work beside the one that took over meanwhile."""
    ending = [(lets_go, "the lease is lost")] if lets_go < NEVER else [(NEVER, "standing by")]
    frozen = lines(folder / "dispatcher-1.1.log", (0, "at work"), *ending)
    other = lines(folder / "dispatcher-2.2.log", (18, "at work"), (NEVER, "standing by"))
    return list(
        at_once(
            span
            for file, ended, moved_again in (
                (frozen, at(FROZEN), at(MOVED_AGAIN)),
                (other, None, None),
            )
            for began, until in at_work_in(file, "dispatcher")
            for span in as_it_moved((began, until, file.name), ended, moved_again)
        )
    )


def test_a_holder_that_moves_again_may_only_end_its_step(tmp_path: Path) -> None:
    """It sees at once that its lease is gone, and what it did while it could not move was nothing."""
    assert both_at_work(tmp_path, lets_go=MOVED_AGAIN + LETS_GO_WITHIN) == []


def test_a_holder_that_works_on_after_it_was_frozen_is_found(tmp_path: Path) -> None:
    """That it could not move for a while excuses nothing that it does afterwards."""
    late, never = (both_at_work(tmp_path, lets_go=one) for one in (MOVED_AGAIN + 5, NEVER))

    assert late == [(at(MOVED_AGAIN + LETS_GO_WITHIN), at(MOVED_AGAIN + 5))]
    assert never == [(at(MOVED_AGAIN + LETS_GO_WITHIN), at(NEVER))]


def test_a_process_that_was_killed_works_until_then_and_one_that_works_again_is_counted() -> None:
    """A kill ends what its lines leave open; a lease taken anew after the freeze is another matter."""
    killed = as_it_moved((at(0), at(NEVER), "a"), at(FROZEN), None)
    again = as_it_moved((at(30), at(NEVER), "a"), at(FROZEN), at(MOVED_AGAIN))

    assert list(killed) == [(at(0), at(FROZEN), "a")]
    assert list(again) == [(at(30), at(NEVER), "a")]
