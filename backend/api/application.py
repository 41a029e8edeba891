"""The HTTP application: middleware, routes and their documentation."""

from fastapi import Depends, FastAPI

from backend.api.body_limit import BodyLimitMiddleware
from backend.api.deadline import DeadlineMiddleware
from backend.api.problems import install_problem_handlers
from backend.api.request_guard import guard
from backend.api.request_id import RequestIdMiddleware
from backend.api.routes import (
    alerts,
    auth,
    backfills,
    calendars,
    concurrency_groups,
    dead_letters,
    history,
    run_calendar,
    run_queue,
    runs,
    system,
    task_graph,
    task_listing,
    task_versions,
    tasks,
    workers,
)
from backend.api.state import ApiState
from shared.models.base import Problem
from shared.version import VERSION

_PROBLEMS = {
    status: {"model": Problem, "content": {"application/problem+json": {}}, "description": meaning}
    for status, meaning in {
        401: "Not signed in",
        403: "Not allowed",
        404: "Not found",
        409: "Conflict",
        412: "Changed since it was read",
        413: "Body over 1 MiB",
        422: "A field is wrong",
        429: "Too many requests",
        500: "The backend failed; its log has the cause under X-Request-ID",
        503: "Database or message queue unavailable",
    }.items()
}


def create_application(state: ApiState) -> FastAPI:
    """Return the application over these services."""
    app = FastAPI(
        title="Taskdeck",
        version=VERSION,
        summary="Distributed task scheduling",
        responses=_PROBLEMS,  # type: ignore[arg-type]
        dependencies=[Depends(guard)],
    )
    app.state.api = state
    install_problem_handlers(app)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(DeadlineMiddleware)
    app.add_middleware(RequestIdMiddleware)
    for module in (
        task_graph,
        task_listing,
        tasks,
        task_versions,
        backfills,
        run_calendar,
        run_queue,
        runs,
        workers,
        calendars,
        concurrency_groups,
        alerts,
        history,
        system,
        dead_letters,
        auth,
    ):
        app.include_router(module.router)
    return app
