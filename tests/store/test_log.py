"""What the log promises to whoever appends and reads."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import EventStore, IntegrityError

from domain.child_episode import ChildEpisode
from domain.engine_events import IdReused, ReferenceNamed
from domain.errors import Contended, Grown, Unavailable, UnreadableFact, UnsafeStore
from domain.event import Event, Identity, Recorded
from domain.facts.missing import MissingEpisodeStarted
from domain.facts.whole_child import ChildDetailsRecorded, ChildReferencesJoined
from store.database import Database, DatabaseUnavailable
from store.keys import make_keys
from store.log import STREAMS_AT_HAND, Log, open_log
from store.mapper import UnreadableRow
from tests.histories import here
from tests.store.events import (
    AUTHORITY,
    NOON,
    Place,
    acknowledged,
    born,
    breached,
    corrected,
    details,
    missing,
    returned,
    state_of,
)


def child(log: Log, reference: str = "C-1") -> Any:
    """The stream of a child."""
    return log.stream(AUTHORITY, "child", reference)


def results(log: Log, *events: Event) -> list[str]:
    """What an append answers."""
    return [receipt.result for receipt in log.append(events)]


# Reading back what was written


def test_an_event_comes_back_as_it_was_with_what_the_store_knows(log: Log) -> None:
    """What was said is read back equal, in order, with version, position and when it was recorded."""
    events = [
        missing(source_recorded_at=NOON, sequence=3, by="p-1", trace="00-aa-bb-01"),
        returned(),
        details(sex="f"),
        breached(),
    ]
    before = datetime.now(UTC)
    log.append(events)
    history = log.history(child(log))

    assert [one.event for one in history] == events
    assert [one.version for one in history] == [1, 2, 3, 4]
    assert [one.position for one in history] == [1, 2, 3, 4]
    assert {one.stream for one in history} == {child(log)}
    assert all(before <= one.recorded_at <= datetime.now(UTC) for one in history)
    assert log.after(0) == list(history)


def test_an_instant_told_in_another_zone_is_kept_as_the_same_instant(log: Log) -> None:
    """Summer time on the wire, UTC in the log."""
    summer = datetime.fromisoformat("2016-07-01T13:00:00.000001+01:00")
    log.append([missing(occurred_at=summer)])
    (recorded,) = log.history(child(log))

    assert recorded.event.occurred_at == summer
    assert recorded.event.occurred_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"message": "line\nbreak"}, "/id"),
        ({"source": "x" * 301}, "/source"),
        ({"child": ""}, "/subject"),
        ({"by": "two\tnames"}, "/by"),
        ({"sequence": 2**70}, "/data"),
        ({"said": ChildDetailsRecorded(unmapped={"number": 2**70})}, "/data"),
        ({"said": ChildDetailsRecorded(unmapped={"text": "\ud800"})}, "/data"),
        ({"said": corrected({"type": "\ud800"}).said}, "/data"),
        ({"occurred_at": datetime(2016, 3, 1)}, "/time"),  # noqa: DTZ001
        ({"source_recorded_at": datetime(2016, 3, 1)}, "/sourcerecordedtime"),  # noqa: DTZ001
    ],
)
def test_what_could_not_be_read_back_is_not_stored(
    log: Log, change: dict[str, Any], where: str
) -> None:
    """A control character, an endless name or an instant without a zone is the sender's to mend."""
    with pytest.raises(UnreadableFact, match=where):
        log.append([missing(**change)])

    assert log.head() == 0


def test_a_bent_trace_is_no_reason_to_refuse_a_fact(log: Log) -> None:
    """The fact is kept, without a trace that nobody could follow."""
    log.append([missing(trace="x" * 400)])
    (recorded,) = log.history(child(log))

    assert recorded.event.trace is None


def test_an_empty_append_answers_nothing(log: Log) -> None:
    """Nothing sent, nothing said."""
    assert log.append([]) == ()


def test_an_episode_is_loaded_by_folding_its_stream(log: Log) -> None:
    """The aggregate of one child, at the version of its last event; nothing for a child not known."""
    log.append([missing(), returned()])
    episode = log.episode(child(log))

    assert isinstance(episode, ChildEpisode)
    assert (episode.id, episode.version, len(episode.facts)) == (child(log), 2, 2)
    assert log.episode(child(log, "C-2")) is None


def test_an_event_is_found_by_its_identity(log: Log) -> None:
    """By authority, source and id; nothing when nobody sent it."""
    log.append([missing("evt-1"), breached()])

    found = log.find(Identity(AUTHORITY, "mosaic", "evt-1"))
    assert found is not None
    assert found.event == missing("evt-1")
    assert log.find(breached().identity) is not None
    assert log.find(Identity(AUTHORITY, "mosaic", "evt-2")) is None


def test_a_stream_keeps_its_id_however_many_are_asked_for(log: Log) -> None:
    """Only so many are kept at hand; those that fall out are worked out again."""
    first = log.stream("A1", "child", "CH-0")
    others = {log.stream("A1", "child", f"CH-{n}") for n in range(STREAMS_AT_HAND + 1)}

    assert len(others) == STREAMS_AT_HAND + 1
    assert log.stream("A1", "child", "CH-0") == first


def test_stream_ids_tell_nothing_without_the_key(place: Place, log: Log) -> None:
    """Authority, kind and reference each make another stream, and so does another key."""
    one = log.stream("A1", "child", "C-1")
    others = {
        log.stream("A", "child", "1C-1"),
        log.stream("A1", "authority", "C-1"),
        log.stream("A1", "child", "C-2"),
    }
    keys = make_keys(place.folder / "elsewhere")

    assert one not in others
    assert len(others) == 3
    with Place(place.folder / "elsewhere").open() as other:
        assert other.stream("A1", "child", "C-1") != one
    assert keys.stream != place.keys.stream


# Once only


def test_what_is_sent_again_is_answered_duplicate_and_changes_nothing(log: Log) -> None:
    """The same source and id with the same content, whatever request carried it."""
    log.append([missing("evt-1", trace="00-aa-bb-01")])
    (again,) = log.append([missing("evt-1", trace="00-cc-dd-01", sequence=7)])

    assert (again.result, again.differs) == ("duplicate", False)
    assert again.event_id == missing("evt-1").event_id
    assert log.head() == 1


def test_a_known_id_with_other_content_is_kept_as_an_anomaly_once(log: Log) -> None:
    """The first fact stands; what came is kept sealed beside it, once for each content."""
    log.append([missing("evt-1")])
    later = missing("evt-1", occurred_at=NOON + timedelta(hours=1))
    for _ in range(2):
        (receipt,) = log.append([later])
        assert (receipt.result, receipt.differs) == ("duplicate", True)
    log.append([returned("evt-1")])
    first, note, other = log.history(child(log))

    assert first.event == missing("evt-1")
    assert isinstance(note.event.said, IdReused)
    assert note.event.said.reused == first.event_id
    assert note.event.said.came["occurred_at"] == "2016-03-01T13:00:00+00:00"
    assert note.event.said.came["said"]["missing_episode_ref"] == "m-1"
    assert note.event.source == str(first.event_id)
    assert note.event.id.startswith("1/reused/")
    assert isinstance(other.event.said, IdReused)
    assert other.event.said.came["name"] == "missing-episode-ended"


def test_an_id_reused_for_another_child_is_noted_in_that_childs_stream(log: Log) -> None:
    """What came is about the second child, so it is sealed and shown there."""
    log.append([missing("evt-1")])
    log.append([missing("evt-1", child="C-2")])

    assert log.version(child(log)) == 1
    (note,) = log.history(child(log, "C-2"))
    assert isinstance(note.event.said, IdReused)


def test_a_duplicate_within_one_batch_is_stored_once(log: Log) -> None:
    """The first copy is recorded, the second is a duplicate, and a third that differs is kept."""
    copy = missing("evt-1")
    receipts = log.append([copy, copy, missing("evt-1"), returned("evt-1"), returned("evt-1")])

    assert [one.result for one in receipts] == ["recorded"] + ["duplicate"] * 4
    assert [one.differs for one in receipts] == [False, False, False, True, True]
    assert [one.event.name for one in log.history(child(log))] == [copy.name, "id-reused"]


def test_two_authorities_may_use_the_same_source_and_id(log: Log) -> None:
    """The authority is part of the identity, or the second one's facts would be swallowed."""
    assert results(log, missing("evt-1"), missing("evt-1", authority="X99000002")) == [
        "recorded",
        "recorded",
    ]


def test_no_source_can_take_the_place_of_an_engine_event(log: Log) -> None:
    """A source that names itself like a clock does not silence the clock."""
    log.append([missing("1/breached", source="clock-7")])

    assert results(log, breached()) == ["recorded"]


def test_an_engine_event_is_unique_on_clock_version_and_stage(log: Log) -> None:
    """A rival that did the same stage a little later has done nothing, and contradicts nobody."""
    rival = breached(occurred_at=NOON + timedelta(seconds=1))
    answers = [
        log.append([event])[0]
        for event in (breached(), rival, breached("warned/1"), breached(version=2))
    ]

    assert [one.result for one in answers] == ["recorded", "duplicate", "recorded", "recorded"]
    assert not any(one.differs for one in answers)


def test_a_form_sent_twice_is_one_acknowledgement(log: Log) -> None:
    """The second press of the button is a duplicate; another text under the same token is kept."""
    later = NOON + timedelta(seconds=2)
    log.append([acknowledged("token-1", "one")])
    (again,) = log.append([acknowledged("token-1", "one", at=later)])
    (other,) = log.append([acknowledged("token-1", "two", at=later)])

    assert (again.result, again.differs) == ("duplicate", False)
    assert (other.result, other.differs) == ("duplicate", True)


def test_a_null_said_aloud_is_the_same_as_nothing_said(log: Log) -> None:
    """A sender that writes an empty field the second time has not changed its mind."""
    log.append([details("evt-1", sex="f")])
    (again,) = log.append([details("evt-1", sex="f", ethnicity=None)])

    assert again.differs is False


def test_a_batch_is_all_or_nothing(log: Log) -> None:
    """One event that cannot be stored leaves the others unstored too."""
    with pytest.raises(UnreadableFact):
        log.append([missing(), missing("bad\x00id")])

    assert log.head() == 0


# Taking turns


def test_nothing_is_stored_after_a_version_that_has_grown(log: Log) -> None:
    """Who decided on an older picture reads again; what is held is answered before versions are looked at."""
    log.append([missing("evt-1")])
    stream = child(log)
    assert log.append([breached()], after={stream: 1})[0].result == "recorded"

    with pytest.raises(Grown):
        log.append([breached(version=2)], after={stream: 1})
    assert log.append([breached()], after={stream: 1})[0].result == "duplicate"
    assert log.version(stream) == 2


def test_an_episode_is_saved_at_its_version(log: Log) -> None:
    """Two who decide on the same version: the second is told that the child has grown."""
    log.append([missing()])
    episode = log.episode(child(log))
    assert episode is not None
    log.save(episode, [breached()])

    with pytest.raises(Grown):
        log.save(episode, [breached("warned/1")])


def test_a_commit_whose_answer_is_lost_is_answered_recorded(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library reports a broken constraint for what it had stored itself: the attempt tells."""
    put = EventStore.put

    def deaf(store: Any, entries: Any, **options: Any) -> Any:
        put(store, entries, **options)
        raise IntegrityError

    monkeypatch.setattr(EventStore, "put", deaf)
    receipts = log.append([missing("evt-1"), missing("evt-1")])

    assert [one.result for one in receipts] == ["recorded", "duplicate"]
    assert log.head() == 1


def test_who_loses_every_round_is_told_to_come_again(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After twenty rounds the sender is told, and nothing is stored."""

    def lose(*_: object, **__: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(EventStore, "put", lose)

    with pytest.raises(Contended, match="20 times"):
        log.append([missing()])
    assert log.head() == 0


def test_events_are_read_by_their_names_alone(place: Place, log: Log) -> None:
    """In the order recorded, without the rest of the stream; what cannot be read is left out."""
    log.append([missing("evt-1"), missing("evt-2"), missing("evt-3"), missing(child="C-2")])
    stream = child(log)
    place.sql("UPDATE stored_events SET topic = 'from-the-future' WHERE originator_version = 2")
    names = ("missing-episode-started", "record-restricted")

    assert [one.event.id for one in log.named_events(stream, names)] == ["evt-1", "evt-3"]
    assert log.named_events(stream, ["from-the-future"]) == ()
    assert log.named_events(uuid4(), names) == ()


# As known at


def test_history_as_known_at_an_instant(place: Place) -> None:
    """What happened before but was learned later was not known then."""
    clock = iter([NOON, NOON + timedelta(days=3)])
    with place.open(now=lambda: next(clock)) as log:
        log.append([missing("evt-1")])
        log.append([missing("evt-2", occurred_at=NOON - timedelta(days=9))])
        stream = child(log)

        known = log.history(stream, known_at=NOON + timedelta(days=1))
        assert [one.event.id for one in known] == ["evt-1"]
        assert len(log.history(stream, known_at=NOON + timedelta(days=3))) == 2
        assert log.history(stream, known_at=NOON - timedelta(microseconds=1)) == ()


def test_recorded_at_never_goes_back_along_the_log(place: Place) -> None:
    """A machine's clock that is set back does not take the log with it; one append has one instant."""
    clock = iter([NOON, NOON - timedelta(hours=1), NOON + timedelta(hours=1)])
    with place.open(now=lambda: next(clock)) as log:
        for _ in range(3):
            log.append([missing(), missing()])
        stamps = [one.recorded_at for one in log.after(0) if isinstance(one, Recorded)]

        assert stamps == [NOON] * 4 + [NOON + timedelta(hours=1)] * 2
        assert log.last_recorded_at() == NOON + timedelta(hours=1)


def test_the_position_of_an_instant_is_the_prefix_known_by_then(place: Place) -> None:
    """Found by halving, though positions have gaps."""
    instants = [NOON + timedelta(hours=hour) for hour in range(20)]
    clock = iter(instants)
    with place.open(now=lambda: next(clock)) as log:
        assert log.position_at(NOON) == 0
        for _ in instants:
            log.append([missing()])
        place.sql("DELETE FROM stored_events WHERE position IN (1, 2, 9, 10, 11, 14)")

        kept = [n for n in range(1, 21) if n not in {1, 2, 9, 10, 11, 14}]
        for hour, instant in enumerate(instants):
            expected = max((n for n in kept if n <= hour + 1), default=0)
            assert log.position_at(instant) == expected
        assert log.position_at(NOON - timedelta(hours=1)) == 0
        assert log.position_at(NOON + timedelta(days=9)) == 20


def test_an_empty_log_has_no_head(log: Log) -> None:
    """Position 0, and no instant."""
    assert (log.head(), log.last_recorded_at(), log.after(0)) == (0, None, [])


def test_the_log_is_read_in_pieces(log: Log) -> None:
    """Five hundred at a time unless asked otherwise, the rest after the last position."""
    log.append([missing(child=f"C-{n}") for n in range(700)])
    first = log.after(0)
    rest = log.after(first[-1].position)

    assert (len(first), len(rest)) == (500, 200)
    assert len(log.after(0, limit=10)) == 10


def test_the_log_is_read_without_what_bears_a_name(log: Log) -> None:
    """As many as were asked for of what is left, in the same order."""
    log.append([missing(child="C-1"), returned(child="C-1"), missing(child="C-2")])
    log.append([returned(child="C-2"), missing(child="C-3")])
    name = missing().said.NAME
    left = [one for one in log.after(0, but=["visit-made", name]) if isinstance(one, Recorded)]

    assert [one.event.subject for one in left] == ["C-1", "C-2"]
    assert {one.event.said.NAME for one in left} == {returned().said.NAME}
    assert log.after(0, 1, but=[name]) == left[:1]
    assert log.after(left[0].position, but=[name]) == left[1:]


# What cannot be read, and what must not be opened


def test_an_unreadable_row_is_a_value_for_followers_and_an_error_for_judges(
    place: Place, log: Log
) -> None:
    """A follower parks it; a child with a part missing must not be judged as if it were whole."""
    stream = place.insert_raw("from-the-future", b'{"v":1}', child(log))
    place.insert_raw("missing-episode-ended", b'{"v":9}')
    place.insert_raw("missing-episode-ended", b"not json")
    place.insert_raw(
        "missing-episode-ended", state_of(missing(), {"missing_episode_ref": "m-1", "who": "x"})
    )
    place.insert_raw("missing-episode-ended", b"[]")
    rows = log.after(0)

    assert [row.reason for row in rows] == [  # type: ignore[union-attr]
        "its name or its version is not known to this release",
        "version 9 is newer than this release reads",
        "it is not as the log writes it (JSONDecodeError)",
        "said/how: missing",
        "it is not as the log writes it (TypeError)",
    ]
    with pytest.raises(UnreadableRow, match=r"position 1 of the log \(from-the-future\)"):
        log.history(stream)
    with pytest.raises(UnreadableRow):
        log.episode(stream)


def test_what_cannot_be_read_is_not_said_to_differ(place: Place, log: Log) -> None:
    """A row of a newer release under a known id is a duplicate, not a contradiction."""
    log.append([missing("evt-1")])
    place.sql("UPDATE stored_events SET topic = 'from-the-future'")
    (again,) = log.append([missing("evt-1")])

    assert (again.result, again.differs) == ("duplicate", False)


def test_a_lost_database_is_said_in_one_sentence(place: Place, log: Log) -> None:
    """Whoever asks is told that the log cannot be used, and may come again."""
    place.sql("DROP TABLE stored_events")

    for ask in (
        log.head,
        log.last_recorded_at,
        lambda: log.after(0),
        lambda: log.append([missing()]),
        lambda: log.history(uuid4()),
        lambda: log.episode(uuid4()),
        lambda: log.position_at(NOON),
    ):
        with pytest.raises(DatabaseUnavailable, match="of the log cannot be used just now"):
            ask()


def test_the_process_environment_does_not_reach_the_store(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would read these; only the settings may."""
    monkeypatch.setenv("IS_SNAPSHOTTING_ENABLED", "y")
    monkeypatch.setenv("COMPRESSOR_TOPIC", "zlib")
    monkeypatch.setenv("SQLITE_DBNAME", str(place.folder / "elsewhere.db"))
    monkeypatch.setenv("CREATE_TABLE", "y")
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "y")
    monkeypatch.setenv("POSTGRES_DBNAME", "elsewhere")
    with place.open() as log:
        log.append([missing()])

    assert not (place.folder / "elsewhere.db").exists()
    with closing(Database(place.log, "log")) as database, database.reading() as cursor:
        assert not any(cursor.has_table(name) for name in ("snapshots", "stored_snapshots"))


def test_services_make_no_tables(place: Place, bare: str) -> None:
    """A log that was never migrated is not opened, and says what to run."""
    with (
        place.opened_vault() as vault,
        pytest.raises(Unavailable, match="run `daymark migrate`"),
    ):
        open_log(bare, keys=place.keys, vault=vault)


def test_another_installations_stream_key_is_refused(place: Place) -> None:
    """With it every child would begin a second stream, and no clock would find its stop."""
    with place.open():
        pass
    keys = make_keys(place.folder / "other")

    with (
        place.opened_vault() as vault,
        pytest.raises(UnsafeStore, match=r"put back its stream\.key"),
    ):
        open_log(place.log, keys=keys, vault=vault)


def test_a_key_is_settled_by_whoever_opens_first(place: Place) -> None:
    """The same key opens the log again and again."""
    for _ in range(2):
        with place.open() as log:
            log.append([born(NOON.date()), corrected({"type": "absent"})])

    assert place.sql("SELECT count(*) FROM keystone") == [(1,)]


def test_time_is_asked_only_under_the_lock(place: Place) -> None:
    """A writer that had to wait is stamped with the instant at which it could write."""
    with place.open() as log:
        log.append([missing()])
        asked = time.time()
        log.append([missing()])
        recorded = log.last_recorded_at()

    assert recorded is not None
    assert recorded.timestamp() >= asked


# Two references of one child


def joins(reference: str, other: str, name: str = "joined-1") -> Event:
    """A fact of one reference that names another as the same child."""
    return Event(
        authority=AUTHORITY,
        kind="child",
        subject=reference,
        source="case-system",
        id=name,
        said=ChildReferencesJoined(other_child=other),
        occurred_at=NOON,
    )


def test_a_reference_named_as_the_same_child_is_told_so_in_its_own_stream(log: Log) -> None:
    """In the same transaction, once, and without a receipt of its own."""
    receipts = log.append([joins("C-1", "C-2"), missing()])
    again = log.append([joins("C-1", "C-2")])
    (named,) = log.history(child(log, "C-2"))

    assert [one.result for one in receipts] == ["recorded", "recorded"]
    assert [one.result for one in again] == ["duplicate"]
    assert isinstance(named.event.said, ReferenceNamed)
    assert (named.event.said.other_child, named.event.subject) == ("C-1", "C-2")
    assert named.event.said.told == receipts[0].event_id


def test_an_episode_comes_with_what_is_told_under_the_other_references(log: Log) -> None:
    """Whichever of them is asked for, however long the chain; nothing is read where none is named."""
    log.append(
        [
            joins("C-1", "C-2"),
            joins("C-2", "C-3", "joined-2"),
            missing(child="C-3"),
            missing(child="C-9"),
        ]
    )
    first, last, alone = (log.episode(child(log, name)) for name in ("C-1", "C-3", "C-9"))

    assert first is not None
    assert last is not None
    assert alone is not None
    assert {one.event.subject for one in first.joined} == {"C-2", "C-3"}
    assert {one.event.subject for one in last.joined} == {"C-1", "C-2"}
    assert alone.joined == ()


def test_a_reference_that_was_only_named_joins_those_that_name_it(log: Log) -> None:
    """C-2 has no fact of its own; a return told of C-1 ends the clocks that C-3 began, and C-2 has none."""
    log.append([joins("C-1", "C-2"), joins("C-3", "C-2", "joined-2")])
    away = {"missing_episode_ref": "m-1", "type": "M", "missing_from": "placement"}
    gone = MissingEpisodeStarted.model_validate(away | {"care_status": "looked-after"})
    log.append([missing(child="C-3", said=gone), returned(child="C-1")])
    found = [log.episode(child(log, name)) for name in ("C-1", "C-2", "C-3")]
    first, named, last = (() if one is None else one.clocks(here()) for one in found)

    assert [one.child for one in found if one is not None] == ["C-1", "C-2", "C-3"]
    assert named == ()
    assert {clock.start.name for clock in first} == {"missing-episode-ended"}
    assert {clock.start.name for clock in last} == {"missing-episode-started"}
    assert {clock.ending for clock in last} == {"cancelled"}


def test_what_was_decided_over_two_streams_holds_while_neither_has_grown(log: Log) -> None:
    """A fact under the other reference may have changed everything."""
    log.append([joins("C-1", "C-2"), missing()])
    episode = log.episode(child(log))
    assert episode is not None
    log.append([missing(child="C-2")])

    with pytest.raises(Grown):
        log.save(episode, [breached()])
