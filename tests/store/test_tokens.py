"""A token is shown once, kept as a hash, and good until it is rotated or revoked."""

from collections.abc import Iterator

import pytest

from domain.errors import NotFound, Refused
from store.tokens import TokenHolder, Tokens
from tests.store.events import Place


@pytest.fixture
def tokens(place: Place) -> Iterator[Tokens]:
    """The installation's tokens."""
    opened = Tokens(place.tokens)
    yield opened
    opened.close()


def test_a_token_speaks_for_one_authority_and_one_source(tokens: Tokens) -> None:
    """Any other text speaks for nobody."""
    token = tokens.add("X99000001", "mosaic")

    assert tokens.check(token) == TokenHolder("X99000001", "mosaic")
    for other in ("", token[:-1], token + "x", "\udc80", "X99000001"):
        assert tokens.check(other) is None


def test_only_the_hash_is_kept(place: Place, tokens: Tokens) -> None:
    """Whoever reads the database cannot speak for a source."""
    token = tokens.add("X99000001", "mosaic")
    stored = place.everything()

    assert b"mosaic" in stored
    assert token.encode() not in stored
    assert token.removeprefix("daymark_").encode() not in stored


def test_a_source_has_one_good_token(tokens: Tokens) -> None:
    """A second is refused; the same source of another authority has its own."""
    first = tokens.add("X99000001", "mosaic")
    with pytest.raises(Refused, match="has a token already: rotate it or revoke it"):
        tokens.add("X99000001", "mosaic")

    assert tokens.check(first) is not None
    assert tokens.check(tokens.add("X99000002", "mosaic")) == TokenHolder("X99000002", "mosaic")


def test_rotating_ends_the_old_token_at_once(tokens: Tokens) -> None:
    """The new one is good from the same moment."""
    old = tokens.add("X99000001", "mosaic")
    new = tokens.rotate("X99000001", "mosaic")

    assert tokens.check(old) is None
    assert tokens.check(new) == TokenHolder("X99000001", "mosaic")


def test_a_revoked_token_is_known_no_more_in_any_process(place: Place, tokens: Tokens) -> None:
    """A server that has answered it before does not remember it; the source may get a new one."""
    server = Tokens(place.tokens)
    token = tokens.add("X99000001", "mosaic")
    assert server.check(token) is not None
    tokens.revoke("X99000001", "mosaic")

    assert server.check(token) is None
    assert server.check(tokens.add("X99000001", "mosaic")) is not None
    server.close()


def test_what_has_no_token_cannot_be_rotated_or_revoked(tokens: Tokens) -> None:
    """The message names the source."""
    for change in (tokens.rotate, tokens.revoke):
        with pytest.raises(NotFound, match="mosaic of X99000001 has no token"):
            change("X99000001", "mosaic")


def test_the_list_shows_every_token_there_was(tokens: Tokens) -> None:
    """Since when and until when, never the token."""
    tokens.add("X99000001", "police")
    tokens.add("X99000001", "mosaic")
    tokens.rotate("X99000001", "mosaic")
    rows = tokens.list()

    assert [(row.source, row.revoked_at is None) for row in rows] == [
        ("mosaic", False),
        ("mosaic", True),
        ("police", True),
    ]
    assert rows[0].revoked_at is not None
    assert rows[0].added_at <= rows[0].revoked_at
