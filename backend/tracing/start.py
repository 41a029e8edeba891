"""Decides by the standard variables OTEL_* whether a process makes spans. Off, OpenTelemetry is not imported."""

import os
from collections.abc import Mapping

import structlog

from backend.tracing.tracer import NO_TRACER, Tracer

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_HEADERS = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
_PROTOCOL = "http/protobuf"

log = structlog.get_logger()


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Return whether an operator named a collector, and neither the SDK nor the exporter is turned off."""
    return (
        bool(_first(environment, _ENDPOINTS))
        and environment.get("OTEL_SDK_DISABLED", "").strip().lower() != "true"
        and (environment.get("OTEL_TRACES_EXPORTER", "").strip() or "otlp") == "otlp"
    )


def wrong_protocol(environment: Mapping[str, str]) -> str | None:
    """Return the protocol that is asked for, where it is not the one that is spoken."""
    asked = _first(environment, _PROTOCOLS)
    return asked if asked not in ("", _PROTOCOL) else None


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := environment.get(name, "").strip())), "")


def start_tracing(service: str) -> Tracer:
    """Return what makes the spans of this process.

    What prevents it is logged and ends no process: the variables may have been set for all programs of a machine. The
    headers for the collector, which may hold a credential, are removed from the environment of child processes.
    """
    if not is_wanted(os.environ):
        return NO_TRACER
    if (protocol := wrong_protocol(os.environ)) is not None:
        log.warning("Tracing is off: only OTLP over HTTP is supported.", asked=protocol, supported=_PROTOCOL)
        return NO_TRACER
    try:
        from backend.tracing.otel import open_tracer
    except ImportError as error:
        log.warning(
            "Tracing is off: OpenTelemetry is not installed. Install it with: pip install 'taskdeck[otel]'",
            cause=str(error),
        )
        return NO_TRACER
    tracer = open_tracer(service)
    for name in _HEADERS:
        os.environ.pop(name, None)
    log.info("Spans are sent to a collector.", endpoint=_first(os.environ, _ENDPOINTS), service=service)
    return tracer
