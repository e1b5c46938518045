"""A view moves with its position, exactly once, and can be thrown away."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from domain.event import Recorded
from store.database import Cursor
from store.following import Overtaken, follow
from store.log import Log
from store.postgres_log import PostgresBell
from store.sqlite_log import SQLiteBell
from store.views import StoredView, Views
from tests.store.events import NOON, Place, missing, returned, until

TABLES = (
    "CREATE TABLE IF NOT EXISTS times_missing (child TEXT PRIMARY KEY, times INTEGER NOT NULL)",
)


def count(cursor: Cursor, batch: Sequence[Recorded]) -> None:
    """How often each child went missing: a view in which anything applied twice would show."""
    for one in batch:
        if one.event.name == "missing-episode-started":
            cursor.execute(
                "INSERT INTO times_missing VALUES (?, 1)"
                " ON CONFLICT (child) DO UPDATE SET times = times_missing.times + 1",
                (one.event.subject,),
            )


def counting(views: Views) -> StoredView:
    """The view, its tables made."""
    views.create(TABLES)
    return views.view("times_missing", count)


def times(views: Views, child: str = "C-1") -> int:
    """How often the view says that a child went missing."""
    with views.reading() as cursor:
        rows = cursor.execute("SELECT times FROM times_missing WHERE child = ?", (child,))
    return int(rows[0]["times"]) if rows else 0


@contextmanager
def following(place: Place, **options: Any) -> Iterator[Views]:
    """A follower with a log and views of its own, as another process would have."""
    stop, views = threading.Event(), Views(place.views)
    with place.open() as log:
        thread = threading.Thread(target=follow, args=(log, counting(views), stop), kwargs=options)
        thread.start()
        try:
            yield views
        finally:
            stop.set()
            place.ring()  # so that it looks up at once
            thread.join(10)
            views.close()
            assert not thread.is_alive()


def test_a_view_is_exactly_once(log: Log, views: Views) -> None:
    """A batch, or a part of one, applied a second time changes nothing."""
    view = counting(views)
    log.append([missing(), returned(), missing()])
    batch = log.after(0)
    view.apply(batch, after=0)
    for overlapping, position in ((batch, 0), (batch[1:], 1)):
        with pytest.raises(Overtaken):
            view.apply(overlapping, after=position)

    assert (times(views), view.position()) == (2, 3)


def test_a_longer_overlapping_batch_is_not_applied_twice(log: Log, views: Views) -> None:
    """Its last position is newer: to ask only for newer would count the overlap again."""
    view = counting(views)
    log.append([missing(), missing()])
    first = log.after(0)
    log.append([missing()])
    longer = log.after(0)
    view.apply(first, after=0)

    with pytest.raises(Overtaken, match="times_missing no longer stands at position 0"):
        view.apply(longer, after=0)
    assert times(views) == 2


def test_what_fails_half_way_leaves_rows_and_position_alone(log: Log, views: Views) -> None:
    """Both move, or neither does."""
    views.create(TABLES)
    log.append([missing()])

    def fail(cursor: Cursor, batch: Sequence[Recorded]) -> None:
        count(cursor, batch)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        views.view("times_missing", fail).apply(log.after(0), after=0)
    assert (times(views), views.position("times_missing")) == (0, 0)


def test_a_view_is_rebuilt_from_the_beginning(place: Place, log: Log, views: Views) -> None:
    """Emptied with its position and what it parked; another view keeps its own."""
    view = counting(views)
    log.append([missing(), missing()])
    place.insert_raw("from-the-future", b"{}")
    view.apply(log.after(0), after=0)
    with views.transaction("dispatcher", 0, 3):
        pass
    before = times(views), view.position(), views.parked()
    views.clear("times_missing", ["times_missing"])
    assert (times(views), view.position(), views.parked()) == (0, 0, ())

    view.apply(log.after(0), after=0)
    assert (times(views), view.position(), views.parked()) == before
    assert views.position("dispatcher") == 3


def test_only_a_table_can_be_emptied(views: Views) -> None:
    """A name that is more than a name is refused, and nothing is emptied."""
    with views.transaction("times_missing", 0, 7):
        pass

    with pytest.raises(ValueError, match="is not the name of a table"):
        views.clear("times_missing", ["t; DROP TABLE view_position"])
    assert views.position("times_missing") == 7


def test_an_unreadable_row_is_parked_and_the_rest_goes_on(place: Place) -> None:
    """Parked once, with its topic and the reason, never its content."""
    with place.open() as writer:
        for topic, state in (
            ("from-the-future", b'{"v":1}'),
            ("missing-episode-ended", b'{"v":9}'),
        ):
            place.insert_raw(topic, state)
        writer.append([missing()])
        with following(place) as views:
            until(lambda: times(views) == 1)
            parked = views.parked()

    assert [(one.view, one.position, one.topic) for one in parked] == [
        ("times_missing", 1, "from-the-future"),
        ("times_missing", 2, "missing-episode-ended"),
    ]
    assert parked[1].reason == "version 9 is newer than this release reads"


def test_a_follower_hears_of_what_another_process_appends(place: Place) -> None:
    """Within moments, not at the next full second."""
    with following(place, patience=30) as views, place.open() as writer:
        for n in range(1, 4):
            writer.append([missing()])
            until(lambda n=n: times(views) == n, 5)  # type: ignore[misc]


def test_a_follower_says_how_much_came_without_a_pause(place: Place) -> None:
    """A backlog is told as one, however many batches it took; what comes afterwards is told by itself."""
    with place.open() as writer:
        for _ in range(20):
            writer.append([missing()])
        taken: list[int] = []
        with following(place, patience=0.02, limit=7, rested=taken.append):
            until(lambda: len(taken) > 0)
            writer.append([missing()])
            until(lambda: len(taken) > 1)

    assert taken == [20, 1]


def test_two_followers_of_one_view_count_once(place: Place) -> None:
    """In any order and any size of batch."""
    with (
        following(place, patience=0.02, limit=7) as views,
        following(place, patience=0.02, limit=11),
    ):
        with place.open() as writer:
            for _ in range(60):
                writer.append([missing()])
        until(lambda: views.position("times_missing") == 60)

        assert times(views) == 60


def test_what_is_appended_while_a_follower_starts_is_delivered(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bell is made slow: the append falls while nobody listens yet."""
    make, heard = Log.bell, threading.Event()

    def slow(log: Log) -> Any:
        bell = make(log)
        heard.wait(10)
        return bell

    monkeypatch.setattr(Log, "bell", slow)
    with place.open() as writer, following(place, patience=30) as views:
        writer.append([missing()])
        heard.set()
        until(lambda: times(views) == 1, 5)


def test_a_lost_ring_costs_no_more_than_the_followers_patience(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bell that never rings delays an event, and loses none."""
    for bell in (SQLiteBell, PostgresBell):
        monkeypatch.setattr(bell, "wait", lambda _, timeout: threading.Event().wait(timeout))
    with following(place, patience=0.1) as views, place.open() as writer:
        writer.append([missing()])
        until(lambda: times(views) == 1, 3)
        writer.append([missing()])
        until(lambda: times(views) == 2, 3)


def test_a_follower_outlives_the_loss_of_its_database(place: Place) -> None:
    """It says so, waits, and goes on from its position."""
    with following(place, patience=0.05) as views, place.open() as writer:
        writer.append([missing()])
        until(lambda: times(views) == 1)
        place.sql("ALTER TABLE view_position RENAME TO away", part="views")
        writer.append([missing()])
        threading.Event().wait(0.3)
        place.sql("ALTER TABLE away RENAME TO view_position", part="views")

        until(lambda: times(views) == 2)


def test_a_bell_says_whether_it_rang(place: Place) -> None:
    """It rings for whatever was committed since it was last heard."""
    with place.open() as log, place.open() as writer:
        bell = log.bell()
        assert not bell.wait(0.02)
        writer.append([missing(occurred_at=NOON)])
        writer.append([missing()])

        assert bell.wait(5)
        assert not bell.wait(0)
        bell.close()
