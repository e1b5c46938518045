"""What is guarded is nowhere but sealed, and reads as not known once its key is lost."""

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from domain.engine_events import EscalationAcknowledged, IdReused
from domain.event import Event, Recorded
from domain.facts.corrections import FactCorrected
from domain.facts.whole_child import ChildBorn, ChildDetailsRecorded
from domain.standing import standing
from store.log import Log
from store.mapper import Entry, EventMapper
from store.sealing import with_lost_fields
from store.views import Views
from tests.store.events import (
    AUTHORITY,
    Place,
    acknowledged,
    born,
    corrected,
    details,
    missing,
)

BIRTH = date(2009, 8, 17)


@pytest.fixture(autouse=True)
def forgetting_is_heard_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another connection hears of a lost key within a second; here it is asked each time."""
    monkeypatch.setattr("store.postgres_database.ALIVE_FOR", 0.0)


def said(log: Log, child: str = "C-1") -> list[Any]:
    """What stands in a child's stream."""
    return [one.event.said for one in log.history(log.stream(AUTHORITY, "child", child))]


def test_guarded_fields_are_nowhere_in_any_byte(place: Place, log: Log, views: Views) -> None:
    """Birth dates, codes and free text planted in every guarded place are found in no file."""
    log.append(
        [
            details("evt-1", date_of_birth=BIRTH, sex="canary-sex", ethnicity="canary-ethnicity"),
            details(
                expected_date_of_birth=date(2016, 9, 23), unmapped={"canary-key": "canary-value"}
            ),
            born(BIRTH),
            corrected({"date_of_birth": "2009-08-17", "ethnicity": "canary-code"}),
            unmapped_correction(),
            corrected({"misspelt_canary": "2009-08-17", "type": "canary-in-clear"}),
            acknowledged("token-1", "canary-note"),
        ]
    )
    log.append([details("evt-1", date_of_birth=BIRTH, sex="canary-again")])

    def keep(cursor: Any, batch: Any) -> None:
        rows = [(one.position, one.event.name, one.event.subject) for one in batch]
        cursor.executemany("INSERT INTO seen VALUES (?, ?, ?)", rows)

    views.create(["CREATE TABLE IF NOT EXISTS seen (position INTEGER, name TEXT, subject TEXT)"])
    views.view("seen", keep).apply(log.after(0), after=0)
    everything = place.everything()

    assert b"canary-in-clear" in everything  # the search would find one
    remaining = everything.replace(b"canary-in-clear", b"")
    for canary in (b"canary", b"2009-08-17", b"2016-09-23"):
        assert canary not in remaining


def test_what_is_guarded_is_read_back_with_the_key(log: Log) -> None:
    """Rules may open it to judge; corrections come back whole, and so does what an anomaly keeps."""
    events = [
        details("evt-1", date_of_birth=BIRTH, disabled=True, unmapped={"x": [1, None]}),
        born(BIRTH),
        corrected({"ethnicity": "A1", "type": "absent", "odd": 1}),
        corrected({"ethnicity": "A1"}),
        acknowledged("token-1", "in words"),
    ]
    log.append(events)
    log.append([details("evt-1", sex="m")])
    *first, note = said(log)

    assert first == [event.said for event in events]
    assert note.came["said"] == {"sex": "m"}


def test_without_its_key_a_guarded_field_is_not_known(place: Place, log: Log) -> None:
    """The events still load, for every rule they are what they were, and nobody else is touched."""
    events = [
        details("evt-1", date_of_birth=BIRTH, sex="f"),
        born(BIRTH),
        corrected({"ethnicity": "A1", "type": "absent"}),
        acknowledged("token-1", "in words"),
    ]
    log.append([*events, details(child="C-2", sex="f")])
    log.append([details("evt-1", sex="m")])
    place.forget(log.stream(AUTHORITY, "child", "C-1"))
    first, birth, correction, promise, reused = said(log)
    (other,) = said(log, "C-2")

    assert first == ChildDetailsRecorded()
    assert isinstance(birth, ChildBorn)
    assert birth.date_of_birth is None
    assert isinstance(correction, FactCorrected)
    assert correction.fields == {"type": "absent"}
    assert isinstance(promise, EscalationAcknowledged)
    assert (promise.note, promise.owner) == (None, "p-1")
    assert isinstance(reused, IdReused)
    assert reused.came is None
    assert other.sex == "f"
    assert all(isinstance(row, Recorded) for row in log.after(0))


def test_what_is_lost_is_not_held_against_a_resend(place: Place, log: Log) -> None:
    """After forgetting, the source's nightly copy is a plain duplicate: nothing forgotten comes back."""
    events = [details("evt-1", sex="f"), corrected({"sex": "f", "type": "absent"}, "evt-2")]
    log.append(events)
    place.forget(log.stream(AUTHORITY, "child", "C-1"))
    receipts = log.append(events)

    assert [(one.result, one.differs) for one in receipts] == [("duplicate", False)] * 2
    (changed,) = log.append([corrected({"sex": "f", "type": "missing"}, "evt-2")])
    assert changed.differs


def test_what_reads_as_lost_cannot_be_stored_again(place: Place, log: Log) -> None:
    """Or a copy would settle for ever that nothing was said."""
    log.append([born(BIRTH)])
    stream = log.stream(AUTHORITY, "child", "C-1")
    place.forget(stream)
    (recorded,) = log.history(stream)

    with (
        place.opened_vault() as vault,
        pytest.raises(TypeError, match="not a kind of event the log knows"),
    ):
        EventMapper(vault).to_stored_event(Entry(stream, 2, recorded.event))


def test_a_kind_that_loses_nothing_it_needs_stays_itself() -> None:
    """Only a required guarded field needs a shape of its own; everything else must still be there."""
    assert with_lost_fields(ChildDetailsRecorded) is ChildDetailsRecorded
    assert with_lost_fields(ChildBorn) is with_lost_fields(ChildBorn)
    with pytest.raises(ValueError, match="reused"):
        with_lost_fields(IdReused).model_validate({})


def test_a_sealed_field_opens_nowhere_else(place: Place, log: Log) -> None:
    """Moved to another version of the same stream it is unreadable, not another child's birthday."""
    log.append([details(date_of_birth=BIRTH), details(date_of_birth=date(2010, 1, 1))])
    place.sql(
        "UPDATE stored_events SET state ="
        " (SELECT state FROM stored_events WHERE position = 1) WHERE position = 2"
    )
    first, second = log.after(0)

    assert isinstance(first, Recorded)
    assert second.reason == "it is not as the log writes it (Tampered)"  # type: ignore[union-attr]


def test_the_length_of_a_seal_does_not_tell_true_from_false(place: Place, log: Log) -> None:
    """Short values are filled up to the same length."""
    log.append(
        [details(disabled=True), details(disabled=False), details(sex="f"), details(sex="male")]
    )
    rows = place.sql("SELECT state FROM stored_events ORDER BY position")
    sealed = [orjson.loads(state)["sealed"] for (state,) in rows]
    lengths = [len(text) for one in sealed for text in one.values()]

    assert len(lengths) == 4
    assert len(set(lengths)) == 1


def test_nothing_guarded_said_needs_no_key(place: Place, log: Log) -> None:
    """A child of whom nothing guarded was told has no key, so there is nothing to forget."""
    log.append([missing(), details(), corrected({"type": "absent"})])

    assert place.sql("SELECT * FROM stream_keys", part="vault") == []


def test_the_day_a_child_was_born_is_sealed_with_its_birth(place: Place, log: Log) -> None:
    """When a birth happened is the birth date: it stands nowhere in clear, nor does its correction."""
    log.append([replace(born(BIRTH), occurred_on=BIRTH), correction_of_time()])
    stream = log.stream(AUTHORITY, "child", "C-1")
    written = place.everything()

    assert b"2009-08-17" not in written
    assert b"2010-02-03" not in written
    assert log.history(stream)[0].event.occurred_on == BIRTH
    place.forget(stream)
    (lost, _) = log.history(stream)
    assert (lost.event.occurred_on, lost.event.occurred_at) == (None, None)
    assert standing(log.history(stream))[0].earliest == lost.recorded_at


def unmapped_correction() -> Event:
    """A correction whose only secret is what the file said beside it."""
    event = corrected({"type": "absent"})
    return missing(said=event.said.model_copy(update={"unmapped": {"canary": "canary"}}))


def correction_of_time() -> Event:
    """A correction that names no fields, only another time."""
    event = corrected({})
    told = event.said.model_copy(update={"fields": None, "occurred_on": date(2010, 2, 3)})
    return missing(said=told)
