"""What operators see: JSON log lines that carry the trace, and traces from a fact to a notice.

No line and no span carries a child's reference: logs hold event names and opaque ids, and the
addresses a request asked for are taken out of its span before it is sent or written anywhere.
"""

import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, Final

import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)

from domain.errors import DaymarkError

TRACES_FILE: Final = "DAYMARK_TEST_TRACES"
"""A file for spans, one JSON document a line: for tests that follow a trace or search it."""
ASKED_FOR: Final = frozenset(
    {"url.path", "url.query", "url.full", "http.target", "http.url", "client.address"}
)
"""What would say which page somebody asked for, and so which child; the route's template stays."""

QUOTING: Final = frozenset({"exception.message", "exception.stacktrace"})
"""What may repeat a value that was sent."""


def configure(process: str, level: str = "info") -> None:
    """Log to standard error and trace from here on; called once, first of all, by a process."""
    configure_logs(level)
    configure_traces(process)
    structlog.contextvars.bind_contextvars(process=process)
    sys.excepthook = last_words
    threading.excepthook = lambda thread: last_words(
        thread.exc_type, thread.exc_value, thread.exc_traceback
    )


def last_words(_kind: type[BaseException], error: BaseException | None, _traceback: object) -> None:
    """An error that nobody expected ends as one line like any other; then the supervisor acts."""
    structlog.get_logger().critical("ended by an unexpected error", exc_info=error)


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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
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


def configure_traces(process: str) -> None:
    """Make spans, and send them only where OTEL_EXPORTER_OTLP_ENDPOINT says."""
    described = {
        "service.name": os.environ.get("OTEL_SERVICE_NAME", "daymark"),
        "service.instance.id": process,
    }
    provider = TracerProvider(resource=Resource.create(described))
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        # Asked for only here: the exporter brings a second of imports that most do not need.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )

        provider.add_span_processor(BatchSpanProcessor(Discreet(OTLPSpanExporter())))
    if path := os.environ.get(TRACES_FILE):
        provider.add_span_processor(SimpleSpanProcessor(Discreet(ToFile(Path(path)))))
    trace.set_tracer_provider(provider)


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
