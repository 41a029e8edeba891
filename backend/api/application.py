"""The HTTP application: middleware, routes and their documentation."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from backend.api import documentation_pages
from backend.api.access_log import AccessLogMiddleware
from backend.api.body_limit import BodyLimitMiddleware
from backend.api.deadline import DeadlineMiddleware
from backend.api.documentation import complete_documentation
from backend.api.method_not_allowed import methods_by_path, refuse_other_methods
from backend.api.problems import install_problem_handlers
from backend.api.request_id import RequestIdMiddleware
from backend.api.request_spans import TRACEPARENT_HEADER, RequestSpansMiddleware
from backend.api.routes import (
    agenda,
    alerts,
    audit,
    auth,
    backfills,
    bulk,
    calendars,
    concurrency_groups,
    dead_letters,
    definitions,
    faults,
    grants,
    health,
    history,
    metrics,
    run_queue,
    runs,
    schedule_preview,
    secrets,
    single_sign_on,
    stream,
    system,
    task_graph,
    task_listing,
    task_versions,
    tasks,
    test_runs,
    workers,
)
from backend.api.security_headers import SecurityHeadersMiddleware
from backend.api.state import ApiState
from backend.api.stranger_gate import StrangerGateMiddleware
from backend.api.unexpected_errors import UnexpectedErrorMiddleware
from shared.version import VERSION

_METHODS_OF_BROWSERS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_HEADERS_OF_BROWSERS = (
    *("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID", "X-Request-ID"),
    TRACEPARENT_HEADER,
)
_SHOWN_TO_BROWSERS = ("ETag", "Retry-After", "X-Request-ID")

ROUTE_MODULES = (
    bulk,
    task_graph,
    task_listing,
    tasks,
    definitions,
    task_versions,
    backfills,
    agenda,
    run_queue,
    runs,
    test_runs,
    workers,
    calendars,
    concurrency_groups,
    alerts,
    history,
    system,
    schedule_preview,
    audit,
    stream,
    health,
    metrics,
    dead_letters,
    faults,
    secrets,
    auth,
    grants,
    single_sign_on,
    documentation_pages,
)


def create_application(state: ApiState) -> FastAPI:
    """Return the application."""
    app = FastAPI(
        title="Taskdeck",
        version=VERSION,
        summary="Distributed task scheduling",
        docs_url=None,
        redoc_url=None,
    )
    app.state.api = state
    app.state.is_for_metrics = False
    complete_documentation(app)
    install_problem_handlers(app)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(StrangerGateMiddleware, state=state)
    app.add_middleware(DeadlineMiddleware)
    app.add_middleware(UnexpectedErrorMiddleware)
    origins = state.context.settings.origins
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=_METHODS_OF_BROWSERS,
            allow_headers=_HEADERS_OF_BROWSERS,
            expose_headers=_SHOWN_TO_BROWSERS,
        )
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(AccessLogMiddleware, what=state.context.settings.access_log or "off")
    app.add_middleware(RequestSpansMiddleware, tracer=state.context.tracer)
    app.add_middleware(RequestIdMiddleware)
    # One list, not a router in a router: FastAPI finds a route of an included one twice, and keeps it twice, which took
    # a seventh of the time of a trigger and 10 MB.
    app.router.routes.extend(route for module in ROUTE_MODULES for route in module.router.routes)
    app.state.methods = methods_by_path(app.router.routes)
    refuse_other_methods(app, app.state.methods)
    return app
