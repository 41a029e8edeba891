"""Health, readiness and metrics over HTTP: without a user."""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, PlainTextResponse

from backend.api.metrics import metrics_text
from backend.api.state import State
from backend.queue.depth import read_figures
from backend.system_info import readiness
from shared.errors import UnauthorizedError
from shared.models.system import Health, Readiness
from shared.version import VERSION

router = APIRouter(tags=["unauthenticated"])


@router.get("/health", summary="Whether the process is running")
async def health() -> Health:
    return Health(version=VERSION)


@router.get(
    "/ready",
    summary="Whether database, broker and schema are usable",
    responses={503: {"model": Readiness}},
)
async def ready(state: State) -> JSONResponse:
    found = await readiness(state.context, state.broker)
    return JSONResponse(found.model_dump(mode="json"), status_code=200 if found.ready else 503)


@router.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
async def metrics(state: State, authorization: Annotated[str | None, Header()] = None) -> PlainTextResponse:
    token = state.context.settings.metrics_token
    if token is not None and authorization != f"Bearer {token}":
        raise UnauthorizedError("The metrics need the token of TASKDECK_METRICS_TOKEN: Authorization: Bearer <token>.")
    text, content_type = metrics_text(await read_figures(state.context), state.watchdog.lag)
    return PlainTextResponse(text, media_type=content_type)
