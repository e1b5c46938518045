"""Every other way than plain e-mail, against real servers on this machine, whatever those answer."""

import asyncio
import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from aiosmtplib import SMTPAuthenticationError, SMTPException
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from activities.notify import Notify
from activities.relay import Relay
from activities.sign_in import SignInFailed, Token
from activities.teams import Teams
from formats.people import Person
from tests.activities.test_relay import Answers, letter

ANN = Person("p1", "Ann Able", "ann.able@council.example")
KEY = (
    "test-"
    + "1" * 8
    + "-1111-1111-1111-"
    + "1" * 12
    + "-"
    + "2" * 8
    + "-2222-2222-2222-"
    + "2" * 12
)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*routes: Route) -> Iterator[str]:
    """A web server on this machine for as long as it is needed; its address."""
    port = free_port()
    config = uvicorn.Config(Starlette(routes=list(routes)), port=port, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            threading.Event().wait(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


# Signing in with a token ------------------------------------------------------------------------


class Provider:
    """Gives tokens, numbered, to whoever knows the secret."""

    def __init__(self, **said: Any) -> None:
        """Keep what is said beside the token."""
        self.said = {"expires_in": 3600} | said
        self.asked: list[dict[str, str]] = []

    async def answer(self, request: Request) -> Response:
        """One token for one question."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.asked.append(form)
        if form.get("client_secret") != "made-up":
            return JSONResponse({"error": "invalid_client"}, 401)
        return JSONResponse({"access_token": f"token-{len(self.asked)}"} | self.said)


def token_of(address: str, secret: str = "made-up", at: list[float] | None = None) -> Token:  # noqa: S107
    """A token of this provider, by a clock that stands unless it is moved."""
    moment = at if at is not None else [0.0]
    return Token(f"{address}/token", "daymark", secret, "mail", clock=lambda: moment[0], patience=2)


async def test_a_token_is_asked_for_once_and_again_before_it_ends() -> None:
    """By the client-credentials grant; and at once where a relay did not take it."""
    provider, at = Provider(), [0.0]
    with serving(Route("/token", provider.answer, methods=["POST"])) as address:
        token = token_of(address, at=at)
        first = await asyncio.gather(token(), token())
        at[0] = 3541
        later = await token()
        token.forget()
        anew = await token()

    assert list(first) == ["token-1", "token-1"]
    assert (later, anew) == ("token-2", "token-3")
    assert provider.asked[0] == {
        "grant_type": "client_credentials", "client_id": "daymark", "client_secret": "made-up",
        "scope": "mail",
    }  # fmt: skip


@pytest.mark.parametrize(
    "said", [{"access_token": None, "expires_in": None}, {"expires_in": "soon"}]
)
async def test_a_provider_that_says_nothing_of_use_is_asked_again_later(
    said: dict[str, Any],
) -> None:
    """What it said may repeat the secret, and is not in the error."""
    provider = Provider(**said)
    with serving(Route("/token", provider.answer, methods=["POST"])) as address:
        for token in (token_of(address), token_of(address, "wrong"), token_of(f"{address}/no")):
            with pytest.raises(
                SignInFailed, match=r"gave no token .* DAYMARK_SMTP_OAUTH_URL"
            ) as caught:
                await token()
            assert "made-up" not in str(caught.value)


async def test_a_provider_that_is_away_is_asked_again_later() -> None:
    """The letter waits; nothing is lost."""
    with pytest.raises(SignInFailed):
        await token_of(f"http://127.0.0.1:{free_port()}")()


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server of this test shows on a sealed line, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, kept = tmp_path / "shown.pem", tmp_path / "kept.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(shown, kept)
    return server, ssl.create_default_context(cafile=str(shown))


class SignedIn(Answers):
    """A relay that takes e-mails from whoever has the token it knows."""

    def __init__(self, good: set[str], **said: str) -> None:
        """Keep the tokens that are good."""
        super().__init__(**said)
        self.good, self.seen = good, list[str]()

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """Look at the token, as mail providers do."""
        said = base64.b64decode(args[1]).decode()
        user, bearer = said.split("\x01")[:2]
        token = bearer.removeprefix("auth=Bearer ")
        self.seen.append(f"{user} {token}")
        if token in self.good:
            return AuthResult(success=True, auth_data=user)
        await server.push("535 5.7.3 Authentication unsuccessful")
        return AuthResult(success=False, handled=True)


@contextmanager
def signing(answers: SignedIn, sealed: tuple[ssl.SSLContext, ssl.SSLContext]) -> Iterator[int]:
    """A relay that wants a sealed line and a token; its port."""
    port = free_port()
    controller = Controller(
        answers, hostname="127.0.0.1", port=port, tls_context=sealed[0], require_starttls=True,
        auth_required=True, auth_exclude_mechanism=["LOGIN", "PLAIN"],
    )  # fmt: skip
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


async def test_a_relay_is_signed_in_to_with_a_token(
    sealed: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """A token that is not good any more is asked for anew at the next try."""
    provider, answers = Provider(), SignedIn({"token-2"})
    with (
        serving(Route("/token", provider.answer, methods=["POST"])) as address,
        signing(answers, sealed) as port,
    ):
        send = Relay(
            "localhost", port, user="daymark@council.example", token=token_of(address),
            tls=sealed[1], patience=5,
        )  # fmt: skip
        with pytest.raises(SMTPAuthenticationError):
            await send(letter())
        failure = await send(letter())

    assert failure is None
    assert answers.seen == [f"user=daymark@council.example token-{number}" for number in (1, 2)]
    assert b"Message-ID: <1@council.example>" in answers.taken[0]


class Greylisting(Answers):
    """Refuses an address for now, and takes it the second time."""

    async def handle_RCPT(self, *args: Any) -> str:  # noqa: N802
        """Ask to come again, once."""
        answer, self.recipient = self.recipient, "250 OK"
        if answer.startswith("451"):
            return answer
        return await super().handle_RCPT(*args)


class DiesAfterData(Answers):
    """Keeps the letter and is gone before it says so, once."""

    died = False

    async def handle_DATA(self, server: SMTP, *args: Any) -> str:  # noqa: N802
        """Cut the line the first time."""
        answer = await super().handle_DATA(server, *args)
        if not self.died:
            self.died = True
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer


@pytest.mark.parametrize(
    ("answers", "copies"), [(Greylisting(recipient="451 Later"), 1), (DiesAfterData(), 2)]
)
async def test_a_relay_that_asks_to_come_again_or_dies_gets_the_same_letter(
    answers: Answers, copies: int
) -> None:
    """Two copies of one letter carry one Message-ID, so a mailbox shows it once."""
    port = free_port()
    controller = Controller(answers, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        send = Relay("127.0.0.1", port, patience=5)
        with pytest.raises(SMTPException):
            await send(letter())
        assert await send(letter()) is None
    finally:
        controller.stop()

    assert len(answers.taken) == copies
    assert all(b"Message-ID: <1@council.example>" in one for one in answers.taken)


# Teams ------------------------------------------------------------------------------------------


class Webhook:
    """A workflow's webhook that keeps cards and answers as the test says."""

    def __init__(self, status: int = 202, slow: float = 0.0) -> None:
        """Keep the answer."""
        self.status, self.slow, self.cards = status, slow, list[Any]()

    async def answer(self, request: Request) -> Response:
        """Take a card."""
        self.cards.append(await request.json())
        await asyncio.sleep(self.slow)
        if self.status == 302:
            return RedirectResponse("/elsewhere", 302)
        return Response(status_code=self.status)


async def posted(webhook: Webhook, hosts: tuple[str, ...] = ("127.0.0.1",)) -> str | None:
    """Tell Ann through this webhook."""
    with serving(Route("/{path}", webhook.answer, methods=["POST", "GET"])) as address:
        ann = Person("p1", "Ann Able", "ann@council.example", "teams", f"{address}/hook?sig=1")
        return await Teams(hosts, patience=1)(letter(), ann)


async def test_a_card_says_what_the_e_mail_says_and_no_more() -> None:
    """Its words are the letter's own, with the link as a button."""
    webhook = Webhook()
    message = letter()
    del message["Subject"]
    message["Subject"] = "Late: a visit"
    message.set_content("Late.\n\nSee:\nhttps://daymark.example/escalations/1\n")
    with serving(Route("/hook", webhook.answer, methods=["POST"])) as address:
        ann = Person("p1", "Ann Able", "ann@council.example", "teams", f"{address}/hook")
        assert await Teams(("127.0.0.1",))(message, ann) is None
    (said,) = webhook.cards
    content = said["attachments"][0]["content"]

    assert [part["text"] for part in content["body"]] == [
        "Late: a visit", "Late.", "See:\nhttps://daymark.example/escalations/1",
    ]  # fmt: skip
    assert content["actions"][0]["url"] == "https://daymark.example/escalations/1"
    assert "Ann" not in str(said)


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
async def test_a_webhook_that_does_not_take_a_card_has_failed(status: int) -> None:
    """A redirect is not followed, for it may lead anywhere."""
    webhook = Webhook(status)

    assert await posted(webhook) == f"refused-{status}"
    assert len(webhook.cards) == 1


async def test_a_webhook_that_is_slow_or_away_has_failed() -> None:
    """The person is told by e-mail meanwhile."""
    assert await posted(Webhook(slow=1.5)) == "unreachable-ReadTimeout"
    away = Person("p1", "Ann", "ann@council.example", "teams", f"http://127.0.0.1:{free_port()}/x")
    assert await Teams(("127.0.0.1",))(letter(), away) == "unreachable-ConnectError"


@pytest.mark.parametrize(
    ("hosts", "webhook"),
    [
        (("hooks.example",), "https://elsewhere.example/x"),
        ((".hooks.example",), "https://hooks.example.evil.example/x"),
        (("hooks.example",), "http://hooks.example/x"),
        (("hooks.example",), "https://user@hooks.example/x"),
        (("localhost",), "https://localhost/x"),
        ((".invalid",), "https://nowhere.invalid/x"),
        (("127.0.0.1",), None),
    ],
)
async def test_a_webhook_off_the_list_or_inside_is_never_called(
    hosts: tuple[str, ...], webhook: str | None
) -> None:
    """A name must be on the list, sealed, and lead to public addresses only."""
    ann = Person("p1", "Ann Able", "ann@council.example", "teams", webhook)

    assert await Teams(hosts)(letter(), ann) == "webhook-not-allowed"


# GOV.UK Notify ----------------------------------------------------------------------------------


class Held:
    """GOV.UK Notify, as far as we speak with it."""

    def __init__(self, status: int = 201) -> None:
        """Keep the answer."""
        self.status, self.sent = status, list[dict[str, Any]]()

    async def take(self, request: Request) -> Response:
        """Take a message."""
        said = await request.json()
        if self.status != 201:
            return JSONResponse({"errors": [{"error": "x", "message": "ann.able"}]}, self.status)
        self.sent.append(said)
        return JSONResponse({"id": "1"}, 201)

    async def list(self, request: Request) -> Response:
        """What was sent under a reference."""
        wanted = request.query_params["reference"]
        found = [one for one in self.sent if one["reference"] == wanted]
        return JSONResponse({"notifications": found, "links": {}})

    @property
    def routes(self) -> tuple[Route, Route]:
        """Its two doors."""
        return (
            Route("/v2/notifications/email", self.take, methods=["POST"]),
            Route("/v2/notifications", self.list),
        )


async def test_notify_is_handed_a_message_once() -> None:
    """A repeat after an answer that was lost finds the reference and sends nothing."""
    held = Held()
    with serving(*held.routes) as address:
        send = Notify(KEY, "template-1", address)
        assert await send(letter(), ANN) is None
        assert await send(letter(), ANN) is None

    assert held.sent == [
        {
            "email_address": "ann.able@council.example",
            "template_id": "template-1",
            "personalisation": {"subject": "None", "body": "Late.\n"},
            "reference": "1@council.example",
        }
    ]


@pytest.mark.parametrize("status", [400, 403, 429, 500])
async def test_what_notify_does_not_take_has_failed(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """With a code and without Notify's words, which may hold an address, even in a log."""
    with serving(*Held(status).routes) as address:
        assert await Notify(KEY, "template-1", address)(letter(), ANN) == f"refused-{status}"

    assert "ann.able" not in caplog.text


async def test_a_notify_that_is_away_or_speaks_of_something_else_has_failed() -> None:
    """The person is told by e-mail meanwhile."""
    away = Notify(KEY, "template-1", f"http://127.0.0.1:{free_port()}", patience=1)
    assert await away(letter(), ANN) == "refused-503"

    async def other(_request: Request) -> Response:
        return JSONResponse({"hello": "world"})

    with serving(Route("/v2/notifications", other)) as address:
        failure = await Notify(KEY, "template-1", address)(letter(), ANN)
    assert failure == "unreachable-KeyError"
