"""Decides by the standard variables OTEL_* whether a process makes spans. Off, OpenTelemetry is not imported."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import urlsplit

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


@contextmanager
def tracing(service: str) -> Iterator[Tracer]:
    """Yield what makes the spans of this process.

    What prevents it is logged and ends no process: the variables may have been set for all programs of a machine. The
    headers for the collector, which may hold a credential, are removed from the environment of child processes.
    """
    open_tracer = _usable() if is_wanted(os.environ) else None
    if open_tracer is None:
        yield NO_TRACER
        return
    with open_tracer(service) as tracer:
        for name in _HEADERS:
            os.environ.pop(name, None)
        log.info("Spans are sent to a collector.", host=urlsplit(_first(os.environ, _ENDPOINTS)).hostname)
        yield tracer


def _usable() -> Callable[[str], AbstractContextManager[Tracer]] | None:
    """Return what opens a tracer, or None where it cannot be used, which is logged."""
    if (protocol := wrong_protocol(os.environ)) is not None:
        log.warning("Tracing is off: only OTLP over HTTP is supported.", asked=protocol, supported=_PROTOCOL)
        return None
    try:
        from backend.tracing.otel import open_tracer
    except ImportError as error:
        log.warning(
            "Tracing is off: OpenTelemetry is not installed. Install it with: pip install 'taskdeck[otel]'",
            cause=str(error),
        )
        return None
    return open_tracer
