"""A collector of OpenTelemetry on loopback: it decodes what arrives over OTLP/HTTP, and answers every other request."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

_SECONDS = 30


@dataclass(frozen=True)
class ReceivedSpan:
    """One span; ids are hexadecimal, times are Unix times in nanoseconds."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: Mapping[str, str | int]
    error: str | None
    start: int
    end: int


class OtlpCollector:
    """`headers` has those of each request that was no export, by its path."""

    def __init__(self) -> None:
        self.spans: list[ReceivedSpan] = []
        self.headers: dict[str, dict[str, str]] = {}
        self.export_headers: list[dict[str, str]] = []
        self._changed = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.headers[self.path] = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200 if self.path == "/v1/traces" else 404)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                outer.receive(dict(self.headers), ExportTraceServiceRequest.FromString(body))

            def log_request(self, code: object = "-", size: object = "-") -> None:
                """Override BaseHTTPRequestHandler.log_request: say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What turns tracing on for a process, with spans sent at once."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url, "OTEL_BSP_SCHEDULE_DELAY": "50"}

    def receive(self, headers: dict[str, str], request: ExportTraceServiceRequest) -> None:
        """Keep the spans of an export, and wake those who wait for one."""
        with self._changed:
            self.export_headers.append(headers)
            for resource in request.resource_spans:
                service = next(
                    one.value.string_value for one in resource.resource.attributes if one.key == "service.name"
                )
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        attributes: dict[str, str | int] = {
                            one.key: one.value.int_value if one.value.HasField("int_value") else one.value.string_value
                            for one in span.attributes
                        }
                        self.spans.append(
                            ReceivedSpan(
                                service=service,
                                name=span.name,
                                trace_id=span.trace_id.hex(),
                                span_id=span.span_id.hex(),
                                parent_id=span.parent_span_id.hex(),
                                attributes=attributes,
                                error=span.status.message if span.status.code == 2 else None,
                                start=span.start_time_unix_nano,
                                end=span.end_time_unix_nano,
                            )
                        )
            self._changed.notify_all()

    def until(self, name: str, is_it: Callable[[ReceivedSpan], bool] = lambda _: True) -> ReceivedSpan:
        """Return the first span of a name that fits, as soon as it has arrived."""

        def found() -> ReceivedSpan | None:
            return next((span for span in self.spans if span.name == name and is_it(span)), None)

        with self._changed:
            if (span := self._changed.wait_for(found, _SECONDS)) is None:
                raise AssertionError(f"no span {name} among {[(one.name, one.attributes) for one in self.spans]}")
            return span

    @contextmanager
    def serving(self) -> "Iterator[OtlpCollector]":
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()
