"""Allegations about no known child, from the CloudEvent to the letter: told, climbed, promised, cured."""

from collections.abc import AsyncIterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from temporalio.service import RPCError

from domain.calendar import london_date
from domain.engine_events import BreachCured
from domain.facts.allegation import AllegationEvaluated, AllegationMade, AllegationReferred
from domain.facts.authority import FeedAdvanced, ReportPublished
from store.group_commit import GroupCommit
from store.migrations import bring_up_to_date
from store.sessions import SessionTable
from store.tokens import Tokens
from tests.web.client import TestClient
from tests.workflows.worlds import CODE, DAY, HOUR, URL, World, skipping, until, world
from web.app import build
from web.parts import Parts
from workflows.poking import keep_digest


@pytest.fixture
def store(server: str | None) -> str | None:
    """Every story of this file is told on both stores."""
    return server


@pytest.fixture
async def place(tmp_path: Path, store: str | None) -> AsyncIterator[World]:
    """A world whose story is the authority's own."""
    async with skipping() as environment, world(environment, tmp_path, server=store) as made:
        made.whose = ("authority", CODE)
        yield made


def made(reference: str) -> AllegationMade:
    """An allegation about no known child."""
    return AllegationMade(allegation_ref=reference, employer_sector="education")


def referred(reference: str) -> AllegationReferred:
    """The same, when it reached the designated officer."""
    return AllegationReferred(allegation_ref=reference, employer_sector="education")


async def runs(place: World) -> bool:
    """Whether the authority's own episode was ever started."""
    try:
        await place.client.get_workflow_handle(place.episode_workflow).describe()
    except RPCError:
        return False
    return True


def weighed(place: World, reference: str) -> None:
    """An allegation reached the officer in time and is found below the threshold: all is done but its end."""
    place.stated(referred(reference), place.start + HOUR)
    evaluated = AllegationEvaluated(allegation_ref=reference, threshold_met=False)
    place.stated(evaluated, london_date(place.start))


def letters_about(place: World, reference: str) -> list[str]:
    """Who got a letter about the referral of one allegation, in order."""
    told = zip(place.mail.told(), place.mail.letters, strict=True)
    return [
        who
        for who, letter in told
        if "Employer refers allegation" in letter["Subject"]
        and f"Allegation {reference}" in said_in(letter)
    ]


def said_in(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_who_speaks_and_who_is_told_starts_nothing(place: World) -> None:
    """A source, its feed and people are in the stream already, and no workflow waits for them."""
    place.stated(FeedAdvanced(source="liquidlogic", complete_to=place.start), place.start)
    await place.follow()
    waits_before = await runs(place)
    report = ReportPublished(
        kind="missing-quarterly", report_ref="R-1", period_ends_on=date(2026, 3, 31)
    )
    place.stated(report, london_date(place.start))
    await place.follow()
    await place.closed(place.episode_workflow)

    assert not waits_before
    assert place.mail.letters == []


async def test_two_allegations_are_warned_of_broken_and_cured_each_by_itself(place: World) -> None:
    """The one climbs until late evidence cures it, and whoever was told hears; the other was in time."""
    place.stated(made("AL-1"), place.start)
    place.stated(made("AL-2"), place.start)
    await place.follow()
    weighed(place, "AL-2")
    await place.follow()
    await place.advance(27 * HOUR)  # Tuesday at midday
    await until(lambda: place.mail.told() == ["dee"])
    await place.advance(21 * HOUR)  # Wednesday at nine
    await until(lambda: letters_about(place, "AL-1") == ["dee", "sal"])
    await place.advance(2 * DAY)
    await until(lambda: letters_about(place, "AL-1") == ["dee", "sal", "hal"])
    place.stated(referred("AL-1"), place.start + 2 * HOUR)
    await place.follow()
    await until(lambda: sorted(letters_about(place, "AL-1")[3:]) == ["hal", "sal"])

    assert letters_about(place, "AL-2") == []
    subjects = [str(letter["Subject"]) for letter in place.mail.letters]
    assert sum(one.startswith("Not late after all: Employer") for one in subjects) == 2
    cured = [one.event.said for one in place.episode.engine]
    assert [one.verdict for one in cured if isinstance(one, BreachCured)] == ["met"]
    text = "".join(str(letter) for letter in place.mail.letters)
    assert "the case system" not in text
    assert f"{URL}/authority/allegations/" in text
    assert place.mail.letters[1]["Subject"].startswith("Late: Employer refers allegation")


async def test_a_promise_halts_the_climb_about_an_allegation(place: World) -> None:
    """Until the promised day nobody above is told, and after it the ladder goes on."""
    place.stated(made("AL-1"), place.start)
    await place.follow()
    await place.advance(48 * HOUR)
    await until(lambda: place.mail.told() == ["dee", "sal"])
    place.acknowledged("sal", london_date(place.start) + 7 * DAY)
    await place.follow()
    await place.advance(4 * DAY)
    waited = place.mail.told()
    await place.advance(3 * DAY)
    await until(lambda: place.mail.told()[2:] == ["hal"])

    assert waited == ["dee", "sal"]
    assert place.count("escalation-rearmed") == 1


async def test_the_morning_digest_tells_of_an_allegation(place: World) -> None:
    """A target is no duty: that it was missed stands among the other lines of the morning."""
    weighed(place, "AL-1")
    await place.follow()
    await place.advance(32 * DAY)
    await until(lambda: place.count("timescale-breached") == 1)
    await place.follow()
    await keep_digest(place.client, CODE)
    await place.advance(1 * DAY)
    await until(lambda: "sal" in place.mail.told())
    letter = place.mail.letters[place.mail.told().index("sal")]

    assert str(letter["Subject"]).startswith("This morning: ")
    assert "About:    Allegation AL-1" in said_in(letter)
    assert "Child:" not in str(letter)
    assert "the case system" not in str(letter)
    assert "digest" in {one.channel for one in place.notified() if one.person == "sal"}


async def test_lost_workflows_of_the_authority_are_started_again(place: World) -> None:
    """The reconciler finds that nobody waits for the authority's own clocks, and somebody does again."""
    place.stated(made("AL-1"), place.start)
    place.project()
    before = await runs(place)
    poked = await place.dispatcher().everything()

    assert not before
    assert poked == 1
    assert await runs(place)


async def test_from_a_cloudevent_about_no_known_child_to_a_told_officer(
    place: World, tmp_path: Path
) -> None:
    """A school's system reports it under the authority's own code; the officer's letter names no child."""
    url = f"sqlite:///{tmp_path / 'tokens'}.db"
    bring_up_to_date(url, "tokens")
    tokens, commits, sessions = Tokens(url), GroupCommit(place.log), SessionTable(url)
    parts: dict[str, Any] = {
        "log": place.log, "commits": commits, "tokens": tokens, "views": place.views,
        "authority": place.authority, "code": CODE, "people": {}, "now": lambda: place.now,
        "sessions": sessions, "session_key": b"1" * 32, "url": URL, "council": "Example Council",
    }  # fmt: skip
    client = TestClient(build(Parts(**parts)), base_url=URL)
    sent = {
        "specversion": "1.0",
        "type": "daymark.allegation-made.v1",
        "source": "liquidlogic",
        "id": "1",
        "subject": CODE,
        "time": place.start.isoformat(),
        "data": {"allegation_ref": "AL-7", "employer_sector": "education"},
    }
    answer = client.post(
        "/events",
        json=sent,
        headers={
            "Authorization": f"Bearer {tokens.add(CODE, 'liquidlogic')}",
            "Content-Type": "application/cloudevents+json",
        },
    )
    await place.follow()
    await place.advance(27 * HOUR)
    await until(lambda: place.mail.told() == ["dee"])
    said = said_in(place.mail.letters[0])
    link = next(word for word in said.split() if word.startswith(URL))
    place.project()
    page, board = client.get(link.removeprefix(URL)), client.get("/board")
    commits.close()
    tokens.close()
    sessions.close()

    assert [one["result"] for one in answer.json()] == ["recorded"]
    assert "About:    Allegation AL-7" in said
    assert "Child" not in said
    assert page.status_code == 200
    assert "Allegation AL-7" in page.text
    assert "Allegation AL-7" in board.text
