"""Two servers that run with different things are seen and named; a change of one after the other passes."""

import re
import subprocess
import sys
from datetime import datetime

import pytest

from projections.alike import (
    EVERY,
    FORGOTTEN,
    LIVES,
    ROLLING,
    differences,
    lasting,
    running,
    seen_lately,
    state,
    withdraw,
)
from projections.trust import ANOTHER_BOARD, Doubt, trust
from store.leases import here
from tests.histories import CODE
from tests.projections.world import MINUTE, World

ALPHA, BETA = "alpha~a1/11/x", "beta~b2/22/y"
SAME = {"people": "p1", "rules": "r1", "calendar": "c1", "release": "1/a"}


def say(world: World, *others: tuple[str, str, str], at: datetime | None = None) -> None:
    """Both servers state what they run with: the same, but for what others say of one of them."""
    for holder in (ALPHA, BETA):
        changed = {about: name for who, about, name in others if who == holder}
        state(world.views, holder, "web", {CODE: SAME | changed}, at or world.now)


def for_so_long(world: World, *others: tuple[str, str, str], minutes: int) -> datetime:
    """They go on saying so, and the moment at the end."""
    for minute in range(minutes + 1):
        say(world, *others, at=world.now + minute * MINUTE)
    return world.now + minutes * MINUTE


def doubts(world: World, at: datetime) -> tuple[Doubt, ...]:
    """What is doubtful at a moment, of the servers alone."""
    found = trust(world.log, world.views, world.authority(), at).doubts
    return tuple(one for one in found if one.kind == "servers")


def test_servers_that_run_with_the_same_are_no_doubt(world: World) -> None:
    """However long they say so."""
    at = for_so_long(world, minutes=20)

    assert differences(world.views, CODE, at) == []
    assert doubts(world, at) == ()
    assert [one.machine for one in seen_lately(world.views, at)] == ["alpha", "beta"]


def test_a_people_file_that_was_not_copied_is_a_doubt_that_names_the_servers_and_the_mend(
    world: World,
) -> None:
    """For a quarter of an hour it looks like a change of one server after the other."""
    changed = (BETA, "people", "p2")
    before = for_so_long(world, changed, minutes=14)
    early = doubts(world, before), [one.about for one in differences(world.views, CODE, before)]
    at = for_so_long(world, changed, minutes=15)
    (doubt,) = doubts(world, at)
    say(world, at=at)

    assert ROLLING == 15 * MINUTE
    assert early == ((), ["people"])
    assert (doubt.kind, doubt.about, doubt.since) == ("servers", "people", world.now)
    assert "about who works here" in str(doubt)
    assert not re.search("alpha|beta|web|release", str(doubt))
    assert (
        "Two servers disagree about people: alpha (web 11) with p1 and beta (web 22) with p2 since"
        in (doubt.to_mend)
    )
    assert doubt.to_mend.endswith(
        "copy the people file from the server that is right to the other; it is read again by itself."
    )
    assert doubts(world, at) == ()


@pytest.mark.parametrize(
    ("about", "page", "mend"),
    [
        ("rules", "which timescales count", "copy the folder of adopted timescales"),
        ("calendar", "which days count", "copy the folder of adopted timescales"),
        ("release", "how it is told", "finish the upgrade"),
        ("web-settings", "how it is set", "give both the same settings"),
    ],
)
def test_whatever_else_differs_is_named_in_words_with_its_mend(
    world: World, about: str, page: str, mend: str
) -> None:
    """Rules, calendars, releases and settings, too."""
    at = for_so_long(world, (ALPHA, about, "x"), (BETA, about, "y"), minutes=15)
    (doubt,) = doubts(world, at)

    assert f"about {page}:" in doubt.sentence
    assert f"disagree about {about.replace('-', ' ')}: alpha (web 11) with x" in doubt.to_mend
    assert mend in doubt.to_mend


def test_a_restart_does_not_begin_the_quarter_of_an_hour_anew(world: World) -> None:
    """Under another number it says the same, and since when they differ is not forgotten."""
    at = for_so_long(world, (BETA, "people", "p2"), minutes=14)
    state(world.views, "beta~b2/23/z", "web", {CODE: SAME | {"people": "p2"}}, at)
    withdraw(world.views, BETA)
    later = world.now + 15 * MINUTE
    for holder, people in ((ALPHA, "p1"), ("beta~b2/23/z", "p2")):
        state(world.views, holder, "web", {CODE: SAME | {"people": people}}, later)

    assert [one.since for one in lasting(world.views, CODE, later)] == [world.now]


def test_who_says_nothing_any_more_differs_from_nobody(world: World) -> None:
    """After two minutes of silence a server counts as gone, and after an hour it is forgotten."""
    at = for_so_long(world, (BETA, "people", "p2"), minutes=15)
    silent = at + LIVES + EVERY
    while_both = len(doubts(world, at + LIVES))
    after = doubts(world, silent)
    state(world.views, ALPHA, "web", {CODE: SAME}, silent)
    noted = differences(world.views, CODE, silent)
    state(world.views, ALPHA, "web", {CODE: SAME}, at + FORGOTTEN + MINUTE)
    with world.views.reading() as cursor:
        left = [row["holder"] for row in cursor.execute("SELECT holder FROM process")]

    assert (while_both, after, noted) == (1, (), [])
    assert left == [ALPHA]


def test_who_ends_takes_back_what_it_stated(world: World) -> None:
    """A clean stop leaves nothing that could differ, or hold a move back."""
    say(world, (BETA, "people", "p2"))
    withdraw(world.views, BETA)

    assert differences(world.views, CODE, world.now) == []
    assert [one.holder for one in seen_lately(world.views, world.now)] == [ALPHA]


def test_who_was_killed_on_this_machine_is_seen_to_be_gone(world: World) -> None:
    """Its number can be asked for; another machine's may live."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    killed = f"{here()}/{ended.pid}/x"
    state(world.views, killed, "worker", {CODE: SAME | {"people": "p2"}}, world.now)
    seen = seen_lately(world.views, world.now)
    state(world.views, ALPHA, "web", {CODE: SAME}, world.now)
    with world.views.reading() as cursor:
        found = running(cursor, CODE, world.now)

    assert seen == []
    assert [one.holder for one in found] == [ALPHA]


def test_two_processes_of_one_server_can_differ_too(world: World) -> None:
    """One was not started again after a change, and no other server is to blame."""
    second = "alpha~a1/12/z"
    for holder, work, rules in ((ALPHA, "web", "r1"), (second, "worker", "r2")):
        state(world.views, holder, work, {CODE: SAME | {"rules": rules}}, world.now)
    (found,) = differences(world.views, CODE, world.now)

    assert found.to_mend.startswith("processes of one server disagree about rules: alpha (web 11)")
    assert found.to_mend.endswith("; restart whichever still runs with what was there before")


def test_what_differs_in_one_authority_is_no_doubt_of_another(world: World) -> None:
    """One set of processes serves both, each with a people file of its own."""
    for holder, people in ((ALPHA, "p1"), (BETA, "p2")):
        said = {CODE: SAME, "999": SAME | {"people": people}}
        state(world.views, holder, "worker", said, world.now)

    assert differences(world.views, CODE, world.now) == []
    assert [one.about for one in differences(world.views, "999", world.now)] == ["people"]
    assert len(seen_lately(world.views, world.now)) == 2


def test_a_board_of_another_release_wakes_nobody_while_one_server_follows_the_other(
    world: World,
) -> None:
    """The pages say it at once; since when is what the older release's processes noted."""
    world.views.create(["UPDATE board_made SET sha256 = 'another'"])
    say(world)
    say(world, at=world.now + 10 * MINUTE)
    found = trust(world.log, world.views, world.authority(), world.now + 11 * MINUTE).doubts

    assert [(one.kind, str(one), one.since) for one in found] == [
        ("board", str(ANOTHER_BOARD), world.now)
    ]
    assert found[0].may_pass_until == world.now + ROLLING


def test_a_board_that_is_ours_again_is_as_if_it_never_was_another_s(world: World) -> None:
    """The next change has its own quarter of an hour."""
    with world.views.reading() as cursor:
        (made,) = cursor.execute("SELECT sha256 FROM board_made")
    at = world.now
    for sha256, moment in (
        ("another", at),
        (made["sha256"], at + MINUTE),
        ("another", at + 2 * MINUTE),
    ):
        world.views.create([f"UPDATE board_made SET sha256 = '{sha256}'"])  # noqa: S608
        say(world, at=moment)
    (doubt,) = trust(world.log, world.views, world.authority(), at + 3 * MINUTE).doubts

    assert doubt.since == at + 2 * MINUTE
