"""Names are a closed list, and whatever was ever written can still be read."""

import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import orjson
import pytest

from domain.event import Recorded
from domain.facts.fact import Fact, Guarded, Word
from domain.facts.missing import MissingEpisodeEnded
from store.mapper import Entry, EventMapper
from store.recorder import StoredRow
from store.vault import Vault
from tests.store.events import NOON, Place, missing, state_of


class ReturnNoted(Fact):
    """A fact that has had three versions."""

    NAME = "return-noted"
    VERSION = 3
    THREAD = "missing"
    KEY = "missing_episode_ref"
    PRECISION = "instant"

    missing_episode_ref: Word
    pathway: Word
    words: Annotated[Word, Guarded()]


def to_version_2(said: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had no pathway."""
    return said | {"pathway": "unknown"}


def to_version_3(said: dict[str, Any]) -> dict[str, Any]:
    """Version 2 called the words a note, where it had them."""
    return {"words" if key == "note" else key: value for key, value in said.items()}


UPCASTS = {("return-noted", 1): to_version_2, ("return-noted", 2): to_version_3}


def row(topic: str, state: bytes, stream: UUID | None = None) -> StoredRow:
    """A row as the recorder reads it."""
    return StoredRow(stream or uuid4(), 1, topic, state, 1, datetime.now(UTC))


@pytest.fixture
def vault(place: Place) -> Iterator[Vault]:
    """The installation's vault."""
    with place.opened_vault() as opened:
        yield opened


def test_a_topic_is_never_imported(vault: Vault) -> None:
    """A row cannot name a module to run: it names one of our kinds, or nothing."""
    read = EventMapper(vault).read(row("os:system", b'{"v":1}'))

    assert not isinstance(read, Recorded)


def test_every_kind_has_a_name_of_its_own(vault: Vault) -> None:
    """An inherited name would store two kinds under one."""

    class Renamed(MissingEpisodeEnded):
        """Forgot its name."""

    with pytest.raises(TypeError, match="Renamed has no NAME of its own"):
        EventMapper(vault, [MissingEpisodeEnded, Renamed])


def test_no_name_is_claimed_twice(vault: Vault) -> None:
    """Two kinds under one name could not be told apart when read."""

    class Twin(Fact):
        """Took another's name."""

        NAME = "missing-episode-ended"

    with pytest.raises(TypeError, match="two kinds of event claim the name missing-episode-ended"):
        EventMapper(vault, [MissingEpisodeEnded, Twin])


def test_every_old_version_can_be_raised(vault: Vault) -> None:
    """A release that cannot read what an earlier one wrote does not start."""
    with pytest.raises(TypeError, match="nothing raises return-noted from version 2"):
        EventMapper(vault, [ReturnNoted], {("return-noted", 1): to_version_2})


def test_an_old_version_is_raised_step_by_step(vault: Vault) -> None:
    """It says that it does not know, rather than guess; what was sealed is opened first."""
    mapper = EventMapper(vault, [ReturnNoted], UPCASTS)
    stream = uuid4()
    note = vault.seal(stream, 1, "note", b'"in words"')
    state = state_of(missing(), {"missing_episode_ref": "m-1"}, sealed={"note": as_text(note)})
    read = mapper.read(row("return-noted", state, stream))

    assert isinstance(read, Recorded)
    assert read.event.said == ReturnNoted(
        missing_episode_ref="m-1", pathway="unknown", words="in words"
    )


def test_an_old_version_whose_key_is_lost_is_raised_all_the_same(
    place: Place, vault: Vault
) -> None:
    """The guarded field is missing from what the steps are given, and reads as not known."""
    mapper = EventMapper(vault, [ReturnNoted], UPCASTS)
    stream = uuid4()
    note = vault.seal(stream, 1, "note", b'"in words"')
    place.forget(stream)
    state = state_of(missing(), {"missing_episode_ref": "m-1"}, sealed={"note": as_text(note)})
    words: str | None = "in words"
    for _ in range(100):  # that another process has forgotten is heard a moment later
        read = mapper.read(row("return-noted", state, stream))
        assert isinstance(read, Recorded)
        assert isinstance(read.event.said, ReturnNoted)
        words = read.event.said.words
        if words is None:
            break
        time.sleep(0.05)

    assert words is None


def test_an_old_version_without_anything_sealed_is_raised(vault: Vault) -> None:
    """Version 2, which had its words in clear."""
    mapper = EventMapper(vault, [ReturnNoted], UPCASTS)
    told = {"missing_episode_ref": "m-1", "pathway": "police", "note": "n"}
    read = mapper.read(row("return-noted", state_of(missing(), told, v=2)))

    assert isinstance(read, Recorded)
    assert read.event.said.words == "n"  # type: ignore[union-attr]


def test_reading_is_strict(vault: Vault) -> None:
    """An unknown word, a missing one or a number where a word belongs is not passed over."""
    told = {"missing_episode_ref": "m-1", "how": "police"}
    for state, reason in (
        (state_of(missing(), told, colour="red"), "colour: extra_forbidden"),
        (state_of(missing(), told | {"colour": 1}), "said/colour: extra_forbidden"),
        (state_of(missing(), told, sequence="3"), "sequence: int_type"),
        (
            state_of(missing(), told, occurred_at="2016-03-01T12:00:00"),
            "occurred_at: timezone_aware",
        ),
    ):
        read = EventMapper(vault).read(row("missing-episode-ended", state))
        assert not isinstance(read, Recorded)
        assert read.reason == reason


def test_only_what_was_said_is_stored(vault: Vault) -> None:
    """A default is not written down: the log would claim that the source had said it."""
    stored = EventMapper(vault).to_stored_event(Entry(uuid4(), 1, missing("evt-1")))

    assert orjson.loads(stored.state) == {
        "v": 1,
        "authority": "X99000001",
        "kind": "child",
        "subject": "C-1",
        "source": "mosaic",
        "id": "evt-1",
        "occurred_at": NOON.isoformat(),
        "said": {
            "missing_episode_ref": "m-1",
            "type": "missing",
            "missing_from": "placement",
            "care_status": "looked-after",
        },
    }


def as_text(sealed: bytes) -> str:
    """As a seal stands in a state."""
    return b64encode(sealed).decode()
