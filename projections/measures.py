"""What the processes without a door count for operators, as tables; the web's own stands in `web/`.

Labels hold results and names of our own: never a child and never a person.
"""

from typing import Final, Literal, NamedTuple


class Measure(NamedTuple):
    """One measure: what it is called, of which kind, told apart by which labels, and its meaning."""

    name: str
    kind: Literal["counter", "histogram", "gauge"]
    labels: tuple[str, ...]
    help: str


LATENESS: Final = Measure(
    "daymark_breach_lateness_seconds",
    "histogram",
    (),
    "From the instant a clock was broken, or that was first known, to its breach being recorded.",
)
TELLINGS: Final = Measure(
    "daymark_tellings_total",
    "counter",
    ("channel", "result"),
    "Tellings done, by channel: delivered, failed for good, or nobody to tell.",
)
OF_THE_WORKER: Final = (LATENESS, TELLINGS)

POKES: Final = Measure(
    "daymark_pokes_total",
    "counter",
    (),
    "Workflows asked to look at the log again.",
)
AWAY: Final = Measure(
    "daymark_temporal_away_seconds",
    "gauge",
    (),
    "For how long Temporal, or the log, has not let the dispatcher work; 0 when all is well.",
)
UNCOVERED: Final = Measure(
    "daymark_reconciler_uncovered",
    "gauge",
    (),
    "Open children and ladders that Temporal did not show at the last look; they were poked.",
)
OVERDUE: Final = Measure(
    "daymark_reconciler_overdue",
    "gauge",
    (),
    "Children with something more than twenty seconds overdue at the last look; they were poked.",
)
STUCK: Final = Measure(
    "daymark_workflows_stuck_total",
    "counter",
    (),
    "Workflows that two minutes of pokes did not move, ended and begun anew.",
)
OF_THE_DISPATCHER: Final = (POKES, AWAY, UNCOVERED, OVERDUE, STUCK)

PROJECTED: Final = Measure(
    "daymark_projected_events_total",
    "counter",
    (),
    "Events taken in by the board.",
)
PROJECTION: Final = Measure(
    "daymark_projection_seconds",
    "histogram",
    (),
    "How long a batch took to take in, in seconds.",
)
OF_THE_PROJECTOR: Final = (PROJECTED, PROJECTION)
