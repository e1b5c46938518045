"""A dispatcher that cannot reach Temporal lets another try, and what it measured does not ring on."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, NumberDataPoint
from temporalio.client import Client

import dispatcher
from assembly import Daymark
from dispatcher import LETS_ANOTHER_TRY, Dispatcher, stands_by
from projections.measures import AWAY, OVERDUE, UNCOVERED, Measure
from projections.signs_of_life import sign
from reconciler import VIEW
from supervisor import free_port
from tests.histories import moment

Shown = Callable[[Measure], float]
GAUGES = {AWAY: "away", UNCOVERED: "missing_gauge", OVERDUE: "overdue_gauge"}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """What a measure of the dispatcher shows last."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    for measure, name in GAUGES.items():
        gauge = provider.get_meter("story").create_gauge(measure.name)
        monkeypatch.setattr(dispatcher, name, gauge)

    def last(measure: Measure) -> float:
        measured = reader.get_metrics_data()
        assert measured is not None
        (found,) = (
            point
            for resource in measured.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in metric.data.data_points
            if metric.name == measure.name
        )
        assert isinstance(found, NumberDataPoint)
        return float(found.value)

    yield last
    provider.shutdown()


class Time:
    """A time that goes on by eleven seconds whenever it is asked for."""

    def __init__(self) -> None:
        """Begin on a Monday morning."""
        self.began = self.present = moment("Mon 9 Mar 2026 09:00")

    def now(self) -> datetime:
        """Eleven seconds later."""
        self.present += timedelta(seconds=11)
        return self.present

    def steady(self) -> float:
        """The same, as seconds that no change of the machine's time moves."""
        return (self.present - self.began).total_seconds()


async def dispatching(parts: Daymark, time: Time) -> Dispatcher:
    """A dispatcher whose Temporal lies where nobody listens."""
    client = await Client.connect(f"127.0.0.1:{free_port()}", lazy=True)
    log, views = parts.log, parts.views
    return Dispatcher(client, log, views, parts.authority, ["sample"], time.now, clock=time.steady)


async def test_whoever_does_not_reach_temporal_lets_another_try(
    parts: Daymark, shown: Shown
) -> None:
    """It ends by itself after half a minute, and says for how long nobody has reached Temporal."""
    time = Time()
    sign(parts.views, VIEW, time.began - timedelta(minutes=5))
    await (await dispatching(parts, time)).follow(asyncio.Event())
    away = shown(AWAY)

    assert LETS_ANOTHER_TRY <= time.steady() < 2 * LETS_ANOTHER_TRY
    assert away == 300 + time.steady()


async def test_a_stand_by_measures_nothing(parts: Daymark, shown: Shown) -> None:
    """Whoever is at work measures; what was seen here last would keep somebody awake for ever."""
    await (await dispatching(parts, Time())).follow(asyncio.Event())
    for name in GAUGES.values():
        getattr(dispatcher, name).set(3)
    before = [shown(measure) for measure in GAUGES]
    stands_by()

    assert all(before)
    assert [shown(measure) for measure in GAUGES] == [0, 0, 0]
