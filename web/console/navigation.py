"""The places that the head of every page leads to: only those that open to whoever reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from domain.access_rules import ANYWHERE, Action
from domain.audit_period import FIRST
from domain.calendar import london_date
from domain.invitations import called
from domain.permission import Asker, Record, Visible, may, reaching_back, visible
from domain.words import say_weekday
from projections.instants import written
from projections.permitted import children_seen
from web.access import Needs
from web.console.askers import purpose_of
from web.console.export_register import waiting_for
from web.console.sessions import Session
from web.console.who_lifts import shut
from web.parts import Parts

ME: Final = "/me"


class Place(NamedTuple):
    """One item of the navigation."""

    text: str
    href: str
    active: str
    """What a page calls the place where it stands."""


PLACES: Final = (
    Place("Morning", "/morning", "morning"),
    Place("Board", "/board", "board"),
    Place("Workload", "/workload", "workload"),
    Place("Cover", "/cover", "cover"),
    Place("Children", "/children", "children"),
    Place("Missing", "/missing", "missing"),
    Place("Record", "/record", "record"),
    Place("Authority", "/authority", "authority"),
    Place("Sittings", "/sittings", "sittings"),
    Place("Figures", "/figures/breaches", "figures"),
    Place("Anomalies", "/anomalies", "anomalies"),
    Place("Audit", "/audit/reads", "audit"),
    Place("Scopes", "/audit/scopes", "scopes"),
    Place("Exports", "/audit/exports", "exports"),
    Place("Restricted", "/restrictions", "restrictions"),
    Place("Mailbox", "/mailbox", "mailbox"),
)


OF_WHOLE_RECORDS: Final = frozenset({"/children", "/missing", "/record", "/anomalies"})
"""Places that show nothing to whoever may see single clocks alone."""


@dataclass(frozen=True)
class Opening:
    """Which addresses open to one reader; a template asks it before it names one."""

    parts: Parts
    needs: Mapping[str, Needs]
    asker: Asker
    now: datetime
    session: Session | None = None
    """The reader's session, where they have one."""

    def __call__(self, path: str) -> bool:
        """Whether the page of an address without a child in it opens to the reader."""
        need = self.needs[path]
        if path == "/mailbox" and self.parts.mail is None:
            return False
        if need not in self._answered:
            self._answered[need] = self._opens(need)
        return self._answered[need]

    @cached_property
    def _answered(self) -> dict[Needs, bool]:
        """What was asked of this reader already: most places need the same."""
        return {}

    def _opens(self, need: Needs) -> bool:
        record = Record(need.kind, self.parts.code)
        if need.kind in {"child", "clock"}:
            # Without a child in its address it is a page of the authority's own record.
            own = self.parts.log.stream(self.parts.code, "authority", self.parts.code)
            if not self.parts.log.version(own):
                return False
            record = Record(need.kind, self.parts.code, stream=own.hex, of="authority")
        return may(self.asker, need.action, record, purpose_of(self.asker, None), self.now).allowed

    def leads(self, page: str) -> bool:
        """Whether an address opens: who may see a single clock need not see the record it is of."""
        kind, _, ref = page.partition("?")[0].removeprefix("/").partition("/")
        if kind != "children" or not ref:
            return f"/{kind}" not in self.needs or self(f"/{kind}")
        return self._whole is None or UUID(ref.partition("/")[0]) in self._whole

    @cached_property
    def _allowed(self) -> Visible:
        """Which children's records the reader may see."""
        return visible(self.asker, Action.SEE, "child", purpose_of(self.asker, None), self.now)

    @property
    def in_part(self) -> bool:
        """Whether the reader sees only some of an authority's children by their post, as lists then say.

        It is asked of the post alone: what is restricted must not be seen to be left out.
        """
        here = {ANYWHERE, self.parts.code}
        return not any(
            one.condition is None and one.authority in here for one in self._allowed.grants
        )

    @cached_property
    def _whole(self) -> frozenset[UUID] | None:
        """Every child whose whole record opens; nothing where all that is ever listed does."""
        if not self.in_part:
            return None
        # A record of days that are over opens, too: as it was known by the last of them.
        allowed = reaching_back(self._allowed, FIRST)
        seen = children_seen(self.parts.views, self.parts.code, allowed, written(self.now))
        return frozenset(seen)

    def places(self) -> Iterator[Place]:
        """The items of the navigation for this reader, in their order."""
        for one in PLACES:
            if self(one.href) and self.has_use(one.href):
                yield one._replace(text=self.counted(one))

    def counted(self, place: Place) -> str:
        """The text of an item, with how much waits there for the reader to decide."""
        if place.href == "/restrictions":
            return f"{place.text} ({self._shut})"
        record = Record("export", self.parts.code)
        if place.href != "/audit/exports" or not (
            may(self.asker, Action.CONFIRM, record, None, self.now).allowed
        ):
            return place.text
        waits = waiting_for(self.parts, self.asker.person, self.now)
        return f"{place.text} ({waits})" if waits else place.text

    def has_use(self, path: str) -> bool:
        """Whether a place has anything for the reader: lists of whole records need a record that opens.

        Where no restricted record waits to be opened, nothing leads to where they are.
        """
        if path == "/restrictions":
            return self._shut > 0
        if path not in OF_WHOLE_RECORDS or self._allowed.grants:
            return True
        return path == "/record" and self("/record/here")

    @cached_property
    def _shut(self) -> int:
        """How many restricted records nobody named can open again, for whoever may do that."""
        return sum(1 for _ in shut(self.parts, self.asker))

    @property
    def invited(self) -> tuple[dict[str, str], ...]:
        """The sittings the reader is invited to and may still look at: the next first, then those held."""
        code, today = self.parts.code, london_date(self.now)
        known, seats = self.parts.authority(code).sittings, self.asker.seats(code, self.now)
        mine = sorted(
            (one.sits_on, panel)
            for panel, dates in known.items()
            for one in dates
            if self.asker.active and called(panel, one.sits_on) in seats
        )
        held = [one for one in mine if one[0] < today]
        return tuple(
            {
                "href": f"/sittings/{called(panel, on)}",
                "text": f"{panel.upper()} on {say_weekday(on)}",
            }
            for on, panel in (*(one for one in mine if one[0] >= today), *held)
        )

    @property
    def home(self) -> str:
        """Where the name of the service leads: the board, or one's own page where that does not open."""
        # Who has not said who they are is asked that first, and is then led to the board.
        return "/board" if self.asker.person is None or self("/board") else ME
