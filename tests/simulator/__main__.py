"""Many histories at once: `python -m tests.simulator --histories 1000000 --first 1 --processes 2`."""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from tests.simulator.simulate import report, tried

AT_ONCE: Final = 500
"""How many histories one process is given at a time."""


def portions(first: int, histories: int) -> Iterator[range]:
    """The seeds, in portions small enough that progress shows."""
    for begins in range(first, first + histories, AT_ONCE):
        yield range(begins, min(begins + AT_ONCE, first + histories))


def main() -> int:
    """Try the histories; print how far it has come, and the shortest story of each difference."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--histories", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--failures", type=int, default=5, help="stop after so many")
    asked = parser.parse_args()
    begun, done, verdicts = time.perf_counter(), 0, 0
    failing: list[int] = []
    with ProcessPoolExecutor(asked.processes) as pool:
        work = list(portions(asked.first, asked.histories))
        for portion, outcome in zip(work, pool.map(tried, work), strict=True):
            done += len(portion)
            verdicts += outcome.verdicts
            failing += outcome.failing
            took = time.perf_counter() - begun
            sys.stdout.write(
                f"\r{done:,} of {asked.histories:,} histories, {verdicts:,} verdicts, "
                f"{len(failing)} different, {done / took:,.0f} a second"
            )
            sys.stdout.flush()
            if len(failing) >= asked.failures:
                pool.shutdown(cancel_futures=True)
                break
    last = asked.first + done - 1
    sys.stdout.write(f"\nseeds {asked.first} to {last} in {time.perf_counter() - begun:,.0f} s\n")
    for seed in failing[: asked.failures]:
        sys.stdout.write(f"\n{report(seed)}\n")
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
