"""A drill and its control at the same time, each in a folder and on ports of its own: both mostly wait."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from drills.outcome import Outcome


def with_control(
    drill: Callable[..., Outcome], points: int, of_control: int
) -> tuple[Outcome, Outcome]:
    """What a drill found at so many points, and what its control did.

    Only for a drill whose control plants its fault in a process, a folder or a part of its own.
    """
    with ThreadPoolExecutor(2) as both:
        found = both.submit(drill, points)
        control = both.submit(drill, of_control, control=True)
    return found.result(), control.result()
