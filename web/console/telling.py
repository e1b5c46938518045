"""What a person states through a form, recorded as a fact: with the same receipts as any source's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from fastapi import Request

from domain.access_rules import Action
from domain.event import CONSOLE, Event, Identity, Kind
from domain.facts.fact import Fact
from domain.permission import Record, may
from web.console.gate import Access
from web.console.look_back import Typed
from web.console.pages import Pages

RECORDED = "recorded"
KNOWN = "known"
OTHERWISE = "otherwise"


@dataclass(frozen=True)
class Teller:
    """Who speaks through a form, and the id under which what they say is recorded once."""

    by: str
    token: str
    now: datetime
    code: str

    def event(
        self,
        subject: str,
        said: Fact,
        *,
        on: date | None = None,
        kind: Kind = "child",
        number: int = 1,
    ) -> Event:
        """The fact as the log takes it: happened on a day, or just now where no day is said."""
        return Event(
            authority=self.code,
            kind=kind,
            subject=subject,
            source=CONSOLE,
            id=self.token if number == 1 else f"{self.token}-{number}",
            said=said,
            occurred_at=self.now if on is None else None,
            occurred_on=on,
            source_recorded_at=self.now,
            by=self.by,
        )


@dataclass
class Filled:
    """What was typed into a form, kept where something is wrong with it."""

    form: str = ""
    """Which form of the page it is."""
    typed: Mapping[str, str] = field(default_factory=dict)
    days: dict[str, Typed] = field(default_factory=dict)
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What was ticked in boxes of which several can be."""
    faults: dict[str, str] = field(default_factory=dict)
    """What is wrong, by the id of the field to mend it in."""

    def of(self, form: str) -> "Filled":
        """What was typed, where it was into this form; nothing for every other form."""
        return self if self.form == form else Filled(form)

    def value(self, name: str) -> str:
        """What was typed in one field."""
        return self.typed.get(name, "")

    def day(self, name: str) -> Typed:
        """What was typed in the three boxes of a day."""
        return self.days.get(name, ("", "", ""))

    def fault(self, name: str) -> dict[str, str] | None:
        """What is wrong with one field, as the kit takes it; nothing where nothing is."""
        return {"text": self.faults[name]} if name in self.faults else None

    @property
    def summary(self) -> list[dict[str, str]]:
        """Every fault, each leading to its field."""
        return [{"text": said, "href": f"#{name}"} for name, said in self.faults.items()]


def begin(pages: Pages, request: Request, form: Mapping[str, str], purpose: str) -> Teller:
    """Who speaks and under which id; HTTPException 403 for a form that is not of this session."""
    now = pages.parts.now()
    access: Access = request.state.access
    # Every form of a page carries one token: what one records must not pass for another's.
    token = f"{pages.sessions.accept(access.session, form.get('token', ''))}-{purpose}"
    assert access.asker.person is not None, (
        "the gate lets nobody record who has not said who they are"
    )
    return Teller(access.asker.person, token, now, pages.parts.code)


def told_before(pages: Pages, teller: Teller) -> bool:
    """Whether this very form was recorded already: a second press is no second fact."""
    return pages.parts.log.find(Identity(teller.code, CONSOLE, teller.token)) is not None


def may_record(pages: Pages, request: Request) -> bool:
    """Whether whoever looks may state facts through the forms of a page."""
    access: Access = request.state.access
    record = Record("list", pages.parts.code)
    now = pages.parts.now()
    return may(access.asker, Action.RECORD, record, access.purpose, now).allowed


def tell(pages: Pages, *events: Event) -> str:
    """Record what was said, and say what became of it: a form sent twice is recorded once."""
    receipts = pages.parts.log.append(events)
    if any(one.differs for one in receipts):
        return OTHERWISE
    return RECORDED if any(one.result == "recorded" for one in receipts) else KNOWN
