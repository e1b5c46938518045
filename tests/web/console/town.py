"""A made-up town on the morning of 11 January 2016, told to a real log as it happened."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from domain.answering import acknowledge
from domain.authority import Authority, authority
from domain.child_episode import outstanding, perform
from domain.escalation import Telling, digest_steps, next_step, perform_step, tellings
from domain.event import Event
from domain.facts.vocabulary import FACTS
from domain.raised import raised_tellings
from domain.timescales import Policy
from formats.people import Person
from projections.board_view import create_tables, rebuild
from projections.signs_of_life import sign
from projections.trust import DISPATCHER
from store.database import Part
from store.group_commit import GroupCommit
from store.keys import Keys
from store.log import Log, open_log
from store.sessions import SessionTable
from store.tokens import Tokens
from store.vault import Vault
from store.views import Views
from tests.histories import CODE, core_only, day, fact, moment, when, working_days
from tests.store.events import Place
from web.parts import Parts

NOW: Final = moment("Mon 11 Jan 2016 09:05")
URL: Final = "http://daymark.example"

PEOPLE: Final = {
    "P-1": ("Amara Okafor", "team_manager", "north"),
    "P-2": ("Bryn Howells", "team_manager", "south"),
    "P-3": ("Carys Doyle", "mash_team_manager", None),
    "P-4": ("Gareth Lunt", "service_manager", None),
    "P-5": ("Hannah Brook", "service_manager_safeguarding", None),
    "P-6": ("Martin Crewe", "cp_conference_chair", None),
    "P-7": ("Imran Siddiqui", "head_of_service", None),
    "P-8": ("Keith Marsden", "director_of_childrens_services", None),
    "P-9": ("Farah Aziz", "emergency_duty_team", None),
}

NIGHTLY: Final = ("return-interview-held", "return-interview-declined")


@dataclass
class Town:
    """A log in a folder, the hands of its clock, and everybody's children."""

    folder: Path
    now: datetime = field(default_factory=lambda: moment("Mon 2 Jan 2012 09:00"))
    children: list[UUID] = field(default_factory=list)
    server: str | None = None
    """A PostgreSQL database with every table, where the town does not lie in files."""
    policy: Callable[[], Policy] = core_only
    """The rules of the town."""
    _authorities: dict[str, tuple[int, Authority]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open every store of a new installation."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.place = Place(self.folder, self.server)
        self.keys: Keys = self.place.keys
        self.vault = Vault(self.url("vault"), self.keys.master)
        self.log: Log = open_log(
            self.url("log"), keys=self.keys, vault=self.vault, now=lambda: self.now
        )
        self.views = Views(self.url("views"))
        create_tables(self.views)
        self.tokens = Tokens(self.url("tokens"))
        self.sessions = SessionTable(self.url("tokens"))
        self.commits = GroupCommit(self.log)
        (self.folder / "mail").mkdir(exist_ok=True)

    def url(self, name: Part) -> str:
        """The address of one database."""
        return self.place.url(name)

    def close(self) -> None:
        """Let go of every database."""
        self.commits.close()
        for part in (self.log, self.views, self.tokens, self.sessions, self.vault):
            part.close()

    def authority(self, code: str = CODE) -> Authority:
        """The town's authority as its own stream tells; folded again only when that has grown."""
        stream = self.log.stream(code, "authority", code)
        version = self.log.version(stream)
        held, known = self._authorities.get(code, (None, None))
        if known is None or held != version:
            known = authority(code, self.policy(), working_days(), self.log.history(stream))
            self._authorities[code] = version, known
        return known

    def parts(self, now: Callable[[], datetime] | None = None, **changes: Any) -> Parts:
        """What the web is built from."""
        told: dict[str, Any] = {
            "log": self.log,
            "commits": self.commits,
            "tokens": self.tokens,
            "sessions": self.sessions,
            "views": self.views,
            "authority": self.authority,
            "code": CODE,
            "people": {
                ref: Person(ref, name, f"{ref.lower()}@daymark.example")
                for ref, (name, _, _) in PEOPLE.items()
            },
            "now": now or (lambda: self.now),
            "session_key": self.keys.session,
            "url": URL,
            "council": "Example Council",
            "training": True,
            "mail": self.folder / "mail",
        }
        return Parts(**(told | changes))

    def tell(
        self, subject: str, name: str, at: str, *, recorded: str | None = None, **fields: Any
    ) -> Event:
        """A fact of a child, recorded when it happened unless it says."""
        occurred_at, occurred_on = when(at)
        known = recorded or (at if occurred_at else f"{at} 17:00")
        if self.children:
            self.pass_to(moment(known))
        self.now = max(self.now, moment(known))
        source = "nightly" if name in NIGHTLY else "case-system"
        event = Event(
            authority=CODE,
            kind="child",
            subject=subject,
            source=fields.pop("by", source),
            id=f"{subject}-{name}-{at}-{known}".replace(" ", "-"),
            said=fact(name, **fields),
            occurred_at=occurred_at,
            occurred_on=occurred_on,
        )
        self.log.append([event])
        stream = self.log.stream(CODE, "child", subject)
        if stream not in self.children:
            self.children.append(stream)
        return event

    def tell_of_itself(self, name: str, at: str, **fields: Any) -> None:
        """A fact of the authority's own stream."""
        occurred_at, occurred_on = when(at)
        said = fact(name, **fields)
        self.log.append(
            [
                Event(
                    authority=CODE,
                    kind="authority",
                    subject=CODE,
                    source="town",
                    id=hashlib.sha256(f"{name} {said.model_dump_json()}".encode()).hexdigest(),
                    said=said,
                    occurred_at=occurred_at,
                    occurred_on=occurred_on,
                )
            ]
        )

    def pass_to(self, until: datetime) -> None:
        """Let time pass: warnings, breaches and messages happen at their instants."""
        while self.now < until:
            today = min(until, self.now + timedelta(days=1))
            for stream in self.children:
                while self.happens(stream, today):
                    pass
            self.now = max(self.now, today)

    def happens(self, stream: UUID, until: datetime) -> bool:
        """The next thing that the engine does about one child, if any is due by then."""
        episode, town = self.log.episode(stream), self.authority()
        assert episode is not None
        stages = [one for one in outstanding(episode, town) if one.at <= until]
        if stages:
            self.now = max(self.now, stages[0].at)
            self.log.save(episode, perform(episode, town, stages[0], self.now))
            return True
        steps = [
            step
            for telling in raised_tellings(episode, town)
            if (step := next_step(episode, town, telling, self.now)) is not None
        ] + list(digest_steps(episode, town, self.now))
        steps = sorted((one for one in steps if one.at <= until), key=lambda one: one.at)
        if steps:
            self.now = max(self.now, steps[0].at)
            self.log.save(episode, perform_step(episode, steps[0], self.now, delivered=True))
        return bool(steps)

    def promise(self, subject: str, until: str, owner: str, note: str) -> None:
        """Somebody acknowledges the first escalation of a child."""
        episode = self.log.episode(self.log.stream(CODE, "child", subject))
        assert episode is not None
        ladder = self.ladders(subject)[0]
        said = acknowledge(
            episode,
            self.authority(),
            ladder,
            by=owner,
            owner=owner,
            until=day(until),
            reason="quorum",
            note=note,
            token=f"form-{subject}",
            now=self.now,
        )
        self.log.save(episode, [said])

    def ladders(self, subject: str) -> list[str]:
        """The id of every escalation of a child."""
        episode = self.log.episode(self.log.stream(CODE, "child", subject))
        assert episode is not None
        found = raised_tellings(episode, self.authority())
        return [one.id for one in found.values() if one.kind == "breach"]

    def tellings(self, subject: str) -> tuple[Telling, ...]:
        """Every ladder and notice of a child."""
        episode = self.log.episode(self.log.stream(CODE, "child", subject))
        assert episode is not None
        return tellings(episode, self.authority(), self.now)

    def clock(self, subject: str, timescale: str) -> str:
        """The key of a child's clock of this timescale."""
        episode = self.log.episode(self.log.stream(CODE, "child", subject))
        assert episode is not None
        return next(
            one.key for one in episode.clocks(self.authority()) if one.timescale.id == timescale
        )

    @property
    def own_stream(self) -> UUID:
        """The authority's own stream."""
        return self.log.stream(CODE, "authority", CODE)

    def own_clock(self, reference: str) -> str:
        """The key of the referral clock of an allegation about no known child."""
        episode = self.log.episode(self.own_stream)
        assert episode is not None
        return next(
            one.key for one in episode.clocks(self.authority()) if one.reference == reference
        )

    def ref(self, subject: str) -> str:
        """The id of a child as addresses carry it."""
        return self.log.stream(CODE, "child", subject).hex

    def show(self) -> None:
        """Bring the board up to date."""
        rebuild(self.views, self.log, self.authority)
        sign(self.views, DISPATCHER, self.now)


def begin(town: Town) -> None:
    """The systems that speak, and the people."""
    town.tell_of_itself(
        "source-registered",
        "Mon 2 Jan 2012 09:00",
        source="case-system",
        delivers="continuous",
        states=sorted(set(FACTS) - set(NIGHTLY)),
        times="happened",
        from_on="2012-01-02",
    )
    town.tell_of_itself(
        "source-registered",
        "Mon 2 Jan 2012 09:00",
        source="nightly",
        delivers="batch",
        states=NIGHTLY,
        times="happened",
        from_on="2012-01-02",
        late_after_hours=36,
    )
    for ref, (_, role, team) in PEOPLE.items():
        town.tell_of_itself(
            "person-assigned",
            "Mon 2 Jan 2012",
            person_ref=ref,
            role=role,
            team_ref=team,
            from_on="2012-01-02",
        )


def live(folder: Path) -> Town:
    """Eight children, one in each state a page has to show."""
    town = Town(folder)
    begin(town)
    teams = {"CH-0001": "north", "CH-0002": "north", "CH-0003": "south"}
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("referral-received", "Thu 10 Dec 2015 10:00", {}),
        ("referral-decided", "Thu 10 Dec 2015 15:20", {}),
        ("case-allocated", "Thu 10 Dec 2015", {}),
        ("strategy-meeting-held", "Fri 11 Dec 2015 14:00", {"kind": "section-47"}),
        ("section-47-started", "Fri 11 Dec 2015", {}),
        (
            "section-47-concluded",
            "Wed 16 Dec 2015",
            {"outcome": "substantiated-conference", "conference_required": True},
        ),
    )
    for name, at, fields in steps:
        for subject, team in teams.items():
            more = {"team_ref": team} if name == "case-allocated" else {}
            town.tell(subject, name, at, **fields, **more)
    allegation = {"allegation_ref": "AL-0001", "employer_sector": "education"}
    town.tell_of_itself("allegation-made", "Tue 15 Dec 2015 10:00", **allegation)
    town.tell_of_itself("allegation-referred", "Tue 15 Dec 2015 16:00", **allegation)
    town.tell("CH-0008", "section-47-started", "Mon 2 Nov 2015", recorded="Mon 4 Jan 2016 09:00")
    town.tell("CH-0005", "missing-episode-started", "Wed 6 Jan 2016 20:00", type="M")
    town.tell("CH-0009", "missing-episode-started", "Wed 6 Jan 2016 21:30", type="M")
    town.pass_to(moment("Thu 7 Jan 2016 10:30"))
    night = "Thu 7 Jan 2016 02:10"
    town.tell_of_itself("feed-advanced", night, source="nightly", complete_to=moment(night))
    town.promise(
        "CH-0003",
        "Thu 14 Jan 2016",
        "P-5",
        "The school could not send anybody before the 13th.\nRoom is booked.",
    )
    town.tell("CH-0009", "missing-episode-ended", "Thu 7 Jan 2016 20:00")
    town.tell("CH-0009", "return-interview-offered", "Thu 7 Jan 2016 21:00")
    town.tell(
        "CH-0002",
        "conference-held",
        "Tue 5 Jan 2016",
        recorded="Fri 8 Jan 2016 11:40",
        kind="initial",
        enquiry_ref="enquiry-1",
    )
    away = {"type": "M", "missing_episode_ref": "ME-7"}
    wrong = town.tell("CH-0007", "missing-episode-started", "Fri 8 Jan 2016 18:00", **away)
    town.tell(
        "CH-0007",
        "fact-corrected",
        "Fri 8 Jan 2016 19:10",
        corrected_event={"source": wrong.source, "id": wrong.id},
        reason="wrong-date",
        occurred_at=moment("Fri 8 Jan 2016 15:30"),
        fields={"missing_from": "placement"},
    )
    town.tell("CH-0004", "missing-episode-started", "Sat 9 Jan 2016 14:00", type="M")
    never = town.tell("CH-0007", "visit-made", "Sat 9 Jan 2016")
    town.tell(
        "CH-0007",
        "fact-withdrawn",
        "Sun 10 Jan 2016 10:00",
        corrected_event={"source": never.source, "id": never.id},
        reason="never-happened",
    )
    town.tell(
        "CH-0007",
        "missing-episode-ended",
        "Sun 10 Jan 2016 11:00",
        missing_episode_ref="another-episode",
    )
    night = "Sun 10 Jan 2016 02:10"
    town.tell_of_itself("feed-advanced", night, source="nightly", complete_to=moment(night))
    town.tell("CH-0006", "referral-received", "Mon 11 Jan 2016 08:30")
    town.pass_to(NOW)
    town.show()
    write_to(town, "0001", town.ladders("CH-0001")[0])
    return town


def write_to(town: Town, name: str, ladder: str) -> None:
    """A message the letterbox caught."""
    message = EmailMessage()
    message["From"] = "Daymark <daymark@daymark.example>"
    message["To"] = "p-5@daymark.example"
    message["Subject"] = "Late: initial child protection conference"
    message["Date"] = format_datetime(moment("Thu 7 Jan 2016 08:00"))
    link = f"{URL}/escalations/{ladder}"
    message.set_content(f"A conference is late by 1 working day.\n\nAnswer for it:\n{link}\n")
    message.add_alternative(
        f'<p>A conference is late.</p><script>alert("no")</script><a href="{link}">Answer</a>',
        subtype="html",
    )
    (town.folder / "mail" / f"{name}.eml").write_bytes(bytes(message))
