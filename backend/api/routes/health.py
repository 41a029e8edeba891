"""Health and readiness over HTTP: without a user."""

from fastapi.responses import JSONResponse

from backend.api.router import api_router
from backend.api.state import State
from shared.models.system import Health, Readiness
from shared.version import VERSION

router = api_router(tag="unauthenticated")


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
