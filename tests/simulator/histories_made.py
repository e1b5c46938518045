"""Children's histories drawn from a seed: plausible, then told late, wrong, twice and out of order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.simulator.days import london_day, midnight, months_on
from tests.simulator.held import may_be_held
from tests.simulator.law import RULES, Rule, value

Saying = Mapping[str, Any]

FOLDER: Final = Path(__file__).parent
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
UNTOLD: Final = 10
"""So many days before a sitting no cut-off is published with it."""
SECOND: Final = timedelta(seconds=1)
KNOWN_TO_THE_DAY: Final = 0.25
"""How often a fact that should carry a time is told by its day alone."""


@dataclass(frozen=True, slots=True)
class Word:
    """How a source tells one fact: its references and what it says besides."""

    references: tuple[tuple[str, bool], ...]
    said: tuple[tuple[str, bool, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a thread: how likely, how long after the last, what."""

    chance: int
    after: timedelta
    fact: str
    said: tuple[tuple[str, tuple[str, ...]], ...]
    number: int


def lines(name: str) -> Iterator[list[str]]:
    """The words of each line of a table that is not empty and not a remark."""
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split()


def read_word(words: list[str]) -> Word:
    """One line of the vocabulary."""
    references, said = [], []
    for text in words:
        name, sign, values = text.partition("=")
        if sign:
            said.append((name.rstrip("?"), name.endswith("?"), tuple(values.split(","))))
        else:
            references.append((name.rstrip("?"), name.endswith("?")))
    return Word(tuple(references), tuple(said))


def read_threads() -> dict[str, list[Step]]:
    """How things tend to go, and from or until which day the law asks it."""
    found: dict[str, list[Step]] = {}
    current: list[Step] = []
    for words in lines("threads.txt"):
        if words[0] == "thread":
            current = found.setdefault(words[1], [])
            if len(words) > 2:
                ERAS[words[1]] = words[2], date.fromisoformat(words[3])
            continue
        chance, length, fact, *rest = words
        number = next((int(text[1:]) for text in rest if text.startswith("/")), 0)
        said = tuple(
            (text.partition("=")[0], tuple(text.partition("=")[2].split(",")))
            for text in rest
            if "=" in text
        )
        after = int(length[:-1]) * (HOUR if length[-1] == "h" else DAY)
        current.append(Step(int(chance), after, fact, said, number))
    return found


ERAS: Final[dict[str, tuple[str, date]]] = {}
VOCABULARY: Final = {words[0]: read_word(words[1:]) for words in lines("vocabulary.txt")}
THREADS: Final = read_threads()
OF_A_CHILD: Final = sorted(set(THREADS) - {"reports", "the-end"})
OURS: Final = 40
DRIVEN: Final = 4
"""Through every so many stories the engine is driven, and in these its sources change their word."""
"""Every so many stories one is of the authority's own stream."""
STARTED: Final[dict[str, list[Rule]]] = {}
for _rule in RULES.values():
    for _start in _rule.starts:
        STARTED.setdefault(_start.fact, []).append(_rule)
LENGTHS: Final = {
    "hours": timedelta(hours=1),
    "working-days": timedelta(days=1.4),
    "school-days": timedelta(days=1.4),
    "calendar-days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
    "months": timedelta(days=30),
}
LAST_DAY: Final = date(2028, 12, 26)
"""The last day of the published calendar."""

AWKWARD: Final = tuple(
    date.fromisoformat(day)
    for day in (
        "2012-12-20", "2013-03-25", "2013-04-12", "2013-04-15", "2014-01-26", "2014-10-18",
        "2015-03-28", "2015-04-01", "2015-10-23", "2015-12-23", "2016-02-26", "2016-02-29",
        "2016-03-24", "2016-08-29", "2017-05-17", "2018-03-28", "2018-06-28", "2019-01-31",
        "2020-02-28", "2020-05-07", "2021-10-30", "2021-12-24", "2022-06-01", "2022-09-08",
        "2022-12-30", "2023-04-28", "2024-02-28", "2024-03-29", "2024-08-18", "2025-11-30",
    )
)  # fmt: skip
"""Days near clock changes, leap days, month ends, bank holidays and changes of the law."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is told of one child, and what the authority's own stream says."""

    seed: int
    told: tuple[Saying, ...]
    of_authority: tuple[Saying, ...]
    optional: bool
    threads: tuple[str, ...]
    about: str = "child"
    """Whose stream the facts stand in: a child's, or the authority's own."""

    def without(self, one: Saying) -> "Story":
        """The same story with one saying left out."""
        return replace(
            self,
            told=tuple(other for other in self.told if other is not one),
            of_authority=tuple(other for other in self.of_authority if other is not one),
        )


@dataclass
class Teller:
    """Draws one story."""

    drawn: Random
    told: list[dict[str, Any]] = field(default_factory=list)
    of_authority: list[Saying] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    count: int = 0
    truthful: bool = False
    """Whether all that is told ends in the truth, to the second, by a source that can say everything."""

    def story(self, seed: int) -> Story:
        """One or two threads of a child's life, its birth, its authority, and the mistakes made."""
        drawn = self.drawn
        names = drawn.sample(OF_A_CHILD, drawn.choice((1, 1, 1, 2)))
        ours = seed % OURS == 0
        if ours:
            names = drawn.choice((["allegation"], ["reports"], ["allegation", "reports"]))
        begins = self.beginning(names[0])
        self.register(begins)
        if drawn.random() < 0.15 and not ours:
            names.append("the-end")
        for number, name in enumerate(dict.fromkeys(names), 1):
            self.go(THREADS[name], begins + drawn.randint(0, 3) * DAY, number * 10)
        if drawn.random() < 0.6 and not ours:
            self.be_born(begins)
        if drawn.random() < 0.5:
            self.decide()
        self.advance()
        if drawn.random() < 0.6:
            self.publish(begins)
        if drawn.random() < 0.25:
            self.adopt(begins)
        if drawn.random() < 0.12 and not ours:
            self.split(begins)
        if seed % DRIVEN == 0:
            self.drawn, kept = Random(f"sources of {seed}"), drawn  # noqa: S311
            self.say_less(begins)
            self.mistype()
            self.drawn = kept
        drawn.shuffle(self.told)
        return Story(
            seed,
            tuple(self.told),
            tuple(self.of_authority),
            drawn.random() < 0.5,
            tuple(names),
            "authority" if ours else "child",
        )

    def beginning(self, thread: str) -> datetime:
        """An instant at which a story may begin."""
        drawn = self.drawn
        side, day = ERAS.get(thread, ("", date.min))
        if side and drawn.random() < 0.9:
            away = drawn.randint(0, 250 if side == "before" else 900) * DAY
            day = day - away if side == "before" else day + away
        elif drawn.random() < 0.6:
            day = drawn.choice(AWKWARD) + drawn.randint(-3, 3) * DAY
        else:
            day = date(2012, 6, 1) + drawn.randint(0, 4700) * DAY
        moment = drawn.choice((0, 1, 30 * 60, 9 * 3600, 17 * 3600, 23 * 3600 + 1800, 86399))
        return midnight(day) + moment * SECOND + drawn.choice((0, drawn.randint(0, 3600))) * SECOND

    def go(self, steps: list[Step], at: datetime, number: int) -> None:
        """One thread, step by step, some left out."""
        drawn = self.drawn
        for step in steps:
            at += self.gap(step.after)
            if drawn.random() * 10 < step.chance and len(self.told) < 24:
                self.happen(step, at, number + step.number)

    def gap(self, length: timedelta) -> timedelta:
        """About so long; often exactly, often a second or a day beside it."""
        drawn = self.drawn
        if not length:
            return drawn.choice((timedelta(), timedelta(), drawn.randint(0, 5) * HOUR))
        return max(
            timedelta(),
            drawn.choice(
                (
                    length, length, length - SECOND, length + SECOND, length - DAY, length + DAY,
                    length * drawn.random(), length * 2 * drawn.random(), length * 3 * drawn.random(),
                    timedelta(),
                )
            ),
        )  # fmt: skip

    def happen(self, step: Step, at: datetime, number: int) -> None:
        """One fact as it truly was, and how its source told it."""
        drawn = self.drawn
        fields = self.fields(step, at, number)
        word_time: dict[str, Any] = {"at": at.replace(microsecond=0)}
        if not self.truthful and drawn.random() < KNOWN_TO_THE_DAY:
            word_time = {"on": london_day(at)}
        self.tell(step.fact, fields, word_time, at)

    def fields(self, step: Step, at: datetime, number: int) -> dict[str, Any]:
        """What a fact says."""
        drawn, word = self.drawn, VOCABULARY[step.fact]
        found: dict[str, Any] = {}
        for name, optional in word.references:
            if optional and drawn.random() < 0.15:
                continue
            mine = number if drawn.random() < 0.97 else number + 1
            if name.endswith("_refs"):
                found[name] = references(name, mine, drawn)
            else:
                found[name] = f"{name.removesuffix('_ref')}-{mine}"
        if "series_ref" in found:
            found["series_ref"] = f"series-{number // 10}"
        given = dict(step.said)
        for name, optional, values in word.said:
            if name in given or not (optional and drawn.random() < 0.3):
                found[name] = value(name, drawn.choice(given.pop(name, values)))
        found |= {name: value(name, drawn.choice(values)) for name, values in given.items()}
        return found | self.special(step.fact, at, number, found)

    def special(
        self, fact: str, at: datetime, number: int, found: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What only some facts say: dates and instants of other things."""
        drawn, day = self.drawn, london_day(at)
        sometimes = drawn.random() < 0.5
        match fact:
            case "assessment-started" if sometimes:
                return {"review_point_on": day + drawn.randint(5, 25) * DAY}
            case "conference-scheduled":
                away = drawn.choice((1, 2, 3, 10)) * DAY + drawn.randint(-3, 3) * HOUR
                return {"scheduled_for": at + away}
            case "order-made" if sometimes:
                asked = {"expires_at": at + drawn.randint(1, 8) * DAY}
                return asked | {"begins_on": day + drawn.choice((0, 0, 1)) * DAY}
            case "order-extended":
                return {"expires_at": at + drawn.randint(1, 7) * DAY}
            case "panel-action-agreed":
                return {"due_on": day + drawn.randint(0, 60) * DAY}
            case "temporary-approval-given" if sometimes:
                return {"expires_on": day + drawn.randint(60, 120) * DAY}
            case "missing-episode-reopened":
                return {"reverses_event": f"ended-{number}"}
            case "missing-episodes-merged":
                return {"dropped_missing_episode_refs": [f"missing_episode-{number + 1}"]}
            case "cicola-placement-notified":
                return {"placed_on": day}
            case "duty-exception-recorded":
                return {"duty_ref": self.duty(str(found["timescale"]), number)}
            case "return-interview-shared":
                return {"shared_with": ["police"]}
            case "handover-documents-sent":
                return {"sent_to": ["police"]}
            case "report-published":
                ended = date(day.year, (day.month - 1) // 3 * 3 + 1, 1) - DAY
                return {"period_ends_on": ended if drawn.random() < 0.9 else day}
            case "child-born":
                return {"date_of_birth": day}
            case _:
                return {}

    def duty(self, timescale: str, number: int) -> str:
        """The reference of the thread whose duty does not bind."""
        kinds = {"icpc": "transfer", "marac": "marac", "sin-n": "incident_notification"}
        return f"{kinds.get(timescale[:5].rstrip('-'), 'placement')}-{number}"

    def be_born(self, begins: datetime) -> None:
        """The date of birth: often one whose birthdays fall among the facts."""
        drawn = self.drawn
        if any(one["name"] == "child-born" for one in self.told):
            return
        years = drawn.choice((0, 4, 5, 5, 9, 14, 15, 16, 16, 17, 18, 18))
        born = months_on(london_day(begins) + drawn.randint(-60, 400) * DAY, -12 * years)
        if drawn.random() < 0.2:
            leap = born.year - born.year % 4
            born = date(leap, 2, 29)
        fields: dict[str, Any] = {"date_of_birth": born}
        if drawn.random() < 0.2:
            fields["disabled"] = drawn.random() < 0.5
        on = london_day(begins)
        self.tell("child-details-recorded", fields, {"on": on}, begins)

    def next_id(self) -> str:
        """A new id for a saying."""
        self.count += 1
        return f"s{self.count}"

    def tell(self, name: str, fields: dict[str, Any], when: dict[str, Any], at: datetime) -> None:
        """Tell a fact: late or early, sometimes wrong first, sometimes never so, sometimes twice."""
        drawn = self.drawn
        recorded = at + drawn.choice(
            (timedelta(), 60 * SECOND, HOUR, HOUR, 5 * HOUR, DAY, 3 * DAY, 20 * DAY, 120 * DAY)
        )
        if drawn.random() < 0.04:
            recorded = at - drawn.choice((HOUR, DAY, 10 * DAY))
        first = {
            "source": drawn.choice(self.sources),
            "id": self.next_id(),
            "name": name,
            "fields": fields,
            **when,
            "recorded_at": recorded.replace(microsecond=0),
        }
        if drawn.random() < 0.2:
            first["source_recorded_at"] = max(at, recorded - drawn.choice((HOUR, DAY)))
        luck = drawn.random()
        if luck < 0.12:
            self.correct(first)
        elif luck < 0.18 and not self.truthful:
            self.withdraw(first, recorded)
        self.told.append(first)

    def correct(self, first: dict[str, Any]) -> None:
        """The truth comes by corrections, which themselves come in any order."""
        drawn = self.drawn
        truth: dict[str, Any] = {name: first.pop(name) for name in ("at", "on") if name in first}
        wrong = moved(truth, drawn.choice((HOUR, DAY, -DAY, 3 * DAY, -20 * DAY)))
        first.update(wrong)
        order = drawn.choice(("sequence", "said at", "neither")[: 2 if self.truthful else 3])
        versions: list[dict[str, Any]] = [moved(truth, drawn.choice((DAY, -2 * DAY)))] * (
            drawn.random() < 0.4
        )
        for number, version in enumerate([*versions, truth], 1):
            recorded = first["recorded_at"] + drawn.randint(1, 500) * HOUR
            changes: dict[str, Any] = {
                "corrected_event": {"source": first["source"], "id": first["id"]},
                "reason": "wrong-date",
                **{f"occurred_{name}": said for name, said in version.items()},
            }
            if drawn.random() < 0.3 and not self.truthful:
                changes |= self.other_words(first)
            saying = {
                "source": first["source"],
                "id": self.next_id(),
                "name": "fact-corrected",
                "fields": changes,
                "at": recorded,
                "recorded_at": recorded,
            }
            if order == "sequence":
                saying["sequence"] = number
            elif order == "said at":
                saying["source_recorded_at"] = first["recorded_at"] + number * HOUR
            self.told.append(saying)

    def other_words(self, first: Mapping[str, Any]) -> dict[str, Any]:
        """A correction of what was said, not of when: in the fact's own words."""
        word = VOCABULARY.get(first["name"])
        if word is None or not word.said:
            return {}
        name, _, values = self.drawn.choice(word.said)
        if name in {"timescale", "recorded_by_role", "reason"}:
            return {}
        return {"fields": {name: value(name, self.drawn.choice(values))}}

    def withdraw(self, first: Mapping[str, Any], recorded: datetime) -> None:
        """It never happened; sometimes the withdrawal comes before what it withdraws."""
        later = recorded + self.drawn.choice((HOUR, DAY, 10 * DAY, 100 * DAY, -HOUR))
        self.told.append(
            {
                "source": first["source"],
                "id": self.next_id(),
                "name": "fact-withdrawn",
                "fields": {
                    "corrected_event": {"source": first["source"], "id": first["id"]},
                    "reason": "never-happened",
                },
                "at": later.replace(microsecond=0),
                "recorded_at": later.replace(microsecond=0),
            }
        )

    def register(self, begins: datetime) -> None:
        """Who tells: mostly a system at once, sometimes a nightly file, or one that cannot say all."""
        drawn = self.drawn
        kind = drawn.choice(
            ("at once", "at once", "at once", "nightly", "nightly", "both", "partly")
        )
        day = london_day(begins)
        everything = tuple(VOCABULARY)
        some = tuple(name for name in everything if drawn.random() < 0.5)
        spans: list[tuple[str, str, tuple[str, ...]]] = {
            "at once": [("cases", "continuous", everything)],
            "nightly": [("returns", "batch", everything)],
            "both": [("cases", "continuous", some), ("returns", "batch", everything)],
            "partly": [("cases", "continuous", some)],
        }[kind]
        for name, delivers, states in spans:
            fields: dict[str, Any] = {
                "source": name,
                "delivers": delivers,
                "states": states,
                "times": "happened",
                "from_on": date(2012, 1, 2),
            }
            if drawn.random() < 0.1:
                fields["from_on"] = day + drawn.randint(-5, 30) * DAY
            if drawn.random() < 0.1:
                fields["to_on"] = day + drawn.randint(0, 200) * DAY
            if drawn.random() < 0.5:
                fields["late_after_hours"] = drawn.choice((12, 48, 24 * 30, 24 * 400))
            # Known before anything else, so that a story is never told by a stranger.
            self.say("source-registered", fields, min(midnight(fields["from_on"]), begins - DAY))
            self.sources.append(name)

    def register_one(self, begins: datetime) -> None:
        """One source that can say everything, at once."""
        fields = {
            "source": "cases",
            "delivers": "continuous",
            "states": tuple(VOCABULARY),
            "times": "happened",
            "from_on": date(2012, 1, 2),
        }
        self.say("source-registered", fields, begins - 100 * DAY)
        self.sources.append("cases")

    def decide(self) -> None:
        """Somebody holds a clock and lets it run on: mostly one that runs, mostly by one who may."""
        drawn = self.drawn
        begun = [
            (one, rule)
            for one in self.told
            for rule in STARTED.get(one["name"], ())
            if may_be_held(rule) or drawn.random() < 0.1
        ]
        if not begun:
            return
        one, rule = drawn.choice(begun)
        at = one.get("at") or midnight(one["on"]) + 9 * HOUR
        length = rule.amount * LENGTHS[rule.unit]
        reference = one["fields"].get(rule.by) or first_of(one["fields"].get(f"{rule.by}s"))
        for _ in range(drawn.choice((1, 1, 1, 2))):
            at += length * drawn.random() * drawn.choice((0.5, 1, 1.2))
            self.decision("clock-suspended", rule.id, reference, at)
            if drawn.random() < 0.75:
                at += drawn.choice((HOUR, DAY, 3 * DAY, length, length * drawn.random()))
                self.decision("clock-resumed", rule.id, reference, at)

    def decision(self, name: str, rule: str, reference: str | None, at: datetime) -> None:
        """One decision about a clock; sometimes only its day is known."""
        drawn = self.drawn
        fields: dict[str, Any] = {"timescale": rule}
        if reference is not None:
            fields["duty_ref"] = reference
        fields |= {name: drawn.choice(values) for name, _, values in VOCABULARY[name].said}
        at = at.replace(microsecond=0)
        self.tell(name, fields, {"at": at} if drawn.random() < 0.75 else {"on": london_day(at)}, at)

    def adopt(self, begins: datetime) -> None:
        """Packs and calendars are adopted, some under running clocks, some two for one day."""
        drawn = self.drawn
        days = [london_day(begins) + drawn.randint(-30, 90) * DAY for _ in range(2)]
        for _ in range(drawn.choice((1, 1, 2, 3))):
            which, at = drawn.choice(("second", "second", "first")), begins
            at += drawn.randint(-60, 120) * DAY + drawn.randint(0, 20) * HOUR
            if drawn.random() < 0.6:
                fields = {"pack": which, "version": "1", "from_on": drawn.choice(days)}
                self.say("policy-adopted", fields, at)
            else:
                self.say("calendar-adopted", {"calendar": which, "expires_on": LAST_DAY}, at)

    def split(self, begins: datetime) -> None:
        """The same child is known under two or three references, joined one day, perhaps parted again."""
        drawn = self.drawn
        names = ("CH-1", "CH-2", "CH-3")[: drawn.choice((2, 2, 3))]
        under: dict[str, str] = {}
        for one in self.told:
            about = one["fields"].get("corrected_event", {}).get("id") or one["id"]
            one["of"] = under.setdefault(about, drawn.choice(names))
        pairs = [(names[0], names[1]), *((one, drawn.choice(names[:2])) for one in names[2:])]
        for mine, other in pairs:
            here, there = drawn.sample((mine, other), 2)
            before, at = len(self.told), begins + drawn.randint(-20, 200) * DAY
            self.tell("child-references-joined", {"other_child": there}, {"at": at}, at)
            if drawn.random() < 0.3:
                at += drawn.randint(-5, 60) * DAY
                self.tell("child-references-parted", {"other_child": there}, {"at": at}, at)
            for one in self.told[before:]:
                one["of"] = here

    def advance(self) -> None:
        """A nightly source says how far it has spoken, several times over a story."""
        drawn = self.drawn
        ends = sorted(one["recorded_at"] for one in self.told)
        if "returns" not in self.sources or not ends:
            return
        for _ in range(drawn.randint(0, 5)):
            at = ends[0] + (ends[-1] - ends[0] + 30 * DAY) * drawn.random()
            at = drawn.choice((at, drawn.choice(ends) + DAY)).replace(microsecond=0)
            complete = at - drawn.choice((HOUR, 6 * HOUR, 30 * HOUR))
            self.say("feed-advanced", {"source": "returns", "complete_to": complete}, at)

    def say_less(self, begins: datetime) -> None:
        """A source registers again and can state less, or takes its registration back; some speak again."""
        drawn = self.drawn
        registered = [one for one in self.of_authority if one["name"] == "source-registered"]
        if drawn.random() < 0.5:
            return
        for one in registered:
            at = begins + drawn.randint(-5, 300) * DAY + drawn.randint(0, 20) * HOUR
            if drawn.random() < 0.2:
                about = {"source": one["source"], "id": one["id"]}
                fields = {"corrected_event": about, "reason": "never-happened"}
                self.say("fact-withdrawn", fields, at)
                continue
            fewer = tuple(name for name in one["fields"]["states"] if drawn.random() < 0.4)
            self.say("source-registered", one["fields"] | {"states": fewer}, at)
            if drawn.random() < 0.5:
                at += drawn.randint(1, 200) * DAY
                self.say("source-registered", one["fields"], at)

    def mistype(self) -> None:
        """A nightly source once says that it has told of years to come."""
        drawn = self.drawn
        ends = sorted(one["recorded_at"] for one in self.told)
        if "returns" in self.sources and ends and drawn.random() < 0.3:
            at = drawn.choice(ends) + drawn.randint(0, 40) * DAY
            ahead = at + drawn.choice((HOUR, DAY, 36 * 365 * DAY))
            self.say("feed-advanced", {"source": "returns", "complete_to": ahead}, at)

    def publish(self, begins: datetime) -> None:
        """The sittings of the panels; sometimes changed when children are already waiting."""
        drawn = self.drawn
        for panel, apart in (("macse", 28), ("marac", 14)):
            day = london_day(begins) - drawn.randint(0, 20) * DAY
            sittings = []
            for _ in range(drawn.randint(1, 4)):
                day += apart * DAY
                before = drawn.randint(3, 10)
                own = {"cutoff_on": day - before * DAY} if before < UNTOLD else {}
                sittings.append({"sits_on": day} | own)
            fields = {"panel": panel, "sittings": sittings}
            self.say("panel-sittings-published", fields, begins - drawn.randint(0, 60) * DAY)
            if drawn.random() < 0.4:
                put_off = [
                    {name: day + drawn.choice((-2, 2, 7)) * DAY for name, day in one.items()}
                    for one in sittings[drawn.randint(0, len(sittings) - 1) :]
                ]
                when = begins + drawn.randint(1, 30) * DAY
                self.say("panel-sittings-published", {"panel": panel, "sittings": put_off}, when)
            if drawn.random() < 0.3:
                self.put_off(panel, drawn.choice(sittings)["sits_on"], begins)

    def put_off(self, panel: str, day: date, begins: datetime) -> None:
        """One sitting moved to another day, with a new cut-off or the old one, or not held at all."""
        drawn = self.drawn
        fields: dict[str, Any] = {"panel": panel, "sits_on": day, "reason": "other"}
        if drawn.random() < 0.8:
            fields["moved_to"] = day + drawn.choice((-1, 1, 7, 14)) * DAY
            if drawn.random() < 0.5:
                fields["cutoff_on"] = fields["moved_to"] - drawn.randint(0, 9) * DAY
        self.say("panel-sitting-postponed", fields, begins + drawn.randint(1, 40) * DAY)

    def say(self, name: str, fields: dict[str, Any], at: datetime) -> None:
        """A fact of the authority's own stream."""
        at = at.replace(microsecond=0)
        self.of_authority.append(
            {
                "source": "office",
                "id": self.next_id(),
                "name": name,
                "fields": fields,
                "at": at,
                "recorded_at": at,
            }
        )


def first_of(several: list[str] | None) -> str | None:
    """The first of a list of references, if there is one."""
    return several[0] if several else None


def references(name: str, number: int, drawn: Random) -> list[str]:
    """A list of references: mostly one, sometimes its neighbours too."""
    stem = name.removesuffix("_refs")
    several = drawn.choice((0, 0, 0, 1))
    return [f"{stem}-{number - several + more}" for more in range(several + 1)]


def moved(when: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    """The same time moved; a day moves by whole days."""
    if "at" in when:
        return {"at": when["at"] + by}
    return {"on": when["on"] + timedelta(days=by.days)}


def make(seed: int) -> Story:
    """The story of a seed: always the same."""
    return Teller(Random(seed)).story(seed)  # noqa: S311 (nothing is secret here)


def known_at(told: tuple[Saying, ...], instant: datetime) -> tuple[Saying, ...]:
    """What had been recorded by an instant."""
    return tuple(one for one in told if one["recorded_at"] <= instant)


EPOCH: Final = datetime(2012, 1, 2, tzinfo=UTC)
