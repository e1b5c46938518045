"""What the web counts for operators: one table of measures, and the text that `/metrics` answers.

Labels hold routes, results, sources and names of our own: never a child and never a person.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from projections.measures import Measure
from web.problems import PROBLEMS

disable_created_metrics()  # type: ignore[no-untyped-call]  # or each would bring a second one, which no table explains


MEASURES: Final = (
    Measure(
        "daymark_http_requests_total",
        "counter",
        ("method", "route", "status"),
        "Requests answered, by the pattern of their address (never the address itself).",
    ),
    Measure(
        "daymark_http_request_seconds",
        "histogram",
        ("route",),
        "How long a request took to answer, in seconds.",
    ),
    Measure(
        "daymark_receipts_total",
        "counter",
        ("result",),
        "Receipts given by the intake: recorded, duplicate, differs or refused.",
    ),
    Measure(
        "daymark_refusals_total",
        "counter",
        ("problem",),
        "Posts and events of a batch refused by the intake, by kind of problem.",
    ),
    Measure(
        "daymark_post_events",
        "histogram",
        (),
        "How many events came in one post.",
    ),
    Measure(
        "daymark_log_position",
        "gauge",
        (),
        "The position of the last event in the log.",
    ),
    Measure(
        "daymark_follower_position",
        "gauge",
        ("view",),
        "How far a follower of the log has come.",
    ),
    Measure(
        "daymark_follower_lag_events",
        "gauge",
        ("view",),
        "How many positions a follower is behind the log; 0 when it has caught up.",
    ),
    Measure(
        "daymark_clocks",
        "gauge",
        ("verdict",),
        "Open clocks on the board, by verdict; breaches learned long afterwards are left out.",
    ),
    Measure(
        "daymark_breaches_not_acknowledged",
        "gauge",
        (),
        "Open breaches that nobody's promise holds.",
    ),
    Measure(
        "daymark_clocks_not_covered",
        "gauge",
        (),
        "Open clocks with a warning, breach or notice that is more than a minute overdue.",
    ),
    Measure(
        "daymark_doubts",
        "gauge",
        (),
        "Reasons not to rely on the board; 0 when it can be relied on.",
    ),
    Measure(
        "daymark_doubt",
        "gauge",
        ("kind",),
        "How many of these reasons are of each kind, as /readyz and `daymark doctor` name them.",
    ),
    Measure(
        "daymark_follower_lag_seconds",
        "gauge",
        ("view",),
        "How long ago the first event was recorded that a follower lacks; 0 when it lacks none.",
    ),
    Measure(
        "daymark_dispatcher_silent_seconds",
        "gauge",
        (),
        "Since when the dispatcher has not said that it and Temporal are well.",
    ),
    Measure(
        "daymark_feed_heard_seconds",
        "gauge",
        ("source",),
        "How long ago a source was last heard, where its silence can be too long.",
    ),
    Measure(
        "daymark_feed_late",
        "gauge",
        ("source",),
        "Whether such a source has been silent for too long: 1 late, 0 in time.",
    ),
    Measure(
        "daymark_parked_rows",
        "gauge",
        ("view",),
        "Rows of the log that a follower could not read or work out.",
    ),
    Measure(
        "daymark_calendar_days",
        "gauge",
        (),
        "Days until the published bank holidays run out.",
    ),
    Measure(
        "daymark_archive_waiting_seconds",
        "gauge",
        ("part",),
        "How long a finished piece of PostgreSQL's own log has waited to be archived; +Inf where none is.",
    ),
    Measure(
        "daymark_copied_seconds",
        "gauge",
        ("part",),
        "How long ago the nightly copy of PostgreSQL last ended well; +Inf where it never did.",
    ),
)
"""Every measure, in the order in which docs/metrics.md lists them."""

BY_NAME: Final[Mapping[str, Measure]] = MappingProxyType({m.name: m for m in MEASURES})

Reading = tuple[str, tuple[str, ...], float]
"""A gauge's name, the values of its labels, and what it shows."""

COUNTS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Measures:
    """The counts of one application; two in one process never mix."""

    def __init__(self, look: Callable[[], Iterable[Reading]]) -> None:
        """Keep how to read the gauges, which are looked up only when somebody asks."""
        self._registry = CollectorRegistry()
        self._registry.register(_Gauges(look))
        self._requests = self._counter("daymark_http_requests_total")
        self._seconds = self._histogram("daymark_http_request_seconds", SECONDS)
        self._receipts = self._counter("daymark_receipts_total")
        self._refusals = self._counter("daymark_refusals_total")
        self._events = self._histogram("daymark_post_events", COUNTS)
        # Shown before there is any: a count that begins at one is no increase to whoever watches it.
        for result in ("recorded", "duplicate", "differs", "refused"):
            self._receipts.labels(result)
        for problem in PROBLEMS:
            self._refusals.labels(problem)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request, under the pattern of its address."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def posted(self, count: int) -> None:
        """Count how many events came together."""
        self._events.observe(count)

    def receipt(self, result: str) -> None:
        """Count one receipt."""
        self._receipts.labels(result).inc()

    def refusal(self, problem: str) -> None:
        """Count one refusal, by the name of its problem."""
        self._refusals.labels(problem).inc()

    def families(self) -> Iterable[Metric]:
        """Every measure as it stands now."""
        return self._registry.collect()

    def text(self) -> bytes:
        """Every measure in the text format that Prometheus reads."""
        return generate_latest(self._registry)

    def _counter(self, name: str) -> Counter:
        measure = BY_NAME[name]
        return Counter(name, measure.help, measure.labels, registry=self._registry)

    def _histogram(self, name: str, buckets: tuple[float, ...]) -> Histogram:
        measure = BY_NAME[name]
        return Histogram(
            name, measure.help, measure.labels, registry=self._registry, buckets=buckets
        )


class _Gauges(Collector):
    """The gauges, read afresh for each scrape."""

    def __init__(self, look: Callable[[], Iterable[Reading]]) -> None:
        """Keep how to read them."""
        self._look = look

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name the gauges without reading them, for the registry's check of names."""
        return iter(self._families().values())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Read the gauges."""
        families = self._families()
        for name, labels, value in self._look():
            families[name].add_metric(labels, value)
        return iter(families.values())

    def _families(self) -> dict[str, GaugeMetricFamily]:
        return {
            measure.name: GaugeMetricFamily(measure.name, measure.help, labels=measure.labels)
            for measure in MEASURES
            if measure.kind == "gauge"
        }
