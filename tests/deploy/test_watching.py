"""What an operator watches with: dashboards, alarms and the collector name only what Daymark measures."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from prometheus_client import CollectorRegistry, generate_latest
from ruamel.yaml import YAML

import reconciler
from activities import effects
from commands.checks import COPIED_WITHIN, WAITS_AT_MOST
from projections.measures import (
    OF_THE_DISPATCHER,
    OF_THE_PROJECTOR,
    OF_THE_WORKER,
    POKES,
    STUCK,
    TELLINGS,
)
from telemetry import NEXT, FromMeters
from web.measures import MEASURES, Measures

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
DASHBOARDS = sorted(FOLDER.glob("dashboard-*.json"))
EVERY = {
    one.name: one for one in (*MEASURES, *OF_THE_WORKER, *OF_THE_DISPATCHER, *OF_THE_PROJECTOR)
}
WORDS = {
    "absent", "by", "for", "histogram_quantile", "increase", "le", "max", "min", "or", "rate", "sum",
    "vector", "and", "on", "m", "h",
}  # fmt: skip
"""The words of the language of Prometheus that we use."""


def read(name: str) -> dict[str, Any]:
    """A YAML file of this folder."""
    found: dict[str, Any] = YAML(typ="safe").load(FOLDER / name)
    return found


def alarms() -> list[dict[str, Any]]:
    """Every alarm."""
    return [rule for group in read("alerts.yaml")["groups"] for rule in group["rules"]]


def panels(path: Path) -> Iterator[dict[str, Any]]:
    """Every panel of a dashboard."""
    yield from json.loads(path.read_text(encoding="utf-8"))["panels"]


def questions() -> list[str]:
    """Every expression that Prometheus would be asked."""
    asked = [str(rule["expr"]) for rule in alarms()]
    return asked + [
        target["expr"]
        for path in DASHBOARDS
        for panel in panels(path)
        for target in panel["targets"]
    ]


def unknown(expression: str) -> list[str]:
    """The names and labels in an expression that no measure of ours has."""
    samples = {
        sample: measure
        for name, measure in EVERY.items()
        for sample in (
            [f"{name}_bucket", f"{name}_count", f"{name}_sum"]
            if measure.kind == "histogram"
            else [name]
        )
    }
    bare = re.sub(r'"[^"]*"', "", expression)
    names = set(re.findall(r"[a-z_]+[a-z0-9_]*", bare))
    used = [samples[name] for name in names if name in samples]
    labels = {label for measure in used for label in measure.labels}
    return sorted(names - set(samples) - labels - WORDS)


@pytest.mark.parametrize(
    ("name", "bound"),
    [("DaymarkNotArchived", WAITS_AT_MOST), ("DaymarkNotCopied", COPIED_WITHIN)],
)
def test_an_alarm_and_the_doctor_miss_a_copy_at_once(name: str, bound: timedelta) -> None:
    """The same delay is too long for both, though each file has the number for itself."""
    (alarm,) = (rule for rule in alarms() if rule.get("alert") == name)

    assert alarm["expr"].rpartition(" > ")[2] == f"{bound.total_seconds():.0f}"


@pytest.mark.parametrize("expression", questions())
def test_alarms_and_dashboards_name_only_what_is_measured(expression: str) -> None:
    """A renamed measure would leave an alarm that never sounds, and a panel that is always calm."""
    assert unknown(expression) == []
    assert balanced(expression)


def balanced(expression: str) -> bool:
    """Whether every bracket is closed."""
    return all(
        expression.count(left) == expression.count(right) for left, right in ("()", "{}", "[]")
    )


def test_a_measure_that_is_not_there_would_be_seen() -> None:
    """The control: a wrong name, a wrong label, and a bracket left open."""
    assert unknown("max(daymark_doubt) by (child)") == ["child"]
    assert unknown("max(daymark_doubtz)") == ["daymark_doubtz"]
    assert unknown("rate(daymark_breach_lateness_seconds[5m])") == [
        "daymark_breach_lateness_seconds"
    ]
    assert not balanced("max(daymark_doubts")


def test_every_measure_is_shown_on_a_dashboard() -> None:
    """What nobody looks at need not be measured."""
    shown = " ".join(
        target["expr"]
        for path in DASHBOARDS
        for panel in panels(path)
        for target in panel["targets"]
    )

    assert [name for name in EVERY if name not in shown] == []


def test_what_must_wake_somebody_has_an_alarm() -> None:
    """Each way in which a child's clock could be missed is an alarm."""
    asked = " ".join(str(rule["expr"]) for rule in alarms())
    must = {
        "daymark_log_position", "daymark_doubts", "daymark_temporal_away_seconds",
        "daymark_follower_lag_seconds", "daymark_clocks_not_covered", "daymark_feed_late",
        "daymark_breach_lateness_seconds", "daymark_parked_rows", "daymark_refusals_total",
        "daymark_tellings_total", "daymark_reconciler_uncovered", "daymark_calendar_days",
        "daymark_archive_waiting_seconds", "daymark_copied_seconds",
    }  # fmt: skip

    assert [name for name in must if name not in asked] == []


@pytest.mark.parametrize("rule", alarms(), ids=lambda rule: rule["alert"])
def test_every_alarm_says_what_it_means_and_what_to_do(rule: dict[str, Any]) -> None:
    """A sentence for two in the morning, and a section of the runbook that is there."""
    place, _, section = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (.+)$", (ROOT / place).read_text(encoding="utf-8"), re.MULTILINE)

    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in {"page", "ticket", "none"}
    assert rule["annotations"]["summary"].endswith(".")
    assert re.fullmatch(r"\d+[mh]", rule.get("for", "1m"))
    assert section in {
        re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in headings
    }


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.name)
def test_every_panel_has_its_place_and_its_source(path: Path) -> None:
    """Panels lie side by side, none on another, and ask the source that the reader chooses."""
    found = list(panels(path))
    places = {(one["gridPos"]["x"], one["gridPos"]["y"]) for one in found}

    assert len(places) == len({one["id"] for one in found}) == len(found)
    assert all(one["gridPos"]["x"] + one["gridPos"]["w"] <= 24 for one in found)
    assert {one["datasource"]["uid"] for one in found} == {"${datasource}"}
    assert all(one["title"] and one["targets"] for one in found)


def test_prometheus_asks_every_process_of_both_servers() -> None:
    """A process that nobody asks would be missed by nobody."""
    prometheus = read("prometheus.yaml")
    jobs = {
        job["job_name"]: job["static_configs"][0]["targets"] for job in prometheus["scrape_configs"]
    }
    ports = {"web": 8020, **{name: 9464 + more for name, more in NEXT.items()}}

    assert prometheus["rule_files"] == ["alerts.yaml"]
    assert jobs == {
        f"daymark-{name}": [f"server-{server}:{port}" for server in ("one", "two")]
        for name, port in ports.items()
    }


def test_the_collector_passes_on_what_it_takes() -> None:
    """Every part that a pipeline names is described, and none is described for nothing."""
    collector = read("collector.yaml")
    pipelines = collector["service"]["pipelines"]

    assert set(pipelines) == {"traces", "metrics"}
    for kind in ("receivers", "processors", "exporters"):
        named = {part for pipeline in pipelines.values() for part in pipeline[kind]}

        assert named == set(collector[kind])


def test_what_an_alarm_sees_increase_is_shown_before_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first refusal, failed telling or stuck workflow is an increase, for nought was shown before."""
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader]).get_meter("daymark.test")
    for room, name, measure in (
        (effects, "told", TELLINGS),
        (reconciler, "poked", POKES),
        (reconciler, "stuck", STUCK),
    ):
        monkeypatch.setattr(room, name, meter.create_counter(measure.name))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(FromMeters(reader))
    effects.count_from_nought()
    reconciler.count_from_nought()
    shown = (Measures(lambda: ()).text() + generate_latest(registry)).decode()
    watched = set(re.findall(r"increase\((\w+)", " ".join(str(rule["expr"]) for rule in alarms())))

    assert len(watched) == 3
    assert [
        one for one in watched if not re.search(rf"^{one}(\{{.*\}})? 0\.0$", shown, re.MULTILINE)
    ] == []
    assert 'daymark_tellings_total{channel="email",result="failed"} 0.0' in shown
    assert 'daymark_refusals_total{problem="unknown-type"} 0.0' in shown
