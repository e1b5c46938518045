"""PostgreSQL's own traps, each with the rule that keeps us out of it."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent

from domain.errors import Unavailable, UnsafeStore
from domain.event import Recorded
from drills.cutting import cutter
from store.application import Episodes
from store.database import Database, DatabaseUnavailable
from store.log import Log, open_log
from store.mapper import EventMapper
from store.postgres_log import PostgresBell, PostgresLogRecorder, asked_again
from store.recorder import AnswerLost, Once
from store.vault import Vault
from tests.store.events import AUTHORITY, NOON, Place, missing, until
from tests.store.test_views import following, times


@pytest.fixture
def server(postgres: str) -> str:
    """A PostgreSQL database only."""
    return postgres


@pytest.fixture
def recorder(place: Place) -> Iterator[PostgresLogRecorder]:
    """The recorder by itself, with one connection to the log."""
    with place.opened_vault() as vault:
        mapper = EventMapper(vault)
        application = Episodes(mapper, place.log, {"POSTGRES_MAX_OVERFLOW": "0"})
        assert isinstance(application.recorder, PostgresLogRecorder)
        yield application.recorder
        application.close()


def row(stream: Any, version: int) -> StoredEvent:
    """A row of the log that means nothing."""
    return StoredEvent(stream, version, "missing-episode-ended", b"{}")


def results(log: Log, *names: str) -> list[str]:
    """What appending events of these names, one at a time, is answered."""
    return [log.append([missing(name)])[0].result for name in names]


def test_database_functions_are_refused_and_absent(place: Place) -> None:
    """They take no lock, so a follower could pass an event that is committed later."""
    with place.opened_vault() as vault, pytest.raises(UnsafeStore, match="followers can miss"):
        Episodes(EventMapper(vault), place.log, {"POSTGRES_ENABLE_DB_FUNCTIONS": "y"})

    functions = (
        "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname"
    )
    assert place.sql(f"{functions} IN ('public', 'log', 'views', 'tokens')") == []
    assert place.sql("SELECT typname FROM pg_type WHERE typname = 'stored_event_uuid'") == []


def test_without_the_append_lock_a_follower_would_pass_an_event(
    place: Place, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock's negative control: a lower position that commits later is never delivered."""
    monkeypatch.setattr("store.postgres_log.LOCK", ())
    with psycopg.connect(str(place.server)) as slow:
        slow.execute(
            "INSERT INTO log.stored_events (originator_id, originator_version, topic, state,"
            " recorded_at) VALUES (gen_random_uuid(), 1, 'x', '', now())"
        )
        log.append([missing()])
        seen = log.after(0)[-1].position
        slow.commit()

    assert log.after(seen) == []
    assert len(log.after(0)) == 2


def test_an_append_waits_for_its_turn_and_says_when_it_waited_in_vain(
    place: Place, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock held for a moment is no error; one held for long is said in one sentence."""
    monkeypatch.setattr(
        "store.postgres_log.LOCK",
        (b"SET LOCAL lock_timeout = '100ms'", b"LOCK TABLE log.append_lock IN EXCLUSIVE MODE"),
    )
    with place.held_up(), pytest.raises(DatabaseUnavailable, match="of the log cannot be used"):
        log.append([missing()])

    assert results(log, "evt-1") == ["recorded"]


@pytest.mark.parametrize("before", range(7))
def test_a_failed_append_does_not_spoil_its_connection(
    recorder: PostgresLogRecorder, before: int
) -> None:
    """Whatever the driver prepares by itself in a pipeline that fails would be lost to the server."""
    stream, held = uuid4(), missing()
    for n in range(before):
        event = held if n == 0 else missing()
        once = Once(event.identity, uuid4(), "a", stream, n + 1)
        recorder.insert_events([row(stream, n + 1)], once=[once])
    again = Once(held.identity, uuid4(), "b", stream, before + 1)
    for _ in range(3 if before else 0):
        with pytest.raises(IntegrityError):
            recorder.insert_events([row(stream, before + 1)], once=[again])

    for n in range(8):
        other = uuid4()
        once = Once(missing().identity, uuid4(), "c", other, 1)
        recorder.insert_events([row(other, 1)], once=[once])

        assert len(recorder.rows_of(other)) == 1, n


def test_a_conflict_leaves_a_gap_that_followers_step_over(
    log: Log, recorder: PostgresLogRecorder
) -> None:
    """A position that was handed out in vain is never used again."""
    log.append([missing()])
    stream = log.stream(AUTHORITY, "child", "C-1")
    once = Once(missing().identity, uuid4(), "a", stream, 1)
    with pytest.raises(IntegrityError):
        recorder.insert_events([row(stream, 1)], once=[once])
    log.append([missing()])
    first, second = (one.position for one in log.after(0))

    assert second - first > 1
    assert log.head() == second


def test_an_exception_after_the_insert_does_not_undo_it(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library raises it after the commit: nothing may stand in that place."""
    monkeypatch.setattr(
        PostgresLogRecorder, "_fetch_ids_after_insert_events", lambda *_, **__: 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        log.append([missing("evt-1")])

    assert log.head() == 1
    monkeypatch.undo()
    assert results(log, "evt-1") == ["duplicate"]


def test_a_commit_whose_answer_is_cut_off_is_answered_recorded(place: Place) -> None:
    """The line is cut behind the COMMIT: the log tells by the attempt that it was stored."""
    with cutter(str(place.server)) as line:
        through = Place(place.folder, line.url)
        with through.open() as log:
            for n in range(3):
                assert results(log, f"before-{n}") == ["recorded"]
                line.armed = True
                assert results(log, f"evt-{n}") == ["recorded"]
        assert line.cuts == 3
    with place.open() as log:
        assert len(log.after(0)) == 6


def test_a_read_that_fails_for_another_reason_than_its_line_is_not_tried_again() -> None:
    """A table that is not there is no better asked for twice."""
    tries: list[int] = []

    @asked_again
    def read() -> None:
        tries.append(1)
        message = "no such table"
        raise OperationalError(message) from psycopg.errors.UndefinedTable(message)

    with pytest.raises(OperationalError, match="no such table"):
        read()
    assert tries == [1]


def test_a_line_that_is_lost_every_time_is_said(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """After three losses the sender is told to come again, and nothing is stored twice."""
    tries: list[int] = []

    def cut(*_: object, **__: object) -> None:
        tries.append(1)
        message = "the line was cut"
        raise AnswerLost(message)

    monkeypatch.setattr(PostgresLogRecorder, "insert_events", cut)

    with pytest.raises(DatabaseUnavailable, match="the line was cut"):
        log.append([missing()])
    assert len(tries) == 3


def test_killed_connections_cost_neither_an_append_nor_a_read(place: Place, log: Log) -> None:
    """Each part replaces what was cut while it lay idle."""
    with closing(Database(place.views, "views")) as views, place.opened_vault() as vault:
        for n in range(3):
            assert results(log, f"evt-{n}") == ["recorded"]
            with views.reading() as cursor:
                cursor.execute("SELECT * FROM view_position")
            vault.make_keys([uuid4()])
            assert place.kill_connections() >= 3

        assert len(log.after(0)) == 3


def test_a_follower_outlives_the_death_of_every_connection(place: Place) -> None:
    """It listens and reads again from its position; nothing is missed and nothing counted twice."""
    with following(place, patience=1) as views, place.open() as writer:
        for n in range(1, 5):
            writer.append([missing()])
            if n % 2:
                place.kill_connections()
        until(lambda: position_of(views) == writer.head())

        assert times(views) == 4


def position_of(views: Any) -> int:
    """Where the view stands; asking may find its own line cut."""
    try:
        return int(views.position("times_missing"))
    except DatabaseUnavailable:
        return 0


def test_nothing_is_lost_while_connections_are_killed_at_random(place: Place) -> None:
    """Every acknowledged event is there once, however often its line was cut."""
    stop, recorded = threading.Event(), list[str]()

    def kill() -> None:
        while not stop.wait(0.05):
            place.kill_connections()

    killer = threading.Thread(target=kill)
    with place.open() as log:
        killer.start()
        try:
            for n in range(12):
                send(log, f"evt-{n}", recorded)
        finally:
            stop.set()
            killer.join()
    with place.open() as log:
        held = [one.event.id for one in log.after(0) if isinstance(one, Recorded)]

    assert sorted(held) == sorted(recorded) == sorted(f"evt-{n}" for n in range(12))


def send(log: Log, name: str, recorded: list[str]) -> None:
    """Send one event until it is acknowledged, as a case system does."""
    while name not in recorded:
        try:
            log.append([missing(name)])
            recorded.append(name)
        except DatabaseUnavailable:
            continue


def test_when_every_connection_is_in_use_one_sentence_says_so(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever, and nobody sees a traceback of the driver."""
    monkeypatch.setattr("store.postgres_database.PATIENCE", 0.1)
    with (
        closing(Database(place.views, "views")) as views,
        views.reading(), views.reading(), views.reading(), views.reading(),
        pytest.raises(DatabaseUnavailable, match="all 4 connections of this process") as error,
        views.reading(),
    ):  # fmt: skip
        pass

    assert "\n" not in str(error.value)


def test_a_log_with_no_free_connection_is_said_too(recorder: PostgresLogRecorder) -> None:
    """The pool of the library waits as long as it was told."""
    recorder.datastore.pool.timeout = 0.1
    once = Once(missing().identity, uuid4(), "a", uuid4(), 1)
    with (
        recorder.datastore.get_connection(),
        pytest.raises(OperationalError, match="couldn't get a connection") as error,
    ):
        recorder.insert_events([row(once.stream, 1)], once=[once])

    assert not isinstance(error.value, AnswerLost)


@pytest.mark.parametrize("setting", ["synchronous_commit", "fsync"])
def test_a_server_that_could_lose_a_commit_is_refused(
    place: Place, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the setting and the mend."""
    if setting == "synchronous_commit":
        (name,) = place.sql("SELECT current_database()")
        place.sql(f'ALTER DATABASE "{name[0]}" SET synchronous_commit = off')
    else:  # of a whole server, which the other tests share: its present value stands for an unsafe one
        monkeypatch.setattr("store.postgres_log.SAFE", {"fsync": ("off",)})

    with (
        place.opened_vault() as vault,
        pytest.raises(UnsafeStore, match=rf"runs with {setting}=.* set {setting}=on"),
    ):
        open_log(place.log, keys=place.keys, vault=vault)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "postgresql://daymark@127.0.0.1:1/daymark",
            r"daymark \(log\) cannot be used .*port 1.* or mend DAYMARK_DATABASE$",
        ),
        ("postgresql://127.0.0.1/x?no_such_word=1", "write it as postgresql://"),
    ],
)
def test_an_address_that_leads_nowhere_is_said_in_one_sentence(
    place: Place, url: str, reason: str
) -> None:
    """The driver's own words may be many lines, and may quote what was typed."""
    with (
        place.opened_vault() as vault,
        pytest.raises(Unavailable, match=reason) as error,
    ):
        open_log(url, keys=place.keys, vault=vault)

    assert "\n" not in str(error.value)


def test_what_is_told_of_postgresql_needs_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without it says what to install."""
    monkeypatch.setattr("store.database.find_spec", lambda _: None)

    with pytest.raises(Unavailable, match="its driver is not installed"):
        Database("postgresql://db/daymark", "views")


def test_a_text_that_postgresql_cannot_hold_is_marked(place: Place) -> None:
    """One character that it refuses must not stop a board; yes and no are 1 and 0."""
    with closing(Database(place.views, "views")) as views:
        with views.writing() as cursor:
            cursor.execute("CREATE TABLE t (a TEXT, b BIGINT)")
            cursor.executemany("INSERT INTO t VALUES (?, ?)", [("50%\x00", True)])
            cursor.executemany("INSERT INTO t VALUES (?, ?)", [])
        with views.reading() as cursor:
            found = cursor.execute("SELECT * FROM t WHERE a LIKE '50%'")

    assert found == [{"a": "50%\ufffd", "b": 1}]


def test_texts_are_ordered_by_their_bytes(place: Place) -> None:
    """As in a file: written instants are compared as texts, whatever language a server speaks."""
    names = ["a", "B", "ä", "2016-03-01T12:00:00.5+00:00", "2016-03-01T12:00:00+00:00"]
    with closing(Database(place.views, "views")) as views, views.writing() as cursor:
        cursor.execute("CREATE TABLE t (a TEXT)")
        cursor.executemany("INSERT INTO t VALUES (?)", [(name,) for name in names])
        found = [row["a"] for row in cursor.execute("SELECT a FROM t ORDER BY a")]

    assert found == sorted(names, key=str.encode)


def test_a_value_that_no_column_takes_is_an_error_of_ours(place: Place) -> None:
    """It is not said that the database were away."""
    with (
        closing(Database(place.views, "views")) as views,
        pytest.raises(psycopg.DataError),
        views.writing() as cursor,
    ):
        cursor.execute("INSERT INTO view_position VALUES (?, ?)", ("board", 2**70))


def test_a_session_setting_that_is_not_understood_leaves_no_line_open(place: Place) -> None:
    """A connection that cannot be prepared is closed at once."""
    with closing(Database(place.views, "views")) as views:
        views._base._session.append("no_such_setting = 1")  # type: ignore[attr-defined]  # noqa: SLF001
        with pytest.raises(DatabaseUnavailable, match="no_such_setting"), views.reading():
            pass


def test_a_vault_hears_of_lost_keys_though_its_line_was_cut(place: Place) -> None:
    """What was lost meanwhile is not used from memory."""
    stream = uuid4()
    with place.opened_vault() as vault:
        sealed = vault.seal(stream, 1, "note", b"words")
        place.kill_connections()
        place.forget(stream)

        until(lambda: vault.open(stream, 1, "note", sealed) is None, 3)


def test_a_vault_asks_whether_its_line_still_stands(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that is silent may be cut: after a second it is asked."""
    monkeypatch.setattr("store.postgres_database.ALIVE_FOR", 0.0)
    with place.opened_vault() as vault:
        sealed = vault.seal(stream := uuid4(), 1, "note", b"words")

        assert vault.open(stream, 1, "note", sealed) == b"words"


def test_time_comes_from_the_server_unless_a_story_sets_it(place: Place) -> None:
    """Machines whose clocks differ write one log: its instants are the server's."""
    with place.open() as log:
        log.append([missing()])
        told = log.last_recorded_at()
    (server_time,) = place.sql("SELECT clock_timestamp()")
    with place.open(now=lambda: NOON) as log:
        log.append([missing()])
        later = log.last_recorded_at()

    assert told is not None
    assert told <= server_time[0]
    assert later == told


def test_a_bell_whose_line_is_cut_says_so(place: Place, log: Log) -> None:
    """Whoever follows makes another."""
    with closing(log.bell()) as bell:
        assert isinstance(bell, PostgresBell)
        place.kill_connections()

        with pytest.raises(DatabaseUnavailable):
            bell.wait(5)


def test_two_who_rotate_one_token_at_once_both_succeed(place: Place) -> None:
    """They take turns, so the second sees the first's token and ends it."""
    from store.tokens import Tokens  # noqa: PLC0415

    with closing(Tokens(place.tokens)) as tokens:
        tokens.add("X99000001", "mosaic")
        made: list[str] = []
        threads = [
            threading.Thread(target=lambda: made.append(tokens.rotate("X99000001", "mosaic")))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(made) == 4
        assert sum(tokens.check(token) is not None for token in made) == 1


def test_the_vault_may_lie_apart(place: Place, bare: str) -> None:
    """A database of its own holds the keys and nothing else."""
    from store.migrations import bring_up_to_date  # noqa: PLC0415

    bring_up_to_date(bare, "vault")
    with (
        closing(Vault(bare, place.keys.master)) as vault,
        open_log(place.log, keys=place.keys, vault=vault) as log,
    ):
        log.append([missing()])

    assert place.sql("SELECT * FROM stream_keys", part="vault") == []
