"""The command that prints how much was done in time."""

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, date, datetime

from assembly import assemble
from commands.doubting import none_of, say_doubts, trusted, written
from commands.printing import DONE, LOOK, Options, WrongCommand, document, table
from projections.timeliness import BY_NAME, FIGURES, HEADINGS, cells, timeliness
from settings import read_settings


def figures(options: Options) -> int:
    """One figure by quarter and team; without a name, every figure there is."""
    if options.name is None:
        if options.json:
            document([asdict(one) for one in FIGURES])
        else:
            table(("Figure", "What it says"), [(one.name, one.title) for one in FIGURES], "")
        return DONE
    figure = BY_NAME.get(options.name)
    if figure is None:
        message = f"{options.name}: no figure is called so: `daymark figures` lists them"
        raise WrongCommand(message)
    with closing(assemble(read_settings())) as daymark:
        at = datetime.now(UTC)
        doubts = trusted(daymark, at).doubts
        found = timeliness(
            daymark.views,
            daymark.settings.authority,
            at,
            figure,
            quarters=options.quarters,
            team=options.team,
        )
    parts = {"quarters": found.quarters, "teams": found.teams, "together": (found.together,)}
    if options.json:
        said = {
            name: [asdict(one) | {"percent": one.percent} for one in some]
            for name, some in parts.items()
        }
        document(asdict(figure) | said | {"doubts": written(doubts)})
        return LOOK if doubts else DONE
    say_doubts(doubts, "these figures")
    print(f"{figure.title}, of {figure.of}.\n{figure.source}\n")
    named = [
        *((f"from {date.fromisoformat(one.of):%B %Y}", one) for one in found.quarters),
        ("all", found.together),
        *((f"team {one.of or 'none'}", one) for one in found.teams),
    ]
    rows = [(name, *none_of(cells(one), doubts)) for name, one in named]
    table(("Of", *HEADINGS), rows, "")
    return LOOK if doubts else DONE
