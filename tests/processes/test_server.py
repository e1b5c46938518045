"""The web's own socket."""

import socket
from pathlib import Path

import pytest

from domain.errors import Unavailable
from formats.addresses import Address
from server import listen, refuse_an_open_door
from settings import WrongSetting, read_settings
from tests.processes.test_command import run_process


def test_an_answer_does_not_wait_for_its_head_to_be_confirmed() -> None:
    """What the door accepts sends at once: else every answer would take forty milliseconds more."""
    with listen(Address("127.0.0.1", 0)) as door, socket.create_connection(door.getsockname()):
        accepted, _ = door.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_door_that_is_taken_is_said_in_one_sentence() -> None:
    """The sentence names the address and the setting that mends it."""
    with listen(Address("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]

        with pytest.raises(Unavailable, match="set DAYMARK_WEB"):
            listen(Address("127.0.0.1", port))


@pytest.mark.parametrize("address", ["0.0.0.0:8020", "192.0.2.7:8020", "[::]:8020", "daymark:8020"])
def test_a_door_to_everybody_needs_a_provider_of_sign_in(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one whoever reached it would see every child, so it is not opened; with one it is."""
    monkeypatch.setenv("DAYMARK_WEB", address)
    with pytest.raises(Unavailable, match=r"every child .*: set DAYMARK_OIDC_ISSUER"):
        refuse_an_open_door(read_settings())
    for name, value in (("ISSUER", "https://login.example"), ("CLIENT", "d"), ("SECRET", "s")):
        monkeypatch.setenv(f"DAYMARK_OIDC_{name}", value)

    refuse_an_open_door(read_settings())


@pytest.mark.parametrize("address", ["127.0.0.1:8020", "[::1]:8020", "localhost:8020"])
def test_one_machine_can_be_tried_without(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else reaches a loopback address."""
    monkeypatch.setenv("DAYMARK_WEB", address)

    refuse_an_open_door(read_settings())


def test_an_address_that_people_use_is_a_door_to_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Behind a proxy on the same machine the address of the links says that others come in."""
    monkeypatch.setenv("DAYMARK_URL", "https://daymark.example")

    with pytest.raises(
        Unavailable, match=r"daymark\.example: set .* let DAYMARK_URL be a loopback"
    ):
        refuse_an_open_door(read_settings())


def test_the_process_says_it_in_one_sentence_and_ends(home: Path) -> None:
    """The web of an installation that nobody set up for others ends at once, and says why."""
    said = run_process("web", home, DAYMARK_WEB="0.0.0.0:8020")

    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert "DAYMARK_OIDC_ISSUER" in said.stderr


@pytest.mark.parametrize("wrong", ["*", "proxy.example", "10.0.0.1/8"])
def test_proxies_are_addresses_or_networks(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody is no proxy, and a name could become another machine's."""
    monkeypatch.setenv("DAYMARK_PROXIES", wrong)

    with pytest.raises(WrongSetting, match="DAYMARK_PROXIES: write addresses or networks"):
        read_settings()
