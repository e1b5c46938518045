"""Who a browser says it is, and forms that only our own pages can send.

In embedded mode a person chooses who they are; the cookie keeps that choice, signed.
A form's token is tied to the session and used once: it is also the id of what the form records,
so that a second press is the same thing again.
"""

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.exceptions import HTTPException

SECONDS: Final = 8 * 60 * 60
"""How long a session lasts in all."""

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Session:
    """One browser's session; `person` is an opaque id of the people file, or nothing."""

    id: str
    person: str | None
    since: int
    """Seconds of the epoch at which it began."""


class Sessions:
    """Makes, reads and checks sessions and the tokens of forms."""

    def __init__(self, key: bytes, url: str) -> None:
        """Keep the signing key; the cookie is bound to TLS where the address is."""
        self._key = key
        self._origin = origin_of(url)
        self.secure = urlsplit(url).scheme == "https"
        self.cookie = "__Host-daymark" if self.secure else "daymark"

    def begin(self, now: datetime, person: str | None = None) -> Session:
        """A new session, with an id never used before."""
        return Session(secrets.token_urlsafe(16), person, int(now.timestamp()))

    def read(self, cookies: Mapping[str, str], now: datetime) -> Session | None:
        """The session a browser brought; nothing if it brought none, a forged or an old one."""
        payload, _, signature = cookies.get(self.cookie, "").partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign("session", payload).encode()):
            return None
        held = json.loads(base64.urlsafe_b64decode(payload))
        session = Session(held["id"], held["person"], held["since"])
        return session if now.timestamp() - session.since < SECONDS else None

    def keep(self, response: Response, session: Session) -> None:
        """Give the session to the browser."""
        held = {"id": session.id, "person": session.person, "since": session.since}
        payload = base64.urlsafe_b64encode(json.dumps(held).encode()).decode()
        response.set_cookie(
            self.cookie,
            f"{payload}.{self._sign('session', payload)}",
            max_age=SECONDS,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def token(self, session: Session) -> str:
        """A token for one showing of one form."""
        nonce = secrets.token_urlsafe(16)
        return f"{nonce}.{self._sign('form', session.id + nonce)}"

    def accept(self, session: Session | None, token: str) -> str:
        """The id under which a form's words are recorded; HTTPException 403 for a foreign form."""
        nonce, _, signature = token.partition(".")
        expected = self._sign("form", (session.id if session else "") + nonce)
        if session is None or not hmac.compare_digest(signature.encode(), expected.encode()):
            raise HTTPException(403)
        return nonce

    def refuse_strangers(self, request: Request) -> None:
        """Refuse what another site made a browser send; HTTPException 403."""
        if request.method in SAFE:
            return
        fetched, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if fetched is not None:
            ours = fetched == "same-origin"
        else:  # an old browser: it still says from where
            ours = origin in {self._origin, origin_of(str(request.base_url))}
        if not ours:
            raise HTTPException(403)

    def _sign(self, purpose: str, text: str) -> str:
        mac = hmac.digest(self._key, f"{purpose}:{text}".encode(), "sha256")
        return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def origin_of(url: str) -> str:
    """The scheme and host of an address, as a browser names its origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
