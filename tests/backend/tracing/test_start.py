"""When tracing is on, by the standard variables, and that it costs no import where it is off."""

import subprocess
import sys
from collections.abc import Mapping

import pytest
import structlog

from backend.tracing.start import is_wanted, tracing, wrong_protocol
from backend.tracing.tracer import NO_TRACER

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, False),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "true"}, False),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "false"}, True),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_SERVICE_NAME": "jobs"}, False),
    ],
)
def test_a_collector_that_is_named_turns_it_on(environment: Mapping[str, str], wanted: bool) -> None:
    assert is_wanted(environment) is wanted


@pytest.mark.parametrize(
    ("environment", "wrong"),
    [
        ({}, None),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, None),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "grpc"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"}, None),
    ],
)
def test_only_http_is_spoken(environment: Mapping[str, str], wrong: str | None) -> None:
    assert wrong_protocol(environment) == wrong


def test_a_missing_package_ends_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.delitem(sys.modules, "backend.tracing.otel", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.context", None)
    with structlog.testing.capture_logs() as lines, tracing("taskdeck-worker") as tracer:
        assert tracer is NO_TRACER
    assert [line["event"] for line in lines] == [
        "Tracing is off: OpenTelemetry is not installed. Install it with: pip install 'taskdeck[otel]'"
    ]


@pytest.mark.parametrize(
    ("process", "of_its_own"),
    [
        ("backend.worker.worker_process", "opentelemetry"),
        ("backend.app", "opentelemetry.sdk opentelemetry.exporter"),  # FastAPI imports the API itself
    ],
)
def test_off_imports_nothing_of_opentelemetry(process: str, of_its_own: str) -> None:
    code = (
        f"import sys, {process}; from backend.tracing.start import tracing; tracing('taskdeck').__enter__();"
        f"print([name for name in sys.modules if name.startswith({tuple(of_its_own.split())!r})])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={})
    assert done.stdout == "[]\n"
