"""A mail relay that takes letters, and may be slow, refuse, or die at the worst moment."""

import asyncio
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Final

from drills.outcome import CannotRun
from formats.addresses import Address
from supervisor import free_port

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN: Final = "250 OK"
DIES: Final = "dies"
"""The relay keeps the letter and hangs up instead of answering."""
SLOW: Final = "slow"
"""The relay takes the letter, but only after a while."""


@dataclass
class Relay:
    """Takes everything unless told otherwise, and remembers which letters are about a breach."""

    answers: list[str] = field(default_factory=list)
    """What the next letters about a breach are answered, one after the other; then all are taken."""
    patience: float = 1.0
    """How long a slow answer takes, in seconds."""
    pause: float = 0.0
    """How long every other answer takes, in seconds."""
    begun: int = 0
    """How many letters somebody has begun to hand over."""
    late: list[str] = field(default_factory=list)
    """The Message-ID of each letter about a breach that was taken."""
    letters: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """The different Message-IDs that came for one recipient and one escalation."""
    refused: int = 0
    """How many were answered otherwise."""

    async def handle_DATA(  # noqa: N802  (the library looks for this name)
        self, server: "SMTP", _session: "Session", envelope: "Envelope"
    ) -> str:
        """Take a letter, or answer as was told."""
        assert isinstance(envelope.content, bytes)
        self.begun += 1
        await asyncio.sleep(self.pause)
        answer = TAKEN
        if self.answers and escalation_of(envelope.content):
            answer = self.answers.pop(0)
        if answer == SLOW:
            await asyncio.sleep(self.patience)
            answer = TAKEN
        if answer in {TAKEN, DIES}:
            self.keep(envelope.content, envelope.rcpt_tos)
        if answer == DIES and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        if answer != TAKEN:
            self.refused += 1
        return answer if answer != DIES else TAKEN

    def keep(self, content: bytes, recipients: list[str]) -> None:
        """Remember a letter, where it is about a breach."""
        escalation = escalation_of(content)
        if not escalation:
            return
        name = str(message_from_bytes(content, policy=default)["Message-ID"])
        self.late.append(name)
        for recipient in recipients:
            self.letters.setdefault((recipient, escalation), set()).add(name)


def escalation_of(content: bytes) -> str:
    """The escalation that a letter leads to; nothing where it is about no breach."""
    body = message_from_bytes(content, policy=default).get_body(("plain",))
    text = body.get_content() if body is not None else ""
    _, found, rest = text.partition("/escalations/")
    return rest.split()[0] if found else ""


@contextmanager
def relaying(relay: Relay) -> Iterator[Address]:
    """The relay at an address of its own, for as long as it is needed."""
    if importlib.util.find_spec("aiosmtpd") is None:
        message = "no mail relay can be played: install Daymark's extra `embedded`"
        raise CannotRun(message)
    from aiosmtpd.controller import Controller  # noqa: PLC0415 -- only where it is installed

    port = free_port()
    controller = Controller(relay, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield Address("127.0.0.1", port)
    finally:
        controller.stop()
