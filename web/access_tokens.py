"""Access tokens of case systems: OAuth2 client credentials, as JWTs of the council's own issuer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from store.tokens import TokenHolder
from web.believing import NotBelieved

if TYPE_CHECKING:
    from web.issuer import Issuer

ALGORITHMS: Final = ("RS256", "ES256")
"""Pinned: what a token proposes counts for nothing."""
DOTS: Final = 2
"""A JWT has three parts; our own tokens have no dot."""


@dataclass(frozen=True)
class Access:
    """Whose access tokens are taken, what they must be meant for, and where they name their source."""

    issuer: "Issuer"
    audience: str
    authority_claim: str = "daymark_authority"
    source_claim: str = "daymark_source"

    def holder(self, token: str) -> TokenHolder | None:
        """The one source a token speaks for; nothing where it cannot be believed or names none."""
        if token.count(".") != DOTS:
            return None
        wanted = {"aud": {"essential": True, "value": self.audience}}
        try:
            claims = self.issuer.claims(token, wanted, ALGORITHMS)
        except NotBelieved:
            return None
        authority, source = claims.get(self.authority_claim), claims.get(self.source_claim)
        if not isinstance(authority, str) or not isinstance(source, str):
            return None
        return TokenHolder(authority, source)
