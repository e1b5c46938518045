"""The command that prints the daily missing page."""

from datetime import UTC, datetime

from commands.asking import asked
from commands.doubting import say_doubts, trusted, written
from commands.printing import DONE, LOOK, Options, document, progress, table
from domain.words import say_moment
from formats.missing_lines import HEADINGS, lines
from projections.missing import missing_page
from projections.trust import NOT_KNOWN


def missing(options: Options) -> int:
    """Who is missing and who is back, who is about to be third, and of whom nothing is heard."""
    with (
        asked() as daymark,
        progress("the log", daymark.log.head()) as show,
    ):
        at, past = datetime.now(UTC), bool(options.as_of or options.known_at)
        doubts = () if past else trusted(daymark, at).doubts
        page = missing_page(
            daymark.log,
            daymark.authority(),
            at,
            as_of=options.as_of,
            known_at=options.known_at,
            reached=show,
        )
    rows = [tuple(one) for one in lines(page)]
    if options.json:
        named = [dict(zip(HEADINGS, one, strict=True)) for one in rows]
        document(
            {
                "moment": page.moment,
                "out_now": len(page.out),
                "rows": named,
                "doubts": written(doubts),
            }
        )
        return LOOK if doubts else DONE
    say_doubts(doubts, "this page")
    out, back = (
        NOT_KNOWN if doubts and not some else f"{'at least ' if doubts else ''}{len(some)}"
        for some in (page.out, page.back)
    )
    print(f"Out at {say_moment(page.moment)}: {out}. Back in the last 72 hours: {back}.")
    table(
        tuple(one.capitalize() for one in HEADINGS),
        rows,
        "Nobody is known to be on the page." if doubts else "Nobody is on the page.",
    )
    return LOOK if doubts else DONE
