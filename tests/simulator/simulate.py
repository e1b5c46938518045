"""Many stories, one after another; and the shortest story that still fails."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.simulator.compared import Different, Trial
from tests.simulator.histories_made import DRIVEN, Story, make
from tests.simulator.played import FAULTS, Played


def try_story(story: Story, fault: str = "") -> tuple[int, set[str]]:
    """Put one story to both; Different where they part. How many verdicts were compared, of which rules.

    The engine is driven through every fourth story, for it takes several times as long.
    """
    trial = Trial(story, fault)
    if fault in FAULTS:
        if story.about == "child":
            Played(trial).run()
        return 0, set()
    compared = trial.run()
    if story.seed % DRIVEN == 0 and story.about == "child":
        Played(trial).run()
    return compared, trial.reached


@dataclass(slots=True)
class Outcome:
    """What came of many histories."""

    verdicts: int = 0
    rules: set[str] = field(default_factory=set)
    """Of which there was a clock in a child's story."""
    threads: set[str] = field(default_factory=set)
    """What the stories told of."""
    failing: list[int] = field(default_factory=list)
    why: str = ""
    """How the first of them failed."""


def tried(seeds: Iterable[int], fault: str = "", *, enough: int = 20) -> Outcome:
    """Try the story of each seed, until enough have failed."""
    outcome = Outcome()
    for seed in seeds:
        try:
            story = make(seed)
            compared, rules = try_story(story, fault)
            outcome.verdicts += compared
            outcome.threads |= set(story.threads)
            outcome.rules |= rules if story.about == "child" else set()
        except Exception as difference:  # noqa: BLE001  (also what brings one down is a difference)
            outcome.failing.append(seed)
            outcome.why = outcome.why or told(difference)
            if len(outcome.failing) >= enough:
                break
    return outcome


def told(difference: Exception) -> str:
    """How a history failed: where the two part, or what brought one of them down."""
    return str(difference) if isinstance(difference, Different) else repr(difference)


def shrunk(story: Story, fault: str = "") -> tuple[Story, str]:
    """The story with every saying left out that is not needed for it to fail, and how it fails."""

    def why(one: Story) -> str:
        try:
            try_story(one, fault)
        except Exception as difference:  # noqa: BLE001
            return told(difference)
        return ""

    first = why(story)
    kind = first.split(" (")[0]
    fewer = True
    while fewer:
        fewer = False
        for saying in (*story.told, *story.of_authority):
            less = story.without(saying)
            if less.told and why(less).split(" (")[0] == kind:
                story, fewer = less, True
    return story, why(story)


def readable(story: Story) -> Iterator[str]:
    """A story line by line, in the order in which it was recorded."""
    everything = sorted((*story.of_authority, *story.told), key=lambda one: one["recorded_at"])
    for one in everything:
        happened = one.get("at") or one.get("on")
        said = dict(one["fields"])
        if len(said.get("states", ())) > 3:
            said["states"] = f"{len(said['states'])} facts"
        words = ", ".join(f"{name}={text}" for name, text in said.items())
        order = {k: one[k] for k in ("sequence", "source_recorded_at") if k in one}
        yield (
            f"  {one['recorded_at']:%Y-%m-%d %H:%M:%S}  {one['id']} of {one['source']}: "
            f"{one['name']} at {happened} ({words}) {order or ''}"
        )


def report(seed: int, fault: str = "") -> str:
    """A failing seed as a person reads it: why, and the shortest story that shows it."""
    story, why = shrunk(make(seed), fault)
    optional = "optional rules on" if story.optional else "the shipped pack"
    return "\n".join([f"seed {seed}: {why} ({optional})", *readable(story)])
