"""The command that prints the daily missing page."""

from contextlib import closing
from datetime import UTC, datetime

from assembly import assemble
from commands.printing import DONE, Options, document, progress, table
from domain.words import say_moment
from formats.missing_lines import HEADINGS, lines
from projections.missing import missing_page
from settings import read_settings


def missing(options: Options) -> int:
    """Who is missing and who is back, who is about to be third, and of whom nothing is heard."""
    with (
        closing(assemble(read_settings())) as daymark,
        progress("the log", daymark.log.head()) as show,
    ):
        page = missing_page(
            daymark.log,
            daymark.authority(),
            datetime.now(UTC),
            as_of=options.as_of,
            known_at=options.known_at,
            reached=show,
        )
    rows = [tuple(one) for one in lines(page)]
    if options.json:
        named = [dict(zip(HEADINGS, one, strict=True)) for one in rows]
        document({"moment": page.moment, "out_now": len(page.out), "rows": named})
        return DONE
    print(
        f"{len(page.out)} out at {say_moment(page.moment)}; {len(page.back)} back in the last 72 hours."
    )
    table(tuple(one.capitalize() for one in HEADINGS), rows, "Nobody is on the page.")
    return DONE
