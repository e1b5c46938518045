"""How an operator may write where things lie."""

from collections.abc import Callable
from pathlib import Path

import pytest

from formats.addresses import (
    Address,
    beside,
    is_loopback,
    known_database,
    read_address,
    read_codes,
    read_proxies,
    without_password,
)


def test_a_host_and_a_port_are_read_and_written_alike() -> None:
    """A host of the newer kind keeps its brackets where it is written."""
    assert read_address("127.0.0.1:8020") == Address("127.0.0.1", 8020)
    assert str(Address("127.0.0.1", 8020)) == "127.0.0.1:8020"
    assert read_address("[::1]:8020") == Address("::1", 8020)
    assert str(Address("::1", 8020)) == "[::1]:8020"


@pytest.mark.parametrize("written", ["8020", ":8020", "host:", "host:many", "host:70000", "host:²"])
def test_what_names_no_port_of_a_host_is_refused(written: str) -> None:
    """With an example of how it is written."""
    with pytest.raises(ValueError, match="write it as host:port, for example"):
        read_address(written)


@pytest.mark.parametrize(
    ("host", "only_here"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("db", False)],  # noqa: S104 -- a host to judge, none to listen on
)
def test_who_can_reach_a_host_is_known(host: str, only_here: bool) -> None:  # noqa: FBT001
    """Only this machine, or others too."""
    assert is_loopback(host) is only_here


def test_a_database_is_a_file_or_postgresql() -> None:
    """Anything else is refused with both ways of writing it."""
    assert known_database("sqlite:///log.db") == "sqlite:///log.db"
    assert known_database("postgresql://db/log") == "postgresql://db/log"
    with pytest.raises(ValueError, match="sqlite:///path or postgresql://user"):
        known_database("mysql://db/log")


def test_what_lies_beside_the_log_lies_in_its_kind_of_store() -> None:
    """Beside a file in a file, and otherwise in the same database."""
    assert beside("sqlite:///log.db", Path("views.db")) == "sqlite:///views.db"
    assert beside("postgresql://db/log", Path("views.db")) == "postgresql://db/log"


def test_lists_are_written_with_commas() -> None:
    """Each is kept once, and what could be none is refused."""
    assert read_codes("342, 341,342,") == ("342", "341")
    assert read_proxies("10.1.0.0/16, 10.2.0.1") == ("10.1.0.0/16", "10.2.0.1")
    with pytest.raises(ValueError, match="codes of authorities with commas"):
        read_codes("../342")
    with pytest.raises(ValueError, match="addresses or networks with commas"):
        read_proxies("the proxy")


@pytest.mark.parametrize("read", [read_address, read_codes, read_proxies])
def test_what_is_no_text_is_left_for_its_fault_to_be_named(
    read: Callable[[object], object],
) -> None:
    """Or it is what has been read already."""
    assert read(("a", 1)) == ("a", 1)


def test_no_password_is_shown_however_it_is_written() -> None:
    """Neither before the host nor among what follows it."""
    assert without_password("postgresql://me:secret-1@db/log") == "postgresql://me:***@db/log"
    assert without_password("postgresql://db/log?password=secret-1&user=me") == (
        "postgresql://db/log?password=***&user=me"
    )
