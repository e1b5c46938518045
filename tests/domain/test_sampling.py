"""A sample that can be drawn again."""

from domain.sampling import draw, shared_out

MANY = {
    "north": frozenset(f"n{number}" for number in range(60)),
    "south": frozenset(f"s{number}" for number in range(30)),
    "west": frozenset({"w1", "n1"}),
}


def test_the_same_seed_draws_the_same_children() -> None:
    """In the same order, however the strata are handed in; another seed draws others."""
    turned = dict(reversed(MANY.items()))

    assert draw(MANY, 12, "2016") == draw(turned, 12, "2016")
    assert draw(MANY, 12, "2016") != draw(MANY, 12, "2017")


def test_every_stratum_has_its_share_and_no_child_comes_twice() -> None:
    """Twelve out of three strata: in proportion, and one at least of the smallest."""
    drawn = draw(MANY, 12, "2016")

    assert len(set(drawn)) == len(drawn) == 12
    assert shared_out({name: len(of) for name, of in MANY.items()}, 12) == {
        "north": 7,
        "south": 4,
        "west": 1,
    }
    assert sum(one.startswith("s") for one in drawn) == 4


def test_who_stands_in_two_strata_leaves_their_place_to_another() -> None:
    """A child whose clocks stand in both strata is one case; whoever else there is fills up."""
    assert sorted(draw({"a": {"x", "y"}, "b": {"x"}}, 5, "s")) == ["x", "y"]
    assert sorted(draw({"a": {"x"}, "b": {"x"}, "c": {"z", "y"}}, 3, "s")) == ["x", "y", "z"]


def test_of_nobody_nobody_is_drawn() -> None:
    """And of more strata than cases the largest have one each."""
    assert draw({}, 12, "s") == ()
    assert shared_out({"a": 3, "b": 2, "c": 1}, 2) == {"a": 1, "b": 1, "c": 0}
