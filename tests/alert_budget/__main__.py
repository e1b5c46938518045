"""The year's messages as a table: `python -m tests.alert_budget`."""

import sys

from tests.alert_budget.budget import MOST, SAMPLES, a_year, singles_a_week
from tests.alert_budget.played import everybody
from tests.alert_budget.year import WEEKS


def main() -> int:
    """Play the year and say what each manager got; 1 where one got too much."""
    year = a_year(everybody())
    out = sys.stdout.write
    for kind, played in year.items():
        sample = SAMPLES[kind]
        mornings = len(played.digests.get(sample.manager, ()))
        lines = played.lines[sample.manager] * sample.one_in / WEEKS
        out(
            f"{kind}: {played.stories} stories, one in {sample.one_in} of {sample.manager};"
            f" {played.a_week(sample.manager) * sample.one_in:.2f} single messages a week,"
            f" {mornings} mornings with a digest in the sample, {lines:.1f} lines a week in all;"
            f" {played.ladders} ladders, {played.climbed} that nothing ended"
            f" ({played.critical} critical), {len(played.fell_short)} fell short\n"
        )
        top = [(rule, n) for (who, rule), n in played.rules.most_common() if who == sample.manager]
        out("".join(f"    {rule}: {n * sample.one_in} a year\n" for rule, n in top[:6]))
    found = singles_a_week(year)
    for manager, number in found.items():
        out(f"{manager}: {number:.2f} single messages a working week\n")
    return int(max(found.values()) > MOST)


if __name__ == "__main__":
    sys.exit(main())
