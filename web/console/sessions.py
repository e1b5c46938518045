"""Who a browser is, and forms that only our own pages can send.

Whoever has signed in has a row in a table, which can be ended; the cookie only names it.
A form's token is tied to the session and used once: it is also the id of what the form records,
so that a second press is the same thing again.
"""

import base64
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from domain.authority import Authority
from domain.calendar import london_date
from domain.permission import Post
from store.sessions import WHOLE
from web.parts import Parts

SECONDS: Final = int(WHOLE.total_seconds())
"""How long a cookie lasts at most."""

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Session:
    """One browser's session; `person` is an opaque id of the people file, or nothing."""

    id: str
    person: str | None
    since: int
    """Seconds of the epoch at which it began."""
    posts: tuple[Post, ...] = ()
    """The posts that the provider of sign-in says the person holds."""
    ends_at: datetime | None = None
    """When it ends if nothing more is asked for; nothing for who is nobody."""
    hint: str = ""
    """What the provider is told at sign-out."""


class Sessions:
    """Makes, reads and checks sessions and the tokens of forms."""

    def __init__(self, parts: Parts) -> None:
        """Keep the signing key and the table; the cookie is bound to TLS where the address is."""
        self._parts = parts
        self._key = parts.session_key
        self._origin = origin_of(parts.url)
        self.secure = urlsplit(parts.url).scheme == "https"
        self.cookie = "__Host-session" if self.secure else "session"

    def begin(self, now: datetime) -> Session:
        """A new session of nobody, with an id never used before."""
        return Session(secrets.token_urlsafe(32), None, int(now.timestamp()))

    def enter(
        self, person: str, now: datetime, posts: Sequence[Post] = (), hint: str = ""
    ) -> Session:
        """A new session of somebody, noted in the table."""
        session = Session(secrets.token_urlsafe(32), person, int(now.timestamp()), tuple(posts))
        held = held_by(self._parts.authority(self._parts.code), person, now)
        self._parts.sessions.begin(
            session.id, person, held, now, posts=write_posts(posts), hint=hint
        )
        return session

    def leave(self, session: Session | None, now: datetime) -> None:
        """End a session at once."""
        if session is not None and session.person is not None:
            self._parts.sessions.end(session.id, now)

    def read(
        self, cookies: Mapping[str, str], now: datetime, *, used: bool = True
    ) -> Session | None:
        """The session a browser brought; nothing if it brought none, a forged or an ended one.

        Not `used` is what a page asks by itself while nobody may be there.
        """
        session = self.brought(cookies)
        if session is None or now.timestamp() - session.since >= SECONDS:
            return None
        if session.person is None:
            return session
        return self._known(session, session.person, now, used=used)

    def brought(self, cookies: Mapping[str, str]) -> Session | None:
        """The session a cookie of ours names, whether or not it has ended."""
        payload, _, signature = cookies.get(self.cookie, "").partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign("session", payload).encode()):
            return None
        held = json.loads(base64.urlsafe_b64decode(payload))
        return Session(held["id"], held["person"], held["since"])

    def _known(self, session: Session, person: str, now: datetime, *, used: bool) -> Session | None:
        """A session as the table has it; one whose person holds other posts by now is ended."""
        row = self._parts.sessions.find(session.id, now, used=used)
        if row is None or row.person != person:
            return None
        if row.held != held_by(self._parts.authority(self._parts.code), person, now):
            self._parts.sessions.end_all(person, now)
            return None
        return Session(
            session.id, person, session.since, read_posts(row.posts), row.ends_at, row.hint
        )

    def keep(self, response: Response, session: Session) -> None:
        """Give the session to the browser."""
        held = {"id": session.id, "person": session.person, "since": session.since}
        payload = base64.urlsafe_b64encode(json.dumps(held).encode()).decode()
        self.set_cookie(response, self.cookie, f"{payload}.{self._sign('session', payload)}")

    def set_cookie(self, response: Response, name: str, value: str, seconds: int = SECONDS) -> None:
        """Set a cookie that no script reads and no other site sends with a form."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
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


def held_by(authority: Authority, person: str, now: datetime) -> str:
    """What a person holds today, in one line: once it reads otherwise, their sessions are over."""
    today = london_date(now)
    held = {
        f"{one.role} {one.team or ''}"
        for one in authority.assignments
        if one.person == person and one.holds(today)
    }
    return "; ".join(sorted(held))


def write_posts(posts: Sequence[Post]) -> str:
    """Posts as the table keeps them."""
    kept = [
        [one.authority, one.role, None if one.teams is None else sorted(one.teams)] for one in posts
    ]
    return json.dumps(kept)


def read_posts(text: str) -> tuple[Post, ...]:
    """Posts as the table has them."""
    return tuple(
        Post(authority, role, None if teams is None else frozenset(teams))
        for authority, role, teams in json.loads(text or "[]")
    )


def origin_of(url: str) -> str:
    """The scheme and host of an address, as a browser names its origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
