"""Made-up children whom one authority answers for and who live in another's area, missing now or lately."""

from datetime import timedelta

from domain.facts.care import PlacementStarted
from domain.facts.missing import MissingEpisodeEnded, MissingEpisodeStarted
from domain.facts.out_of_area import CicolaPlacementNotified
from formats.sample_story import Another, Story


def of_other_authorities(another: Another) -> None:
    """Two who are placed here, one of them missing now, and one of ours in another area, back since."""
    for placing, hours, back in (("344", 7, None), ("344", 40, 31)):
        one = another()
        placed_here(one, placing)
        went_missing(one, hours, "other-authority")
        if back is not None:
            came_back(one, back)
    one = another()
    placed_elsewhere(one)
    went_missing(one, 57, "own")
    came_back(one, 52)


def placed_here(one: Story, placing: str) -> None:
    """The notice of another authority that its child is placed here."""
    notice = CicolaPlacementNotified(
        cicola_placement_ref=one.ref("CP"),
        placing_authority=placing,
        placed_on=one.day(41),
        cse_plan_elsewhere=False,
        notified_by="social-worker",
    )
    one.said(notice, one.at(40, "11:15"))


def placed_elsewhere(one: Story) -> None:
    """A child of ours at a placement in another authority's area."""
    placed = PlacementStarted(
        placement_ref=one.ref("PL"),
        care_ref=one.ref("CA"),
        arrangement="ordinary",
        emergency=False,
        out_of_area=True,
        area_authority="344",
    )
    one.said(placed, one.day(120))


def went_missing(one: Story, hours: float, status: str) -> None:
    """Last seen so many hours ago at the placement; the police were told an hour later."""
    went = MissingEpisodeStarted(
        missing_episode_ref=one.ref("ME"),
        type="M",
        missing_from="care",
        care_status=status,
        reported_at=one.ago(hours) + timedelta(hours=1),
        reported_by="childrens_home",
    )
    one.said(went, one.ago(hours))


def came_back(one: Story, hours: float) -> None:
    """Came back so many hours ago."""
    one.said(MissingEpisodeEnded(missing_episode_ref=one.ref("ME"), how="returned"), one.ago(hours))
