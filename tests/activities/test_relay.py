"""An e-mail is handed to a real relay over SMTP, whatever that answers."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from aiosmtplib import SMTPException

from activities.relay import Relay


class Answers:
    """A relay that keeps what it takes and answers as the test says."""

    def __init__(self, *, recipient: str = "250 OK", data: str = "250 OK") -> None:
        """Keep the two answers."""
        self.recipient, self.data = recipient, data
        self.taken: list[bytes] = []

    async def handle_RCPT(  # noqa: N802  (the library looks for this name)
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Answer for one recipient."""
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(  # noqa: N802  (the library looks for this name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the message, then answer for it."""
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        return self.data


def letter() -> EmailMessage:
    """A small e-mail."""
    message = EmailMessage()
    message["From"] = "daymark@council.example"
    message["To"] = "Ann Able <ann.able@council.example>"
    message["Message-ID"] = "<1@council.example>"
    message.set_content("Late.")
    return message


@asynccontextmanager
async def relay(answers: Answers, **options: Any) -> AsyncIterator[Relay]:
    """A relay on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(answers, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield Relay("127.0.0.1", port, patience=2)
    finally:
        controller.stop()


async def test_what_is_accepted_did_not_fail() -> None:
    """The relay holds the e-mail as it was written."""
    answers = Answers()
    async with relay(answers) as send:
        failure = await send(letter())

    assert failure is None
    assert b"Message-ID: <1@council.example>" in answers.taken[0]


@pytest.mark.parametrize("code", ["550", "553"])
async def test_an_address_refused_for_good_is_a_failure_that_is_recorded(code: str) -> None:
    """The ladder climbs past somebody who cannot be reached; the relay's words are not kept."""
    async with relay(Answers(recipient=f"{code} ann.able is not known here")) as send:
        assert await send(letter()) == f"refused-{code}"


async def test_a_letter_refused_for_good_is_a_failure_that_is_recorded() -> None:
    """Handing the same letter over again would not help."""
    async with relay(Answers(data="554 No")) as send:
        assert await send(letter()) == "refused-554"


@pytest.mark.parametrize(
    "answers", [Answers(recipient="451 Later"), Answers(data="452 Mailbox full")]
)
async def test_a_refusal_for_now_is_tried_again(answers: Answers) -> None:
    """It raises, so the engine tries again."""
    async with relay(answers) as send:
        with pytest.raises(SMTPException):
            await send(letter())


async def test_a_relay_that_is_away_is_tried_again() -> None:
    """Nobody listens on the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(SMTPException, match=rf"at 127\.0\.0\.1:{port} .*, or mend DAYMARK_SMTP$"):
        await Relay("127.0.0.1", port)(letter())


async def test_nobody_signs_in_over_an_open_line() -> None:
    """A relay that does not offer to seal the line never sees the password."""
    seen: list[LoginPassword] = []

    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: LoginPassword
    ) -> AuthResult:
        seen.append(given)
        return AuthResult(success=True)

    async with relay(Answers(), authenticator=check, auth_require_tls=False) as send:
        signed = Relay(send.host, send.port, user="daymark", password="secret", patience=2)
        with pytest.raises(SMTPException):
            await signed(letter())

    assert seen == []
