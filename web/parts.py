"""What the web is built from: handed in by a process, so that nothing here reads settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from domain.authority import Authority
from formats.branding import Brand
from formats.people import People
from store.archiving import Archive
from store.database import Part
from store.group_commit import GroupCommit
from store.log import Log
from store.sessions import SessionTable
from store.tokens import Tokens
from store.views import Views
from web.access_tokens import Access

if TYPE_CHECKING:
    from web.console.provider import Provider


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Everything both doors need, and nothing else."""

    log: Log
    commits: GroupCommit
    """Many senders share a transaction; each receipt is durable."""
    tokens: Tokens
    sessions: SessionTable
    """Who is signed in."""
    views: Views
    """What the projector has made of the log."""
    authority: Callable[[str], Authority]
    """An authority by its code, as its own stream says it now is."""
    code: str
    """The authority whose people use these pages."""
    people: People
    now: Callable[[], datetime]
    """The present instant, UTC."""
    session_key: bytes
    """Signs who a browser says it is and the tokens of forms."""
    url: str
    """What links begin with, such as https://daymark.example.gov.uk."""
    council: str
    """The council's name, as pages show it."""
    brand: Brand = field(default_factory=Brand)
    """Its colour and its logo."""
    rate: str = "200/second"
    """How many posts one token may send, in the words of the limits package."""
    denied_after: float = 0.0
    """Seconds that a denial takes at least, so that how long it took tells nothing."""
    training: bool = False
    """Whether the data is made up; every page then says so."""
    issuer: Access | None = None
    """Whose access tokens case systems may bring beside our own."""
    provider: "Provider | None" = None
    """The council's own provider of sign-in; without one a person chooses who they are."""
    case_links: Mapping[str, str] = field(default_factory=dict)
    """Where a child's record lies in the system of each source."""
    archives: Callable[[], Mapping[Part, Archive]] = dict
    """How each PostgreSQL server is archived and copied that holds what nobody can make again."""
    mail: Path | None = None
    """The folder where caught mail lies, in embedded mode only."""

    @property
    def embedded(self) -> bool:
        """Whether one chooses who one is, without a password, as on a machine that is being tried out."""
        return self.provider is None
