"""The HTTP application: middleware, routes and their documentation."""

from fastapi import Depends, FastAPI

from backend.api.body_limit import BodyLimitMiddleware
from backend.api.deadline import DeadlineMiddleware
from backend.api.documentation import PROBLEMS, complete_documentation
from backend.api.method_not_allowed import methods_by_path, refuse_other_methods
from backend.api.problems import install_problem_handlers
from backend.api.request_guard import guard
from backend.api.request_id import RequestIdMiddleware
from backend.api.routes import (
    agenda,
    alerts,
    audit,
    auth,
    backfills,
    calendars,
    concurrency_groups,
    dead_letters,
    faults,
    health,
    history,
    run_queue,
    runs,
    schedule_preview,
    stream,
    system,
    task_graph,
    task_listing,
    task_versions,
    tasks,
    test_runs,
    workers,
)
from backend.api.state import ApiState
from backend.api.unexpected_errors import UnexpectedErrorMiddleware
from shared.version import VERSION


def create_application(state: ApiState) -> FastAPI:
    """Return the application."""
    app = FastAPI(
        title="Taskdeck",
        version=VERSION,
        summary="Distributed task scheduling",
        responses=PROBLEMS,
        dependencies=[Depends(guard)],
    )
    app.state.api = state
    complete_documentation(app)
    install_problem_handlers(app)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(DeadlineMiddleware)
    app.add_middleware(UnexpectedErrorMiddleware)
    app.add_middleware(RequestIdMiddleware)
    modules = (
        task_graph,
        task_listing,
        tasks,
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
        dead_letters,
        faults,
        auth,
    )
    for module in modules:
        app.include_router(module.router)
    app.state.methods = methods_by_path(route for module in modules for route in module.router.routes)
    refuse_other_methods(app, app.state.methods)
    _build_routes(app)
    return app


def _build_routes(app: FastAPI) -> None:
    """Build the validators of all routes now: FastAPI would build them with the first request, for half a second."""
    for route in app.routes:
        route.matches({"type": "http", "method": "GET", "path": "/no/such/path", "headers": []})
