"""A page, the command and a letter explain a clock in the same words, whatever kind of rule it has."""

import html
import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from activities.mail import Letters
from activities.notices import notice
from assembly import Daymark, assemble
from domain.clocks import Clock
from domain.event import Event, Recorded
from domain.telling_steps import Step
from domain.words import say_title
from formats.people import Person
from settings import read_settings
from store.group_commit import GroupCommit
from tests.domain.packs import form
from tests.histories import england, of_authority, source
from tests.processes.conftest import Command, show
from tests.spec.book import SECTIONS
from tests.spec.judging import told_by
from tests.web.client import TestClient
from web.app import build
from web.parts import Parts

KINDS: Final = {
    "deadline in working days": "assessment-45wd",
    "deadline in hours": "police-protection-72h",
    "deadline in days, the first is day one": "epo-8d",
    "deadline in months": "lac-review-second-3m",
    "deadline in weeks": "lac-visit-first-1w",
    "deadline in school days": "cme-10-school-days",
    "before the next school day": "operation-encompass-before-school",
    "recurring": "cp-visit",
    "before a meeting": "icpc-report-48h-before",
    "earliest of": "lac-initial-health-assessment",
    "next sitting": "cse-macse-next-panel",
    "n-th in a window": "missing-strategy-third-episode",
    "rolling quota": "lac-short-break-limits",
    "same day": "cse-police-same-day",
    "cohort": "lado-conclude-1m",
    "age-switched": "lac-rha-6m-under5",
    "another amount from a day on": "missing-longterm-review",
    "inferred": "missing-strategy-72h",
    "text not read": "pf-first-visit-7wd",
}
"""Each kind of rule and of counting, with a rule of that kind."""
SAYS: Final = {
    "before a meeting": "at least 48 hours before what was booked by",
    "before the next school day": "It runs out when the next school day begins.",
    "deadline in school days": "The first school day is day 1;",
    "earliest of": "Where the first looked-after review held comes sooner, it is due then.",
    "next sitting": "by the next sitting, within 1 month of",
    "n-th in a window": "Every third one within 90 calendar days starts it.",
    "rolling quota": "No more than 75 days in any 12 months.",
    "same day": "on the same day as exploitation referral received",
    "cohort": "Meant for 80% within 1 month, 90% within 3 months and 100% within 12 months.",
    "age-switched": "on or after the fifth birthday, 12 months are allowed instead.",
    "another amount from a day on": "28 calendar days after the day on which the child went missing on",
    "inferred": "(to be confirmed)",
    "text not read": "(to be confirmed)",
}
"""What only a rule of that kind says of itself."""
LETTERS: Final = Letters(url="http://daymark.example", sender="Daymark <daymark@council.example>")
SAM: Final = Person(ref="sam", name="Sam Sample", email="sam@council.example")


@pytest.fixture
def every_kind(home: Path) -> Iterator[Daymark]:
    """An installation whose own pack switches every rule on, with a child for each kind of rule."""
    own = home / "policy" / read_settings().authority
    own.mkdir(parents=True)
    on = "".join(f"{rule.id} = true\n" for rule in england().timescales if rule.tier == "optional")
    (own / "settled.toml").write_text(form(f"[switched]\n{on}", first="2012-01-02"))
    with closing(assemble(read_settings())) as daymark:
        code = daymark.settings.authority
        daymark.log.append([of(source(), code, code, "source")])
        for number, rule in enumerate(KINDS.values()):
            child = f"CH-{number:04}"
            ours, published = facts_of(rule)
            told = [
                *(of(one, code, code, f"{child}-{n}") for n, one in enumerate(published)),
                *(of(one, code, child, f"{child}-own-{n}") for n, one in enumerate(ours)),
            ]
            daymark.log.append(told)
        show(daymark)
        yield daymark


def facts_of(rule: str) -> tuple[tuple[Recorded, ...], tuple[Recorded, ...]]:
    """What starts a clock of a rule in the specification: the child's facts, and the authority's."""
    (section,) = [one for one in SECTIONS if one.timescale == rule]
    for paragraph in section.paragraphs:
        for said, ours, published in told_by(paragraph):
            if said.verdict is not None and ours:
                return ours, published
    (told,) = [of_authority("allegation-referred", "Tue 1 Mar 2016 09:00", allegation_ref="AL-1")]
    return (replace(told, event=replace(told.event, kind="child")),), ()


def of(told: Recorded, code: str, subject: str, identity: str) -> Event:
    """The same fact, told of another child of this authority."""
    return replace(told.event, authority=code, subject=subject, id=identity)


def clock_of(daymark: Daymark, child: str, rule: str) -> Clock:
    """The first clock of a rule that a child has."""
    episode = daymark.log.episode(daymark.child(child))
    assert episode is not None
    return next(one for one in episode.clocks(daymark.authority()) if one.timescale.id == rule)


def words(page: str) -> str:
    """What a person reads, with single spaces."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


def letters_of(daymark: Daymark, clock: Clock, child: str, at: datetime) -> list[str]:
    """The letter about a breach of a clock, as plain text and as a page, with its subject."""
    episode = daymark.log.episode(daymark.child(child))
    assert episode is not None
    step = Step(
        telling="t", at=at, doing="tell", stage="told/1/sam/email/0", clock=clock.key,
        clock_version=1, timescale=clock.timescale.id, about="breach", summary="", rung=1,
        role="service_manager", person="sam", channel="email",
    )  # fmt: skip
    said = notice(episode, daymark.authority(), step, at)
    letter = LETTERS.single(said, "sample", step.key, SAM, at)
    parts = [letter.get_body((kind,)) for kind in ("plain", "html")]
    return [words(str(part.get_content())) for part in parts if part is not None]


def reader(daymark: Daymark, commits: GroupCommit) -> TestClient:
    """A browser that only reads."""
    settings = daymark.settings
    parts = Parts(
        log=daymark.log, commits=commits, tokens=daymark.tokens, sessions=daymark.sessions,
        views=daymark.views, authority=daymark.authority, code=settings.authority,
        people=daymark.people, now=lambda: datetime.now(UTC), session_key=daymark.keys.session,
        url=settings.url, council="Sample council", training=True, mail=settings.mail_folder,
    )  # fmt: skip
    return TestClient(build(parts), base_url=settings.url)


def test_every_kind_of_rule_is_explained_in_the_same_words(
    every_kind: Daymark, daymark: Command
) -> None:
    """Each line that the command prints stands on the page; what a letter says stands in both."""
    commits = GroupCommit(every_kind.log)
    client, at = reader(every_kind, commits), datetime.now(UTC)
    for number, (kind, rule) in enumerate(KINDS.items()):
        child = f"CH-{number:04}"
        clock = clock_of(every_kind, child, rule)
        found = daymark("explain", clock.key, "--json").document()
        printed = words(daymark("explain", clock.key).out)
        address = f"/children/{every_kind.child(child).hex}/clocks/{clock.key}"
        page = words(client.get(address).text)
        told = letters_of(every_kind, clock, child, at)
        lines = {one["name"]: one["says"] for one in found["lines"]}
        sentences = [
            found["question"],
            found["answer"],
            *(one["says"] for one in found["lines"]),
            *found["stops"],
        ]

        assert len(told) == 2, kind
        for sentence in sentences:
            assert " ".join(sentence.split()) in printed, (kind, sentence)
            assert " ".join(sentence.split()) in page, (kind, sentence)
        for letter in told:
            for name in ("Counting", "Late by"):
                assert lines.get(name, "") in letter, (kind, name)
            due = lines["Due"].removeprefix("By ").removeprefix("Not known: ")
            assert due.removesuffix(".") in letter, kind
            status = "No longer known" if clock.uncounted else found["status"]
            assert status in letter, kind
            assert clock.timescale.source.document in letter, kind
        assert SAYS.get(kind, "") in printed, kind
        assert ("to be confirmed" in told[0]) is clock.timescale.unconfirmed, kind
        assert say_title(clock.timescale) in page, kind
    commits.close()


def test_no_kind_of_rule_is_left_out() -> None:
    """A kind or a way of counting that a pack brings must be explained here too."""
    policy = england()
    tried = [policy.timescale(rule) for rule in KINDS.values()]
    shipped = [one for one in policy.timescales if one.subject == "child"]

    assert {one.kind for one in tried} == {one.kind for one in shipped}
    assert {one.convention for one in shipped} - {one.convention for one in tried} <= {
        "school-days-day-zero",
    }
    assert os.environ.get("DAYMARK_POLICY") is None
