"""Who holds a role at a moment: teams in services, rotas, absences and cover."""

from datetime import date

import pytest

from domain.authority import Authority
from domain.event import Recorded
from domain.staff import Staff
from tests.histories import day, here, moment, of_authority, person, source

MONDAY = "Mon 9 Mar 2026 09:00"


def away(
    ref: str, from_on: str, to_on: str | None = None, said: str = "Mon 2 Jan 2012"
) -> Recorded:
    """Somebody who is not at work."""
    return of_authority("person-away", said, person_ref=ref, from_on=from_on, to_on=to_on)


def shift(role: str, ref: str, from_at: str, to_at: str, **fields: str) -> Recorded:
    """Somebody on duty between two London moments."""
    said = {"person_ref": ref, "role": role, "from_at": moment(from_at), "to_at": moment(to_at)}
    return of_authority("shift-rostered", from_at, **(said | fields))


def team(ref: str, within: str | None, from_on: str = "2012-01-02", **fields: str) -> Recorded:
    """A team in a service."""
    said = {"team_ref": ref, "within": within, "from_on": from_on} | fields
    return of_authority("team-placed", "Mon 2 Jan 2012", **said)


def staff(*facts: Recorded) -> Staff:
    """Who works here, by these facts."""
    return town(*facts).staff


def town(*facts: Recorded) -> Authority:
    """An authority of these facts."""
    return here(source(), *facts)


def test_the_team_s_own_manager_comes_before_the_service_s() -> None:
    """A child of a team is its manager's; a team without one is its service's, or everybody's."""
    found = staff(
        person("team_manager", "ann", team_ref="north-1"),
        person("team_manager", "bob", team_ref="north"),
        person("team_manager", "cat"),
        team("north-1", "north"),
        team("north-2", "north"),
    )
    at = moment(MONDAY)

    assert found.holders("team_manager", at, "north-1") == ("ann",)
    assert found.holders("team_manager", at, "north-2") == ("bob",)
    assert found.holders("team_manager", at, "south") == ("cat",)
    assert found.holders("team_manager", at) == ("cat",)
    assert found.holders("service_manager", at, "north-1") == ()


def test_a_service_is_all_that_lies_within_it() -> None:
    """A head of a service answers for every team in it, however deep, on that day."""
    found = staff(
        person("team_manager", "ann", team_ref="north-1"),
        person("service_manager", "bob"),
        team("north-1", "north"),
        team("north", "children"),
        team("south", "children", "2026-04-01"),
        team("south", "adults", to_on="2026-03-31"),
        team("loop", "loop"),
    )

    assert found.subtree("children", day("Mon 9 Mar 2026")) == {"children", "north", "north-1"}
    assert found.subtree("children", day("Mon 6 Apr 2026")) == {
        "children", "north", "north-1", "south",
    }  # fmt: skip
    assert list(found.line("loop", day("Mon 9 Mar 2026"))) == ["loop", None]


def test_whoever_is_on_duty_is_meant_and_else_everybody_who_holds_the_role() -> None:
    """A rota with a gap silences nobody."""
    night = ("Mon 9 Mar 2026 18:00", "Tue 10 Mar 2026 08:00")
    found = staff(
        person("emergency_duty_team", "ann"),
        person("emergency_duty_team", "bob"),
        shift("emergency_duty_team", "bob", *night),
        shift("emergency_duty_team", "agency", "Tue 10 Mar 2026 18:00", "Wed 11 Mar 2026 08:00"),
    )
    role = "emergency_duty_team"

    assert found.holders(role, moment("Mon 9 Mar 2026 20:00")) == ("bob",)
    assert set(found.holders(role, moment("Tue 10 Mar 2026 08:00"))) == {"ann", "bob"}
    assert found.holders(role, moment("Tue 10 Mar 2026 19:00")) == ("agency",)


def test_who_covers_is_told_instead_of_whom_they_cover() -> None:
    """For these days and in this role; afterwards it is as before."""
    cover = {"covers": "ann", "from_on": "2026-03-09", "to_on": "2026-03-13"}
    found = staff(
        person("head_of_service", "ann"),
        person("team_manager", "ann"),
        person("head_of_service", "bob", **cover),
    )

    assert found.holders("head_of_service", moment(MONDAY)) == ("bob",)
    assert found.holders("team_manager", moment(MONDAY)) == ("ann",)
    assert found.holders("head_of_service", moment("Sat 14 Mar 2026 09:00")) == ("ann",)


def test_who_is_away_is_not_told_and_a_later_word_replaces_the_first() -> None:
    """Coming back earlier than was said is a later statement of the same absence."""
    facts = (
        person("team_manager", "ann"),
        person("team_manager", "bob"),
        away("ann", "2026-03-09", "2026-03-20"),
    )

    assert staff(*facts).holders("team_manager", moment("Mon 16 Mar 2026 09:00")) == ("bob",)
    back = staff(*facts, away("ann", "2026-03-09", "2026-03-13", "Tue 3 Jan 2012"))
    assert set(back.holders("team_manager", moment("Mon 16 Mar 2026 09:00"))) == {"ann", "bob"}


def test_the_queue_has_the_name_that_was_given_or_the_head_of_service_s() -> None:
    """A name stands on it in either case, unless there is nobody at all."""
    head = person("head_of_service", "hal")

    assert staff().keepers(moment(MONDAY)) == ()
    assert staff(head).keepers(moment(MONDAY)) == ("hal",)
    assert staff(head, person("unallocated_queue", "kim")).keepers(moment(MONDAY)) == ("kim",)


@pytest.mark.parametrize(
    ("facts", "gone"),
    [
        ((), None),
        ((person("team_manager", "ann"),), None),
        (
            (person("team_manager", "ann", to_on="2026-03-13"),),
            ("Sat 14 Mar 2026 00:00", "owner-left"),
        ),
        (
            (person("team_manager", "ann"), away("ann", "2026-03-12")),
            ("Thu 12 Mar 2026 00:00", "owner-absent"),
        ),
        ((person("team_manager", "ann"), away("ann", "2026-03-02", "2026-03-08")), None),
        (
            (person("team_manager", "ann"), away("ann", "2026-03-02", "2026-03-20")),
            ("Mon 9 Mar 2026 09:00", "owner-absent"),
        ),
        (
            (
                person("team_manager", "ann"),
                away("ann", "2026-03-12", "2026-03-31"),
                person("team_manager", "bob", covers="ann", to_on="2026-03-16"),
            ),
            ("Tue 17 Mar 2026 00:00", "owner-absent"),
        ),
        (
            (
                person("team_manager", "ann", to_on="2026-03-10"),
                away("ann", "2026-03-12", "2026-03-31"),
            ),
            ("Wed 11 Mar 2026 00:00", "owner-left"),
        ),
    ],
)
def test_when_somebody_is_not_there_any_more(
    facts: tuple[Recorded, ...], gone: tuple[str, str] | None
) -> None:
    """Having left, or away while nobody covers; of whom nothing is known nothing is said."""
    expected = (moment(gone[0]), gone[1]) if gone else None

    assert staff(*facts).gone("ann", moment(MONDAY)) == expected


def test_whoever_is_here_holds_a_role_and_is_at_work_or_covered() -> None:
    """For being handed something, being covered is enough."""
    found = staff(
        person("team_manager", "ann"),
        person("team_manager", "bob"),
        away("ann", "2026-03-09"),
        away("bob", "2026-03-09"),
        person("team_manager", "cat", covers="bob"),
    )
    on = date(2026, 3, 9)

    assert [ref for ref in ("ann", "bob", "cat", "dan") if found.is_here(ref, on)] == ["bob", "cat"]
