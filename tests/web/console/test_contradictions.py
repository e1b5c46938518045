"""Two facts that contradict each other stand side by side, and a person says which is right."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from domain.anomalies import anomalies
from domain.event import CONSOLE, Recorded
from domain.facts.corrections import FactConfirmed, FactCorrected, FactWithdrawn
from domain.facts.fact import EventName
from domain.facts.missing import MissingEpisodeStarted
from tests.histories import moment
from tests.web.client import TestClient
from tests.web.console.conftest import be_at_once, serving
from tests.web.console.states import anomaly_of
from tests.web.console.test_doors import OURS, TOKEN, sign_in
from tests.web.console.test_every_page import look_at
from tests.web.console.test_sittings import send, words
from tests.web.console.town import NOW, URL, Town
from web.app import build

CHILD = "CH-0009"
UNFIT, RIVALS, UNKNOWN, GONE = "CH-0004", "CH-0005", "CH-0008", "CH-0007"
"""Children with a correction that does not fit, two without order, one of nothing, one of what is gone."""


@pytest.fixture
def twice(lived: Path, tmp_path: Path) -> Iterator[Town]:
    """A copy of the town, where one missing episode was told as begun twice."""
    shutil.copytree(lived, tmp_path, dirs_exist_ok=True)
    town = Town(tmp_path, now=NOW)
    town.tell(CHILD, "missing-episode-started", "Thu 7 Jan 2016 09:00", type="M")
    town.now = NOW
    town.show()
    yield town
    town.close()


@pytest.fixture
def corrected(twice: Town) -> Town:
    """The same, where corrections surprise."""

    def correct(child: str, at: str, **said: Any) -> None:
        started = fact_of(twice, child, said.pop("of", "missing-episode-started"))
        name = said.pop("name", "fact-corrected")
        where = {"source": started.event.source, "id": said.pop("id", started.event.id)}
        twice.tell(child, name, at, corrected_event=where, **said)

    correct(
        *(UNFIT, "Sun 10 Jan 2016 09:00"),
        reason="wrong-date",
        occurred_at=moment("Sat 9 Jan 2016 11:00"),
        fields={"missing_from": 5, "nonsense": "A", "type": "Z"},
    )
    early, late = moment("Wed 6 Jan 2016 18:00"), moment("Wed 6 Jan 2016 22:00")
    correct(RIVALS, "Thu 7 Jan 2016 09:00", reason="wrong-date", occurred_at=early)
    correct(
        *(RIVALS, "Thu 7 Jan 2016 09:30"),
        reason="wrong-code",
        occurred_at=late,
        fields={"type": "A"},
    )
    correct(
        *(UNKNOWN, "Mon 4 Jan 2016 10:00"),
        of="section-47-started",
        id="nobody-knows",
        reason="wrong-date",
        occurred_on=date(2016, 1, 3),
        fields={"said": "by nobody"},
    )
    gone = {"of": "visit-made", "reason": "wrong-child"}
    correct(GONE, "Sun 10 Jan 2016 11:00", fields={"nonsense": 1}, **gone)
    correct(GONE, "Sun 10 Jan 2016 12:00", name="fact-withdrawn", **gone)
    twice.now = NOW
    twice.show()
    return twice


def fact_of(town: Town, child: str, name: str) -> Recorded:
    """What first told a fact of a child."""
    history = town.log.history(town.log.stream("343", "child", child))
    return next(one for one in history if one.event.name == name)


def odd(town: Town, child: str) -> str:
    """The page of the correction that surprises about a child."""
    stream = town.log.stream("343", "child", child)
    changes = {
        one.event_id
        for one in town.log.history(stream)
        if isinstance(one.event.said, FactCorrected | FactWithdrawn)
    }
    found = anomalies(town.log.history(stream), town.authority())
    event = next(one.event_id for one in found if one.event_id in changes)
    return f"/children/{stream.hex}/anomalies/{event.hex}"


def stands(town: Town, child: str) -> tuple[datetime, str | None]:
    """When the first missing episode of a child began, and of which type it is, as it stands."""
    episode = town.log.episode(town.log.stream("343", "child", child))
    assert episode is not None
    one = next(one for one in episode.standing if one.name == "missing-episode-started")
    assert isinstance(one.fact, MissingEpisodeStarted)
    return one.earliest, one.fact.type


@pytest.fixture
def client(twice: Town) -> Iterator[TestClient]:
    """A browser without eyes of somebody who may record about the child."""
    with TestClient(build(twice.parts()), base_url=URL, headers=OURS) as made:
        sign_in(made)
        yield made


def settled(town: Town, child: str = CHILD) -> list[Recorded]:
    """What was said of the child through forms."""
    episode = town.log.episode(town.log.stream("343", "child", child))
    assert episode is not None
    return [one for one in episode.facts if one.event.source == CONSOLE]


def surprising(client: TestClient) -> int:
    """How many things surprise about the child, as the list has it."""
    return client.get("/anomalies").text.count(f">{CHILD}</a>")


def test_both_facts_stand_side_by_side(page: Page, corrected: Town) -> None:
    """With what each says, what follows from either, and the form; readable at both widths."""
    with serving(corrected.parts()) as site:
        be_at_once(page, site, "Hannah Brook")
        page.goto(f"{site}/anomalies")
        page.get_by_role("link", name=CHILD).click()
        cards = page.locator(".govuk-summary-card")
        expect(cards).to_have_count(2)
        expect(cards.nth(0)).to_contain_text("The first fact: missing episode started")
        expect(cards.nth(1)).to_contain_text("7 January 2016 at 9am")
        expect(page.get_by_role("table")).to_contain_text("Does not run")
        look_at(page, "contradiction")
        page.get_by_label("The first is right: withdraw the second").check()
        page.get_by_role("button", name="Record what is right").click()

        expect(page.get_by_role("alert")).to_contain_text("Choose why the other is withdrawn")
        look_at(page, "contradiction-wrong")
        page.goto(site + odd(corrected, RIVALS))
        expect(cards).to_have_count(3)
        look_at(page, "contradiction-corrections")


def test_the_first_is_right(twice: Town, client: TestClient) -> None:
    """The second is withdrawn, once, by this person, with a receipt; then nothing surprises."""
    address = anomaly_of(twice, CHILD)
    page = client.get(address)
    form = {"token": TOKEN.findall(page.text)[0], "what": "first", "reason": "duplicate"}
    first = client.post(address, data=form, follow_redirects=False)
    second = client.post(address, data=form, follow_redirects=False)
    twice.show()
    (said,) = settled(twice)
    gone = said.event.said

    assert isinstance(gone, FactWithdrawn)
    assert (said.event.by, gone.reason) == ("P-5", "duplicate")
    assert gone.corrected_event.id.startswith(
        f"{CHILD}-missing-episode-started-Thu-7-Jan-2016-09:00"
    )
    assert "done=known" in second.headers["location"]
    assert said.event_id.hex in client.get(first.headers["location"]).text
    assert surprising(client) == 0
    assert client.get(address, follow_redirects=False).status_code == 303
    assert client.post(address, data=form, follow_redirects=False).status_code == 303


def test_both_are_right_because(twice: Town, client: TestClient) -> None:
    """A sentence is asked for, sealed, and both facts stand."""
    address = anomaly_of(twice, CHILD)
    short = send(client, address, address, what="right", because="so")
    none = send(client, address, address)
    right = send(client, address, address, what="right", because="Two schools each reported it.")
    twice.show()
    (said,) = settled(twice)

    assert short.status_code == none.status_code == 400
    assert 'href="#because"' in short.text
    assert 'href="#what"' in none.text
    assert "Recorded." in right.text
    assert isinstance(said.event.said, FactConfirmed)
    assert said.event.said.because == "Two schools each reported it."
    assert surprising(client) == 0


def test_a_fact_of_a_system_is_put_right_only_while_it_surprises(
    twice: Town, client: TestClient
) -> None:
    """The correction names the fact of the case system, and its receipt is the form's own."""
    page = client.get(anomaly_of(twice, CHILD)).text
    mending = re.findall(r'href="(/children/[0-9a-f]+/recorded/[0-9a-f]+)"', page)
    answer = send(client, mending[1], mending[1], what="correct", reason="wrong-code", type="A")
    send(client, mending[1], mending[1], what="withdraw", reason="duplicate")
    (changed, gone) = (one.event.said for one in settled(twice))

    assert len(mending) == 2
    assert answer.status_code == 200
    assert isinstance(changed, FactCorrected)
    assert isinstance(gone, FactWithdrawn)
    assert changed.corrected_event.source == "case-system"
    assert client.get(mending[0], follow_redirects=False).status_code == 303


def test_one_fact_alone_is_confirmed_or_withdrawn(twice: Town, client: TestClient) -> None:
    """Where no second fact contradicts it."""
    address = anomaly_of(twice, "CH-0007")
    page = client.get(address).text
    history = client.get(f"/children/{twice.ref('CH-0007')}").text
    answer = send(client, address, address, what="wrong", reason="wrong-code")

    assert "Is this right? CH-0007" in page
    assert "It is wrong: withdraw it" in page
    # Codes as their set words them, a code of no set and a reference as they were given.
    assert "Missing: not at placement/expected place" in page
    assert "ME-7" in page
    assert "missing from, from “Home” to “placement”" in history
    assert "Recorded." in answer.text


def test_whoever_may_not_record_sees_no_form(twice: Town) -> None:
    """The facts are there to be read, and a form sent all the same records nothing."""
    with TestClient(build(twice.parts()), base_url=URL, headers=OURS) as nobody:
        page = nobody.get(anomaly_of(twice, CHILD))
        nobody.post(anomaly_of(twice, CHILD), data={"what": "first", "reason": "duplicate"})

    assert page.status_code == 200
    assert "The second fact" in page.text
    assert "Record what is right" not in page.text
    assert settled(twice) == []


def test_what_was_said_stands_beside_what_it_was_corrected_to(
    corrected: Town, client: TestClient
) -> None:
    """The fact as it was without the correction, and all that this says; what has no place is not shown."""
    page = words(client.get(odd(corrected, UNFIT)))
    first, _, second = page.partition("What was said: missing episode started")[2].partition(
        "What it was corrected to"
    )

    assert "Which is right? CH-0004" in page
    assert "Happened 9 January 2016 at 2pm" in first
    assert "Correct part of it" in first
    assert "Happened 9 January 2016 at 11am" in second
    assert "Reason Wrong date" in second
    assert "1 answer that this fact has no place for" in second
    assert "nonsense" not in page
    assert "If what was said is right If the correction is right" in second


def test_what_was_said_is_right(corrected: Town, client: TestClient) -> None:
    """The fact stands as it first did, by a correction of this person, and surprises no more."""
    address = odd(corrected, UNFIT)
    page = client.get(address).text
    form = {"token": TOKEN.findall(page)[0], "what": "said", "reason": "wrong-date"}
    without_reason = send(client, address, address, what="said")
    client.post(address, data=form)
    again = client.post(address, data=form, follow_redirects=False)
    changed, looked_at = (one.event for one in settled(corrected, UNFIT))

    assert "Choose why it is changed" in without_reason.text
    assert stands(corrected, UNFIT) == (moment("Sat 9 Jan 2016 14:00"), "M")
    assert isinstance(changed.said, FactCorrected)
    assert isinstance(looked_at.said, FactConfirmed)
    assert (changed.by, looked_at.by) == ("P-5", "P-5")
    assert (looked_at.said.kind, looked_at.said.because) == ("does not fit", None)
    assert "done=known" in again.headers["location"]
    assert client.get(address, follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("what", "began", "kind"),
    [
        ("said", "Wed 6 Jan 2016 20:00", "M"),
        ("change-0", "Wed 6 Jan 2016 18:00", "M"),
        ("change-1", "Wed 6 Jan 2016 22:00", "A"),
    ],
)
def test_one_of_two_corrections_is_right(
    corrected: Town, client: TestClient, what: str, began: str, kind: str
) -> None:
    """Whichever their order would have been, the fact stands as the chosen one says, and alone."""
    address = odd(corrected, RIVALS)
    page = words(client.get(address))
    answer = send(client, address, address, what=what, reason="wrong-date")

    assert "Correction 1: what it was corrected to" in page
    assert "Correction 2 is right: set the others aside" in page
    assert "Recorded." in answer.text
    assert stands(corrected, RIVALS) == (moment(began), kind)
    assert client.get(address, follow_redirects=False).status_code == 303


def test_a_settled_correction_holds_against_numbered_ones(
    corrected: Town, client: TestClient
) -> None:
    """What a person decided comes after what a source numbered, though its number is none of ours."""
    told = fact_of(corrected, RIVALS, "missing-episode-started").event
    said = FactCorrected(
        corrected_event=EventName(source=told.source, id=told.id),
        reason="wrong-code",
        fields={"type": "A"},
    )
    at = moment("Fri 8 Jan 2016 09:00")
    numbered = replace(told, id="numbered", said=said, occurred_at=at, sequence=7)
    corrected.log.append([numbered])
    address = odd(corrected, RIVALS)
    mending = f"/children/{corrected.ref(RIVALS)}/recorded/{told.event_id.hex}"
    send(client, mending, mending, what="correct", reason="wrong-code", type="M")
    mended = stands(corrected, RIVALS)[1]
    later = said.model_copy(update={"fields": {"type": "A"}})
    corrected.log.append([replace(numbered, id="next", said=later, sequence=8)])
    after = stands(corrected, RIVALS)[1]
    send(client, address, address, what="change-0", reason="wrong-date")
    (mend, change, _) = (one.event for one in settled(corrected, RIVALS))

    assert (mended, mend.sequence) == ("M", 7)
    assert (after, change.sequence) == ("A", 8)
    assert stands(corrected, RIVALS) == (moment("Wed 6 Jan 2016 18:00"), "A")


def test_it_is_right_as_it_stands(corrected: Town, client: TestClient) -> None:
    """With why, on one line; nothing is changed by that."""
    address, before = odd(corrected, RIVALS), stands(corrected, RIVALS)
    short = send(client, address, address, what="right")
    send(client, address, address, what="right", because="The school was asked\r\nand told us.")
    (said,) = (one.event.said for one in settled(corrected, RIVALS))

    assert short.status_code == 400
    assert isinstance(said, FactConfirmed)
    assert said.because == "The school was asked and told us."
    assert stands(corrected, RIVALS) == before
    assert client.get(address, follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("child", "shown", "answer"),
    [
        (UNKNOWN, "Its number there nobody-knows", "nothing that it could correct is known here"),
        (GONE, "1 answer that this fact has no place for", "It is right as it stands"),
    ],
)
def test_what_nobody_can_change_is_only_left_with_a_reason(
    corrected: Town, client: TestClient, child: str, shown: str, answer: str
) -> None:
    """A correction of what is not known here, and of what was withdrawn: no other answer is taken."""
    address = odd(corrected, child)
    page = words(client.get(address))
    other = send(client, address, address, what="said", reason="wrong-date")
    send(client, address, address, what="right", because="The system was asked.")

    assert shown in page
    assert answer in page
    assert "What was said is right" not in page
    assert other.status_code == 400
    assert [type(one.event.said) for one in settled(corrected, child)] == [FactConfirmed]
    assert client.get(address, follow_redirects=False).status_code == 303
