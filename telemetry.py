"""What operators see: JSON log lines that carry the trace, and traces from a fact to a notice.

No line and no span carries a child's reference: logs hold event names and opaque ids, and the
addresses a request asked for are taken out of its span before it is sent or written anywhere.
"""

import json
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TextIO, cast

import structlog
from opentelemetry import metrics, trace
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    Histogram,
    InMemoryMetricReader,
    Metric,
    MetricReader,
    NumberDataPoint,
    PeriodicExportingMetricReader,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from domain.errors import DaymarkError, Unavailable

TRACES_FILE: Final = "DAYMARK_TEST_TRACES"
"""A file for spans, one JSON document a line: for tests that follow a trace or search it."""
ASKED_FOR: Final = frozenset(
    {"url.path", "url.query", "url.full", "http.target", "http.url", "client.address"}
)
"""What would say which page somebody asked for, and so which child; the route's template stays."""

QUOTING: Final = frozenset({"exception.message", "exception.stacktrace"})
"""What may repeat a value that was sent."""


COLLECTOR: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""Where spans and measures are sent, if anywhere."""

OURS: Final = "daymark_"
"""How the name of each of our own measures begins."""

NEXT: Final = {"worker": 0, "dispatcher": 1, "projector": 2}
"""Which port each process without a door shows its measures at, counted from the one that is set."""


def configure(process: str, level: str = "info", at: tuple[str, int] | None = None) -> None:
    """Log, trace and measure from here on; called once, first of all, by a process."""
    configure_logs(level)
    resource = Resource.create(
        {
            "service.name": os.environ.get("OTEL_SERVICE_NAME", "daymark"),
            "service.instance.id": process,
        }
    )
    configure_traces(resource)
    configure_measures(process, resource, at)
    structlog.contextvars.bind_contextvars(process=process)
    sys.excepthook = last_words
    threading.excepthook = lambda thread: last_words(
        thread.exc_type, thread.exc_value, thread.exc_traceback
    )


def last_words(_kind: type[BaseException], error: BaseException | None, _traceback: object) -> None:
    """An error that nobody expected ends as one line like any other; then the supervisor acts."""
    structlog.get_logger().critical("ended by an unexpected error", exc_info=error)


class Lines:
    """Standard error, where a line that nobody can take is let go: a full disk ends no process."""

    def write(self, text: str) -> None:
        """Say it, or let it go."""
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Say at once what was written, or leave it for later."""
        with suppress(OSError):
            sys.stderr.flush()


def configure_logs(level: str) -> None:
    """One JSON document a line, from our own rooms and from the libraries alike."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_trace,
    ]
    structlog.configure(
        processors=[*shared, failure, as_json],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Lines())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                failure,
                as_json,
            ],
        )
    )
    # Libraries speak up only when something is wrong: their chatter may quote what they were given.
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def as_json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """The line, with its event first; whatever is no JSON value is written as text."""
    ordered = {"event": event.pop("event", ""), **event}
    return json.dumps(ordered, default=str, ensure_ascii=False)


def failure(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """What went wrong and where, without the words of errors that may quote what they were given.

    Only our own errors and the system's are quoted: theirs are written to be read.
    """
    given = event.pop("exc_info", None)
    if not given:
        return event
    error = given if isinstance(given, BaseException) else sys.exc_info()[1]
    if isinstance(given, tuple):
        error = given[1]
    chain = []
    while error is not None:
        said = f": {error}" if isinstance(error, DaymarkError | OSError) else ""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{Path(at.filename).name}:{at.lineno} {at.name}" for at in frames]
        chain.append({"error": type(error).__qualname__ + said, "at": places})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    event["failure"] = chain
    return event


def add_trace(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Name the trace and span in which a line was written, so that one leads to the other."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event


def configure_traces(resource: Resource) -> None:
    """Make spans, and send them only where OTEL_EXPORTER_OTLP_ENDPOINT says."""
    provider = TracerProvider(resource=resource)
    if os.environ.get(COLLECTOR):
        # Asked for only here: the exporter brings a second of imports that most do not need.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )

        provider.add_span_processor(BatchSpanProcessor(Discreet(OTLPSpanExporter())))
    if path := os.environ.get(TRACES_FILE):
        provider.add_span_processor(SimpleSpanProcessor(Discreet(ToFile(Path(path)))))
    trace.set_tracer_provider(provider)


def configure_measures(process: str, resource: Resource, at: tuple[str, int] | None) -> None:
    """Count, and show it at a port of ours, send it to a collector, both or neither."""
    readers: list[MetricReader] = []
    if os.environ.get(COLLECTOR):
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import (  # noqa: PLC0415
            OTLPMetricExporter,
        )

        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
    if at and process in NEXT:
        shown = InMemoryMetricReader()
        readers.append(shown)
        show(shown, at[0], at[1] + NEXT[process])
    if readers:
        metrics.set_meter_provider(MeterProvider(readers, resource))


def show(reader: InMemoryMetricReader, host: str, port: int) -> None:
    """Answer Prometheus at a port; Unavailable when somebody else has it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(FromMeters(reader))
    try:
        start_http_server(port, host, registry)
    except OSError as error:
        message = (
            f"no measures can be shown at {host}:{port} ({os.strerror(error.errno or 0)}):"
            " end the program that listens there, or set DAYMARK_METRICS"
        )
        raise Unavailable(message) from None


class FromMeters(Collector):
    """What this process has counted, as Prometheus reads it."""

    def __init__(self, reader: InMemoryMetricReader) -> None:
        """Keep where it is counted."""
        self._reader = reader

    def describe(self) -> Iterator[Family]:
        """Nothing beforehand: what was never counted is not shown."""
        return iter(())

    def collect(self) -> Iterator[Family]:
        """Read every measure of ours."""
        found = self._reader.get_metrics_data()
        for resource in found.resource_metrics if found else ():
            for scope in resource.scope_metrics:
                yield from (family(one) for one in scope.metrics if one.name.startswith(OURS))


def family(measured: Metric) -> Family:
    """One measure in the terms of Prometheus."""
    name, about = measured.name, measured.description or ""
    points = measured.data.data_points
    labels = list(dict.fromkeys(key for point in points for key in point.attributes or ()))

    def values(attributes: Mapping[str, Any] | None) -> list[str]:
        return [str((attributes or {}).get(key, "")) for key in labels]

    if isinstance(measured.data, Histogram):
        shown = HistogramMetricFamily(name, about, labels=labels)
        for one in measured.data.data_points:
            edges, below, buckets = [*map(str, one.explicit_bounds), "+Inf"], 0, []
            for edge, count in zip(edges, one.bucket_counts, strict=True):
                below += count
                buckets.append((edge, below))
            shown.add_metric(values(one.attributes), buckets, one.sum)
        return shown
    plain = CounterMetricFamily if isinstance(measured.data, Sum) else GaugeMetricFamily
    simple = plain(name, about, labels=labels)
    for point in points:
        if isinstance(point, NumberDataPoint):
            simple.add_metric(values(point.attributes), point.value)
    return simple


def also_send(look: Callable[[], Iterable[Family]]) -> None:
    """Send to the collector what the web counts for Prometheus, if there is a collector."""
    if not os.environ.get(COLLECTOR):
        return
    meter, seen = metrics.get_meter("daymark.web"), Seen(look)
    for one in seen():
        if one.type == "gauge":
            meter.create_observable_gauge(
                one.name, [seen.sender(one.name)], description=one.documentation
            )
        elif one.type == "counter":
            name = f"{one.name}_total"
            meter.create_observable_counter(
                name, [seen.sender(name)], description=one.documentation
            )
        else:  # a histogram cannot be observed from outside: its count and its sum can
            for name in (f"{one.name}_count", f"{one.name}_sum"):
                meter.create_observable_counter(
                    name, [seen.sender(name)], description=one.documentation
                )


class Seen:
    """One look for all the measures of one round of sending: each look asks the log and the board."""

    AGAIN_AFTER: Final = 1.0

    def __init__(self, look: Callable[[], Iterable[Family]]) -> None:
        """Keep how to look."""
        self._look = look
        self._at, self._found = float("-inf"), list[Family]()

    def __call__(self) -> list[Family]:
        """What was seen a moment ago, or is seen now."""
        if time.monotonic() - self._at > self.AGAIN_AFTER:
            self._found, self._at = list(self._look()), time.monotonic()
        return self._found

    def sender(self, name: str) -> Callable[[CallbackOptions], Iterator[Observation]]:
        """Every value of one name, at each round."""

        def observed(_options: CallbackOptions) -> Iterator[Observation]:
            for one in self():
                for sample in one.samples:
                    if sample.name == name:
                        yield Observation(sample.value, sample.labels)

        return observed


class Discreet(SpanExporter):
    """Hands spans on without what would say which child somebody asked about."""

    def __init__(self, onwards: SpanExporter) -> None:
        """Keep the exporter that really sends."""
        self.onwards = onwards

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send each span with its telling attributes left out."""
        return self.onwards.export([discreet(span) for span in spans])

    def shutdown(self) -> None:
        """Pass the end on."""
        self.onwards.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Pass the wish on."""
        return self.onwards.force_flush(timeout_millis)


def discreet(span: ReadableSpan) -> ReadableSpan:
    """The same span without the addresses asked for and the words of an error.

    The message of an exception may quote what was sent, so only its kind is kept.
    """
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=without(span.attributes or {}, ASKED_FOR),
        events=[
            type(event)(event.name, without(event.attributes or {}, QUOTING), event.timestamp)
            for event in span.events
        ],
        links=span.links,
        kind=span.kind,
        status=trace.Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def without(attributes: Mapping[str, Any], left_out: frozenset[str]) -> dict[str, Any]:
    """The attributes but for some."""
    return {name: value for name, value in attributes.items() if name not in left_out}


class ToFile(SpanExporter):
    """Appends spans to a file that many processes may share, one line each."""

    def __init__(self, path: Path) -> None:
        """Keep the place."""
        self.path = path

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Write each span as one line in one piece, so that two processes' lines never mix."""
        lines = "".join(f"{span.to_json(indent=None)}\n" for span in spans)
        with self.path.open("ab", buffering=0) as file:
            file.write(lines.encode())
        return SpanExportResult.SUCCESS
