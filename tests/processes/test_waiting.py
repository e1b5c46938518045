"""What an operator does about the keys that seal what Temporal holds."""

from pathlib import Path

from store.keys import name_of, temporal_keys
from tests.processes.conftest import Command


def test_keys_are_turned_and_listed_by_name_alone(home: Path, daymark: Command) -> None:
    """The new one seals, the old one reads; what the key is made of is never shown."""
    (first,) = temporal_keys(home / "keys")
    turned = daymark("keys", "rotate")
    listed = daymark("keys", "list", "--json")
    second = temporal_keys(home / "keys")[0]

    assert (turned.code, listed.code) == (0, 0)
    assert f"The key {name_of(second)} seals" in turned.out
    assert listed.document() == [
        {"key": name_of(second), "for": "sealing and reading"},
        {"key": name_of(first), "for": "reading"},
    ]
    assert first.hex() not in turned.out + listed.out + daymark("keys", "list").out


def test_keys_of_no_installation_cannot_be_turned(daymark: Command, home: Path) -> None:
    """One sentence says what is missing."""
    (home / "keys" / "temporal.key").unlink()
    turned = daymark("keys", "rotate")

    assert turned.code == 1
    assert "the key temporal.key cannot be read" in turned.err
