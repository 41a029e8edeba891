"""Health, readiness and metrics over HTTP: without a user."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, PlainTextResponse

from backend.api.state import State
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
    found = await state.readiness.get()
    return JSONResponse(found.model_dump(mode="json"), status_code=200 if found.ready else 503)


@router.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
async def metrics(state: State, authorization: Annotated[str | None, Header()] = None) -> PlainTextResponse:
    token = state.context.settings.metrics_token
    # Bytes: text with other characters than ASCII cannot be compared in constant time.
    if token is not None and not hmac.compare_digest((authorization or "").encode(), f"Bearer {token}".encode()):
        raise UnauthorizedError("The metrics need the token of TASKDECK_METRICS_TOKEN: Authorization: Bearer <token>.")
    found = await state.metrics.get()
    return PlainTextResponse(found.text, media_type=found.content_type)
