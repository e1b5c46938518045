"""The web's own socket."""

import socket

import pytest

from domain.errors import Unavailable
from server import listen
from settings import Address


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
