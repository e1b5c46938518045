"""A collector for one test: takes what OpenTelemetry sends over HTTP, and can be asked what it holds."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector:
    """What was sent, as it came."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.lock = Lock()
        self.bodies: dict[str, list[bytes]] = {"/v1/traces": [], "/v1/metrics": []}
        self.url = ""

    def take(self, path: str, body: bytes) -> None:
        """Keep one message."""
        with self.lock:
            self.bodies[path].append(body)

    def sent(self, path: str) -> list[bytes]:
        """Every message that came to an address."""
        with self.lock:
            return list(self.bodies[path])

    def spans(self) -> Iterator[tuple[str, Span]]:
        """Every span, with the process it came from."""
        for body in self.sent("/v1/traces"):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                about = {one.key: one.value.string_value for one in resource.resource.attributes}
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        yield about["service.instance.id"], span

    def measures(self) -> Iterator[tuple[str, Metric]]:
        """Every measure, with the process it came from; Temporal's own name none."""
        for body in self.sent("/v1/metrics"):
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                about = {one.key: one.value.string_value for one in resource.resource.attributes}
                for scope in resource.scope_metrics:
                    for metric in scope.metrics:
                        yield about.get("service.instance.id", ""), metric


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens on this machine."""
    collector = Collector()

    class Door(BaseHTTPRequestHandler):
        """Takes whatever is posted."""

        def do_POST(self) -> None:
            """Keep the body, and say that it was taken."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            collector.take(self.path, gzip.decompress(body) if zipped else body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    collector.url = f"http://127.0.0.1:{server.server_port}"
    listening = Thread(target=server.serve_forever, daemon=True)
    listening.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        listening.join()
