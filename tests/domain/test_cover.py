"""Who may say that somebody is away, and what is recorded of it: a role is lent, never handed upwards."""

from datetime import date

import pytest

from domain.cover import away_and_cover, may_arrange, may_cover, may_cover_some
from domain.errors import Refused
from domain.event import Recorded
from domain.facts.authority import PersonAssigned, PersonAway
from domain.permission import Asker, Post
from domain.staff import Assignment, Staff
from tests.histories import CODE, day, here, of_authority, person, source

FIRST = day("Mon 11 Jan 2016")
LAST = day("Fri 15 Jan 2016")
MANAGER = "team_manager"
NORTH = person(MANAGER, "ann", team_ref="north")
SOUTH = person(MANAGER, "bob", team_ref="south")
HEAD = person("head_of_service", "eve")


def staff(*facts: Recorded) -> Staff:
    """Who works here, by these facts."""
    return here(source(), *facts).staff


def asker(who: str, *posts: tuple[str, set[str] | None]) -> Asker:
    """Somebody with these roles, in these teams or in all of them."""
    held = (Post(CODE, role, None if teams is None else frozenset(teams)) for role, teams in posts)
    return Asker(who, tuple(held))


def may(who: Asker, person: str, *facts: Recorded) -> bool:
    """Whether somebody may say so of a person on the first day."""
    return may_arrange(who, staff(*facts), person, FIRST)


def test_everybody_arranges_their_own_absence() -> None:
    """Who works with children or is told of them; who leaves today still does."""
    leaving = person(MANAGER, "ann", to_on=str(FIRST))

    assert may(asker("ann", (MANAGER, {"north"})), "ann", NORTH)
    assert may(asker("ann"), "ann", leaving)
    assert not may(asker("ann"), "ann", person(MANAGER, "ann", to_on="2016-01-10"))
    assert not may(asker("ann"), "ann")


def test_a_manager_arranges_it_for_who_works_in_their_teams() -> None:
    """In all of their teams; nobody for their own head."""
    ann = asker("ann", (MANAGER, {"north"}))
    both = asker("kim", ("service_manager", {"north", "south"}))
    twice = person(MANAGER, "bob", team_ref="north")
    all_teams = asker("kim", ("service_manager", None))

    assert may(ann, "bob", twice)
    assert not may(ann, "bob", SOUTH)
    assert not may(ann, "bob", SOUTH, twice)
    assert may(both, "bob", SOUTH, twice)
    assert may(all_teams, "bob", SOUTH)
    assert not may(all_teams, "eve", HEAD)
    assert not may(asker("pat", ("practitioner", {"north"})), "ann", NORTH)


def test_a_head_arranges_it_for_everybody_but_not_for_who_watches() -> None:
    """What an auditor or an administrator holds is not lent, neither by a head nor by themselves."""
    eve = asker("eve", ("head_of_service", None))
    auditor = person("auditor", "ida")

    assert may(eve, "bob", SOUTH)
    assert may(eve, "dan", person("director_of_childrens_services", "dan"))
    assert not may(eve, "ida", auditor)
    assert not may(asker("ida", ("auditor", None)), "ida", auditor)
    assert not may(eve, "bob", SOUTH, person("administrator", "bob"))


def test_each_role_is_lent_for_the_days_in_which_it_is_held() -> None:
    """Not what the person only covers, nor what begins after the absence."""
    found = away_and_cover(
        staff(
            SOUTH,
            person(MANAGER, "ann", team_ref="north", to_on="2016-01-13"),
            person("practitioner", "ann", team_ref="east", from_on="2016-01-14"),
            person("practitioner", "ann", team_ref="west", from_on="2016-01-16"),
            person(MANAGER, "ann", team_ref="south", covers="bob"),
        ),
        "ann", FIRST, LAST, "bob",
    )  # fmt: skip

    assert found == (
        PersonAway(person_ref="ann", from_on=FIRST, to_on=LAST),
        lent(MANAGER, "north", FIRST, date(2016, 1, 13)),
        lent("practitioner", "east", date(2016, 1, 14), LAST),
    )


def lent(role: str, team: str, from_on: date, to_on: date) -> PersonAssigned:
    """A role of Ann's, held by Bob."""
    return PersonAssigned(
        person_ref="bob", role=role, team_ref=team, from_on=from_on, to_on=to_on, covers="ann"
    )


def test_who_is_away_without_cover_lends_nothing() -> None:
    """The absence alone is recorded."""
    found = away_and_cover(staff(NORTH, SOUTH), "ann", FIRST, LAST, None)

    assert found == (PersonAway(person_ref="ann", from_on=FIRST, to_on=LAST),)


@pytest.mark.parametrize(
    ("to_on", "cover", "says"),
    [
        (date(2016, 1, 10), "bob", "the last day must not be before the first"),
        (LAST, "ann", "nobody covers for themselves"),
        (LAST, "zoe", "whoever covers must work here on the first day, and not be away"),
        (LAST, "eve", "whoever covers must work here on the first day, and not be away"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(to_on: date, cover: str, says: str) -> None:
    """It ends before it begins; or who covers is the same person, a stranger, or away too."""
    gone = of_authority("person-away", "Mon 4 Jan 2016", person_ref="eve", from_on="2016-01-11")

    with pytest.raises(Refused, match=says):
        away_and_cover(staff(NORTH, SOUTH, HEAD, gone), "ann", FIRST, to_on, cover)


@pytest.mark.parametrize(
    ("lent", "role", "taken"),
    [
        (MANAGER, "practitioner", True),
        (MANAGER, "head_of_service", True),
        (MANAGER, "auditor", False),
        (MANAGER, "guest_inspector", False),
        (MANAGER, "administrator", False),
        (MANAGER, "information_governance_officer", False),
        (MANAGER, "health_partner", False),
        (MANAGER, "coordinator", False),
        (MANAGER, "cp_conference_chair", False),
        ("cp_conference_chair", "independent_reviewing_officer", True),
        ("cp_conference_chair", MANAGER, True),
        ("cp_conference_chair", "auditor", False),
        ("head_of_service", MANAGER, False),
        ("head_of_service", "director_of_childrens_services", True),
        ("director_of_childrens_services", "service_manager", False),
        ("director_of_childrens_services", "head_of_service", True),
    ],
)
def test_a_role_is_held_by_whoever_does_such_work(lent: str, role: str, *, taken: bool) -> None:
    """Never by who audits, watches, operates or comes from outside; a head's by a head or the director."""
    found = staff(person(lent, "ann"), person(role, "bob"))
    here = Assignment("ann", lent, None, FIRST, None, None)

    assert may_cover(found, "bob", [here], FIRST) is taken
    if taken:
        assert len(away_and_cover(found, "ann", FIRST, LAST, "bob")) == 2
    else:
        with pytest.raises(Refused, match="must work on cases themselves"):
            away_and_cover(found, "ann", FIRST, LAST, "bob")


def test_what_somebody_only_covers_or_will_hold_makes_them_no_cover() -> None:
    """It counts what they hold on the first day in their own right."""
    covering = staff(
        person("auditor", "ida"), person(MANAGER, "ida", covers="bob"), person(MANAGER, "ann")
    )
    later = staff(person("auditor", "ida"), person(MANAGER, "ida", from_on="2016-01-12"))

    assert not may_cover_some(covering, "ida", FIRST)
    assert not may_cover_some(later, "ida", FIRST)
    assert may_cover_some(later, "ida", day("Tue 12 Jan 2016"))
