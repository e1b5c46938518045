"""Case systems bring an access token of the council's own issuer, and each speaks for one source."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.web.client import TestClient
from web.access_tokens import Access
from web.app import build
from web.issuer import Issuer
from web.parts import Parts

ISSUER = "https://issuer.example"
RSA = RSAKey.generate_key(2048, {"kid": "one"})
EC = ECKey.generate_key("P-256", {"kid": "two"})
STRANGER = RSAKey.generate_key(2048, {"kid": "one"})


class AnIssuer(httpx2.BaseTransport):
    """An issuer with two keys, over no network, which counts how often it is asked."""

    def __init__(self) -> None:
        """Nothing has been asked yet."""
        self.asked: list[str] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Describe itself, or show its keys."""
        self.asked.append(request.url.path)
        if request.url.path == "/keys":
            keys = [RSA.as_dict(private=False), EC.as_dict(private=False)]
            return httpx2.Response(200, json={"keys": keys})
        return httpx2.Response(200, json={"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"})


def token(key: Any = RSA, algorithm: str = "RS256", **changes: Any) -> str:
    """An access token as the issuer gives it, but for what is changed; nothing leaves a claim out."""
    said: dict[str, object] = {
        "iss": ISSUER,
        "aud": "daymark",
        "exp": int(time.time()) + 300,
        "daymark_authority": "E08000099",
        "daymark_source": "case-system",
    }
    claims = {name: value for name, value in (said | changes).items() if value is not None}
    header = {"alg": algorithm, "kid": "two" if key is EC else "one"}
    return jwt.encode(header, claims, key, algorithms=[algorithm])


@pytest.fixture
def issuer() -> AnIssuer:
    """The council's issuer."""
    return AnIssuer()


@pytest.fixture
def send_with(parts: Parts, issuer: AnIssuer) -> Iterator[Callable[..., httpx2.Response]]:
    """Posts one event with a token."""
    told = replace(parts, issuer=Access(Issuer(ISSUER, issuer), "daymark"))
    with TestClient(build(told)) as client:

        def send(said: str, **changes: str) -> httpx2.Response:
            event: Mapping[str, Any] = {
                "specversion": "1.0", "id": "1", "source": "case-system", "subject": "CH-1",
                "type": "uk.daymark.x", "data": {},
            } | changes  # fmt: skip
            headers = {
                "authorization": f"Bearer {said}",
                "content-type": "application/cloudevents+json",
            }
            return client.post("/events", json=event, headers=headers)

        yield send


def test_an_access_token_is_taken(
    send_with: Callable[..., httpx2.Response], issuer: AnIssuer
) -> None:
    """By either pinned signature; the keys are asked for once."""
    answers = [send_with(token()), send_with(token(EC, "ES256"))]

    # Who is let in is told what is wrong with the event itself.
    assert [one.status_code for one in answers] == [422, 422]
    assert issuer.asked.count("/keys") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"exp": 1},
        {"exp": None},
        {"daymark_source": None},
        {"daymark_authority": 7},
    ],
    ids=str,
)
def test_a_token_that_does_not_fit_is_unknown(
    send_with: Callable[..., httpx2.Response], changes: dict[str, Any]
) -> None:
    """Another issuer's, for somebody else, too old or without end, or naming no source."""
    assert send_with(token(**changes)).status_code == 401


def test_a_forged_token_is_unknown(
    send_with: Callable[..., httpx2.Response], issuer: AnIssuer
) -> None:
    """Signed by a stranger, with a shared secret, or not at all; the issuer is not asked each time."""
    secret = OctKey.generate_key(256, {"kid": "one"})
    unsigned = token().rpartition(".")[0] + "."
    forged = [token(STRANGER), token(secret, "HS256"), unsigned, "a.b.c"]

    assert [send_with(one).status_code for one in forged] == [401] * 4
    assert issuer.asked.count("/keys") == 1


def test_a_token_of_another_source_is_refused_as_ever(
    send_with: Callable[..., httpx2.Response],
) -> None:
    """Only what the token names may be said with it."""
    assert send_with(token(), source="another").status_code == 403
