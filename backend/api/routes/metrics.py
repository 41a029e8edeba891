"""The metrics over HTTP: with a token of their own, or on a port of their own."""

import hmac
from typing import Annotated

from fastapi import FastAPI, Header, Request
from fastapi.responses import PlainTextResponse

from backend.api.problems import install_problem_handlers
from backend.api.router import api_router
from backend.api.state import ApiState, State
from shared.errors import NotFoundError, UnauthorizedError

router = api_router(tag="unauthenticated")


@router.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
async def metrics(
    state: State, request: Request, authorization: Annotated[str | None, Header()] = None
) -> PlainTextResponse:
    port = None if state.process.is_local else state.context.settings.metrics_port
    if port is not None and not request.app.state.is_for_metrics:
        raise NotFoundError(f"The metrics are on port {port}, which TASKDECK_METRICS_PORT sets.")
    token = state.context.settings.metrics_token
    # Bytes: text with other characters than ASCII cannot be compared in constant time.
    if token is not None and not hmac.compare_digest((authorization or "").encode(), f"Bearer {token}".encode()):
        raise UnauthorizedError("The metrics need the token of TASKDECK_METRICS_TOKEN: Authorization: Bearer <token>.")
    found = await state.metrics.get()
    return PlainTextResponse(found.text, media_type=found.content_type)


def metrics_application(state: ApiState) -> FastAPI:
    """Return an application that serves nothing but the metrics."""
    app = FastAPI(title="Taskdeck metrics", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.api = state
    app.state.is_for_metrics = True
    install_problem_handlers(app)
    app.include_router(router)
    return app
