"""Sessions that can be ended, and sign-ins that count once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import Unavailable
from store.migrations import bring_up_to_date
from store.sessions import SessionTable, SignIn

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def table(tmp_path: Path) -> SessionTable:
    """An empty table."""
    url = f"sqlite:///{tmp_path / 'tokens'}.db"
    bring_up_to_date(url, "tokens")
    return SessionTable(url)


def test_a_session_lasts_while_it_is_used(table: SessionTable) -> None:
    """Each use gives fifteen minutes more; an id never given out is nobody."""
    table.begin("s", "P-1", "held", NOW, posts="[]", hint="h")
    seen = [table.find("s", NOW + n * MINUTE) for n in (0, 14, 28, 44)]

    assert [one is not None for one in seen] == [True, True, True, False]
    assert seen[0] is not None
    assert (seen[0].person, seen[0].held, seen[0].hint) == ("P-1", "held", "h")
    assert table.find("other", NOW) is None
    table.close()


def test_a_session_can_be_ended(table: SessionTable) -> None:
    """One of them, or all of a person's; nobody else's."""
    for name, person in (("a", "P-1"), ("b", "P-1"), ("c", "P-1"), ("d", "P-2")):
        table.begin(name, person, "", NOW)
    table.end("a", NOW)
    after_one = [table.find(name, NOW) is not None for name in "abcd"]
    table.end_all("P-1", NOW)
    after_all = [table.find(name, NOW) is not None for name in "abcd"]

    assert after_one == [False, True, True, True]
    assert after_all == [False, False, False, True]
    table.close()


def test_a_sign_in_counts_once_and_not_for_ever(table: SessionTable) -> None:
    """What is taken is gone, and what is ten minutes old is worth nothing."""
    kept = SignIn("nonce", "verifier", "/board")
    table.expect("state", kept, NOW)
    table.expect("late", kept, NOW)
    taken = [table.take("state", NOW), table.take("state", NOW)]

    assert taken == [kept, None]
    assert table.take("late", NOW + 11 * MINUTE) is None
    table.close()


def test_tables_of_another_release_are_refused(tmp_path: Path) -> None:
    """The message says what to run."""
    with pytest.raises(Unavailable, match="daymark migrate"):
        SessionTable(f"sqlite:///{tmp_path / 'none'}.db")


def test_why_a_record_is_looked_at_is_kept_for_the_session(table: SessionTable) -> None:
    """For that session and record alone; the last word counts, and after a day's work it is gone."""
    table.state("s", "child-1", "case", NOW)
    table.state("s", "child-1", "complaint", NOW)
    found = [
        table.stated("s", "child-1"),
        table.stated("s", "child-2"),
        table.stated("t", "child-1"),
    ]
    table.state("t", "child-2", "audit", NOW + 9 * 60 * MINUTE)

    assert found == ["complaint", None, None]
    assert table.stated("s", "child-1") is None
    table.close()


def test_searches_are_counted_by_the_minute_for_each_person(table: SessionTable) -> None:
    """Whoever searches in another minute begins again; a clock that is behind begins nothing anew."""
    counted = [
        table.searched(person, NOW + timedelta(seconds=second))
        for person, second in (("P-1", 0), ("P-1", 59), ("P-2", 59), ("P-1", 60), ("P-1", 59))
    ]

    assert counted == [1, 2, 1, 1, 2]
    table.close()
