"""What an operator sees of all processes: one trace, every measure, and nothing of a child."""

import time
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from projections.measures import (
    LATENESS,
    OF_THE_DISPATCHER,
    OF_THE_PROJECTOR,
    OF_THE_WORKER,
    STUCK,
    TELLINGS,
    UNCOVERED,
)
from supervisor import free_port
from telemetry import NEXT
from tests.journeys.collector import Collector, collecting
from tests.journeys.machine import Machine, ago, wait_for
from web.measures import MEASURES

PROCESSES = {
    "worker": OF_THE_WORKER,
    "dispatcher": OF_THE_DISPATCHER,
    "projector": OF_THE_PROJECTOR,
}


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Where all processes send."""
    with collecting() as found:
        yield found


@pytest.fixture(scope="module")
def watched(
    tmp_path_factory: pytest.TempPathFactory, collector: Collector
) -> Iterator[tuple[Machine, int]]:
    """All of Daymark with a collector and ports for Prometheus, where one manager has been told."""
    machine, port = Machine(tmp_path_factory.mktemp("watched") / "home"), three_free_ports()
    machine.environment |= {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
        "DAYMARK_METRICS": f"127.0.0.1:{port}",
    }
    machine.start()
    try:
        machine.prepare()
        machine.told(
            *("missing-episode-started", "CANARY-7", ago(81)),
            missing_episode_ref="ME-7",
            type="M",
            missing_from="home",
            care_status="not-looked-after",
        )
        wait_for(lambda: "manager-notified" in machine.names("CANARY-7"))
        yield machine, port
    finally:
        assert machine.stop() == 0


def three_free_ports() -> int:
    """A port that is free, with the two after it."""
    while True:
        first = free_port()
        if all(free_port(first + more) == first + more for more in (1, 2)):
            return first


def shown(address: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Every sample at an address, by its name and the values of its labels."""
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 -- our own door
        text = answer.read().decode()
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for one in text_string_to_metric_families(text):
        for sample in one.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_one_trace_reaches_a_collector_from_the_request_to_the_notice(
    watched: tuple[Machine, int], collector: Collector
) -> None:
    """Sent by three processes, joined by one id: whoever looks into a telling finds what began it.

    The first child of a start may be told of in the reconciler's own trace, so a second one is.
    """
    machine, _ = watched
    time.sleep(5)  # its first look for what is missing is over by then
    machine.told(
        *("missing-episode-started", "CANARY-8", ago(81)),
        missing_episode_ref="ME-8",
        type="M",
        missing_from="home",
        care_status="not-looked-after",
    )

    def complete() -> list[set[str]]:
        traces: dict[bytes, set[tuple[str, str]]] = {}
        for process, span in collector.spans():
            traces.setdefault(span.trace_id, set()).add((process, span.name))
        return [
            {process for process, _ in seen}
            for seen in traces.values()
            if ("web", "POST /events") in seen and any("tell" in name for _, name in seen)
        ]

    assert wait_for(complete)[0] >= {"web", "dispatcher", "worker"}


def test_every_process_shows_its_measures_to_prometheus(watched: tuple[Machine, int]) -> None:
    """One setting, three ports; each name is one of the documented, and what has happened is counted."""
    machine, port = watched
    dispatcher = f"http://127.0.0.1:{port + NEXT['dispatcher']}/metrics"
    wait_for(lambda: UNCOVERED.name in shown(dispatcher))  # it lets Temporal's list settle first
    seen = {
        process: wait_for(lambda at=port + more: shown(f"http://127.0.0.1:{at}/metrics"))  # type: ignore[misc]
        for more, process in enumerate(PROCESSES)
    }
    known = {one.name for measures in PROCESSES.values() for one in measures}
    of_histograms = ("_bucket", "_count", "_sum")
    named = {name for samples in seen.values() for name in samples}

    assert {
        name for name in named if name not in known and not name.endswith(of_histograms)
    } == set()
    assert seen["worker"][TELLINGS.name]["email", "delivered"] >= 1
    assert seen["worker"][f"{LATENESS.name}_count"][()] >= 1
    assert seen["worker"][f"{LATENESS.name}_sum"][()] < 120
    assert seen["dispatcher"]["daymark_pokes_total"][()] >= 1
    assert seen["dispatcher"]["daymark_temporal_away_seconds"][()] == 0
    assert seen["dispatcher"]["daymark_reconciler_uncovered"][()] == 0
    assert seen["projector"]["daymark_projected_events_total"][()] >= 4
    assert "daymark_log_position" in shown(f"{machine.url}/metrics")


def test_every_measure_reaches_a_collector(
    watched: tuple[Machine, int], collector: Collector
) -> None:
    """The web's gauges, the others' counters and histograms, and what Temporal's client counts."""
    assert watched
    silent = {  # nothing of the kind has happened here, and the log lies in a file
        STUCK.name, "daymark_refusals_total", "daymark_feed_heard_seconds", "daymark_feed_late",
        "daymark_archive_waiting_seconds", "daymark_copied_seconds",
    }  # fmt: skip
    expected = {one.name for measures in PROCESSES.values() for one in measures}
    expected |= {f"{one.name}_count" if one.kind == "histogram" else one.name for one in MEASURES}

    def missing() -> set[str]:
        return expected - silent - {metric.name for _, metric in collector.measures()}

    wait_for(lambda: not missing())
    names = {metric.name for _, metric in collector.measures()}

    assert any(name.startswith("temporal_") for name in names)
    assert {process for process, _ in collector.measures()} >= {"web", *PROCESSES}


def test_nothing_that_is_sent_or_shown_speaks_of_a_child(
    watched: tuple[Machine, int], collector: Collector
) -> None:
    """No label names a child or a person, and no span names a child or says who somebody is."""
    machine, port = watched
    wait_for(lambda: any(metric.name == LATENESS.name for _, metric in collector.measures()))
    pages = [f"{machine.url}/metrics", *(f"http://127.0.0.1:{port + n}/metrics" for n in range(3))]
    shown_here = b"".join(repr(shown(page)).encode() for page in pages)
    measures = shown_here + b"".join(collector.sent("/v1/metrics"))
    wait_for(lambda: any("tell" in span.name for _, span in collector.spans()))
    spans = b"".join(collector.sent("/v1/traces"))

    assert b"daymark_doubts" in measures
    assert [word for word in (b"CANARY", b"P-2", b"Bryn", b"ME-7") if word in measures] == []
    assert [word for word in (b"CANARY", b"Bryn", b"ME-7") if word in spans] == []
