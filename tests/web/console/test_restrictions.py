"""Who may see a restricted record: one person takes names away, two people add some, and two lift."""

from typing import Any

from httpx2 import Response

from domain.access_events import (
    AccessForced,
    RecordRead,
    RestrictionLifted,
    RestrictionWideningProposed,
    ScopeGiven,
)
from domain.event import Event
from domain.permission import OUTSIDE_SCOPE
from domain.rights import restriction
from domain.words import say_moment
from tests.histories import CODE
from tests.web.client import TestClient
from tests.web.console.test_doors import TOKEN
from tests.web.console.town import NOW
from tests.web.place import Place, ref
from web.console.restrictions import TOO_FEW

HEAD, DIRECTOR, MANAGER = "head of service", "director", "team manager"
REASON = "Nobody of her team can be reached tonight"
REVIEWS = "/forced-access/reviews"


def page_of(place: Place, relation: str = "own-team") -> str:
    """The page of who may see a child's record."""
    return f"/children/{place.stream(relation).hex}/restriction"


def press(browser: TestClient, page: str, to: str = "", **typed: Any) -> Response:
    """A form of a page, sent with the token of the page."""
    token = TOKEN.findall(browser.get(page).text)[0]
    return browser.post(to or page, data={"token": token, **typed})


def restrict(place: Place, by: str, *roles: str, reason: str = "adoption") -> Response:
    """Somebody says who alone may see the record."""
    with place.browser(by) as browser:
        return press(browser, page_of(place), people=[ref(one) for one in roles], reason=reason)


def opens(place: Place, role: str, relation: str = "own-team") -> bool:
    """Whether somebody finds the page of who may see the record."""
    with place.browser(role) as browser:
        return browser.get(page_of(place, relation)).status_code == 200


def append(place: Place, relation: str, name: str, said: Any, by: str | None) -> Event:
    """Something that Daymark recorded of a child."""
    event = Event(
        authority=CODE, kind="child", subject=relation, source="by-hand", id=name,
        said=said, occurred_at=NOW, by=by,
    )  # fmt: skip
    place.town.log.append([event])
    return event


def test_two_are_named_who_may_open_the_record_again(own_place: Place) -> None:
    """Whoever restricts it to themselves, or to people who cannot lift, is told to name another."""
    place = own_place
    alone = restrict(place, HEAD, HEAD)
    with_none = restrict(place, HEAD, HEAD, "auditor", "coordinator")
    before = opens(place, MANAGER)
    done = restrict(place, HEAD, HEAD, DIRECTOR, "coordinator")
    with place.browser(HEAD) as browser:
        text = browser.get(page_of(place)).text

    assert alone.status_code == with_none.status_code == 400
    assert TOO_FEW in alone.text
    assert before
    assert done.headers["location"] == page_of(place)
    assert not opens(place, MANAGER)
    # Team manager, service manager, head and director.
    assert text.count("May open it again") == 4


def test_one_person_takes_names_away_but_leaves_two_who_lift(own_place: Place) -> None:
    """Also themselves: from then on there is no such page for them."""
    place = own_place
    restrict(place, HEAD, HEAD, DIRECTOR, MANAGER)
    too_many = restrict(place, HEAD, HEAD)
    mine = restrict(place, HEAD, DIRECTOR, MANAGER)

    assert too_many.status_code == 400
    assert mine.headers["location"] == "/board"
    assert not opens(place, HEAD)
    assert opens(place, MANAGER)


def test_more_people_see_it_when_a_second_person_confirms(own_place: Place) -> None:
    """The one who proposed it cannot, and until then those proposed find no such page."""
    place = own_place
    page = page_of(place)
    restrict(place, HEAD, HEAD, DIRECTOR)
    asked = restrict(place, HEAD, HEAD, DIRECTOR, MANAGER)
    proposal = next(
        one.event_id.hex
        for one in place.town.log.history(place.stream("own-team"))
        if isinstance(one.event.said, RestrictionWideningProposed)
    )
    before = opens(place, MANAGER)
    with place.browser(HEAD) as browser:
        own = browser.get(page).text
        alone = press(browser, page, f"{page}/names", proposal=proposal)
    with place.browser(DIRECTOR) as browser:
        text = browser.get(page).text
        wrong = press(browser, page, f"{page}/names", proposal="0" * 32)
        done = press(browser, page, f"{page}/names", proposal=proposal)
        again = press(browser, page, f"{page}/names", proposal=proposal)

    assert asked.status_code == 303
    assert not before
    assert f"You proposed that {MANAGER} may see it too." in own
    assert f"{HEAD} proposed that {MANAGER} may see it too." in text
    assert alone.status_code == wrong.status_code == again.status_code == 403
    assert done.status_code == 303
    assert opens(place, MANAGER)


def test_saying_it_again_changes_nothing_and_drops_no_proposal(own_place: Place) -> None:
    """The same names for the same reason are no new restriction; another reason leaves what waits."""
    place = own_place
    page = page_of(place)
    restrict(place, HEAD, HEAD, DIRECTOR)
    with place.browser(HEAD) as browser:
        press(browser, page, f"{page}/lift")
    count = len(place.town.log.history(place.stream("own-team")))
    restrict(place, DIRECTOR, HEAD, DIRECTOR)
    same = len(place.town.log.history(place.stream("own-team")))
    restrict(place, DIRECTOR, HEAD, DIRECTOR, reason="review")
    with place.browser(DIRECTOR) as browser:
        text = browser.get(page).text
        proposal = text.partition('name="proposal" value="')[2].partition('"')[0]
        press(browser, page, f"{page}/lift", proposal=proposal)

    assert same == count
    assert f"{HEAD} proposed to open this record again." in text
    assert opens(place, MANAGER)


def test_a_source_names_nobody_more(own_place: Place) -> None:
    """Whoever may state facts lets nobody in by it."""
    place = own_place
    restrict(place, HEAD, HEAD, DIRECTOR)
    named = [ref(HEAD), ref(DIRECTOR), ref(MANAGER)]
    at = "Mon 11 Jan 2016 09:05"
    place.town.tell("own-team", "record-restricted", at, people=named, reason="adoption")

    assert not opens(place, MANAGER)
    assert opens(place, HEAD)


def test_a_head_and_the_director_open_what_nobody_named_can(own_place: Place) -> None:
    """They learn that there is one, since when, and no more; everybody else that there is no such page."""
    place = own_place
    shut = restriction(place.town.log.history(place.stream("restricted")))
    other = restriction(place.town.log.history(place.stream("restricted-named")))
    assert shut is not None
    assert other is not None
    lift = f"/restrictions/{shut.event_id.hex}/lift"
    with place.browser(HEAD) as head, place.browser(DIRECTOR) as director:
        first = head.get("/restrictions").text
        nowhere = press(head, "/restrictions", f"/restrictions/{other.event_id.hex}/lift")
        press(head, "/restrictions", lift)
        mine, theirs = head.get("/restrictions").text, director.get("/restrictions").text
        proposal = restriction(place.town.log.history(place.stream("restricted")))
        assert proposal is not None
        assert proposal.proposed is not None
        asked = {"proposal": proposal.proposed.hex}
        alone = press(head, "/restrictions", lift, **asked)
        wrong = press(director, "/restrictions", lift, proposal="0" * 32)
        before = opens(place, MANAGER, "restricted")
        done = press(director, "/restrictions", lift, **asked)
        place.town.show()
        after = director.get("/restrictions").text
        over = press(director, "/restrictions", lift)
    with place.browser(MANAGER) as browser:
        denied = browser.get("/restrictions").status_code

    assert f": restricted on {say_moment(shut.since)}" in first
    assert "2 restricted records have too few people left to open them." in first
    assert "Restricted (2)" in first
    assert place.stream("restricted").hex not in first
    assert "adoption" not in first
    assert nowhere.status_code == over.status_code == 404
    assert "You proposed to open this record again." in mine
    assert f"{HEAD} proposed to open this record again." in theirs
    # What waits for the reader stands first.
    assert theirs.index("proposed to open this record again") < theirs.index("Record 2")
    assert alone.status_code == wrong.status_code == 403
    assert not before
    assert done.status_code == 303
    assert "Restricted (1)" in after
    assert opens(place, MANAGER, "restricted")
    assert denied == 404
    said = [one.event.said for one in place.town.log.history(place.stream("restricted"))]
    assert [type(one) for one in said].count(RestrictionLifted) == 1


def test_a_head_opens_no_record_of_their_own_family(own_place: Place) -> None:
    """Nor do they learn that it waits."""
    place = own_place
    place.town.tell(
        "restricted",
        "staff-relation-declared",
        "Mon 11 Jan 2016",
        person_ref=ref(HEAD),
        recorded="Mon 11 Jan 2016 09:05",
    )
    place.town.show()
    with place.browser(HEAD) as head, place.browser(DIRECTOR) as director:
        mine, theirs = head.get("/me").text, director.get("/me").text

    assert "Restricted (1)" in mine
    assert "Restricted (2)" in theirs


def test_whoever_may_not_see_a_record_reviews_nothing_of_it(own_place: Place) -> None:
    """Neither a restricted one, nor one of their own family, also where they forced it open themselves."""
    place = own_place
    forced = AccessForced(until=NOW, reason=REASON)
    opened = {
        relation: append(place, relation, f"late/{relation}", forced, by="S-other")
        for relation in ("forced", "own-record", "restricted", "other-service")
    }
    place.town.show()
    answers = {}
    with place.browser(DIRECTOR) as browser:
        text = browser.get(REVIEWS).text
        token = TOKEN.findall(text)[0]
        sent = {"token": token, "right": "yes"}
        nothing = browser.post(f"{REVIEWS}/{'0' * 32}/{'0' * 32}", data=sent)
        for relation, event in opened.items():
            to = f"{REVIEWS}/{place.stream(relation).hex}/{event.event_id.hex}"
            answers[relation] = browser.post(to, data=sent)

    assert text.count(REASON) == 1
    assert "Child other-service" in text
    assert answers.pop("other-service").status_code == 303
    assert {one.status_code for one in answers.values()} == {404}
    assert {one.content for one in answers.values()} == {nothing.content}


def test_looking_at_what_was_forced_open_is_a_look(own_place: Place) -> None:
    """It shows who opened which record, and why."""
    place = own_place
    with place.browser(DIRECTOR) as browser:
        browser.get(REVIEWS)
    reads = place.town.log.history(place.town.log.stream(CODE, "reads", ref(DIRECTOR)))
    said = [one.event.said for one in reads if isinstance(one.event.said, RecordRead)]

    assert [one.route for one in said] == [REVIEWS]


def test_a_reviewer_reads_the_reason_as_far_as_they_read_the_record(own_place: Place) -> None:
    """Whoever sees it by a scope without words alone is not shown what somebody wrote."""
    place = own_place
    post = {"person_ref": ref(MANAGER), "role": "auditor", "from_on": "2012-01-02"}
    place.town.tell_of_itself("person-assigned", "Mon 2 Jan 2012", **post)
    of = (place.stream("other-service").hex,)
    scope = ScopeGiven(
        person=ref(MANAGER), children=of, purpose="audit", until=NOW.replace(hour=23)
    )
    place.town.log.append(
        [
            Event(
                authority=CODE, kind="authority", subject=CODE, source="by-hand", id="a-scope",
                said=scope, occurred_at=NOW,
            )
        ]
    )  # fmt: skip
    append(place, "other-service", "late", AccessForced(until=NOW, reason=REASON), by="S-other")
    place.town.show()
    with place.browser(MANAGER) as browser:
        text = browser.get(REVIEWS).text

    assert "Child other-service" in text
    assert OUTSIDE_SCOPE in text
    assert REASON not in text
