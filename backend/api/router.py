"""What the routers of all routes have in common."""

from fastapi import APIRouter, Depends

from backend.api.documentation import PROBLEMS
from backend.api.request_guard import guard


def api_router(prefix: str = "", *, tag: str | None = None, is_documented: bool = True) -> APIRouter:
    """Return a router whose requests are guarded, and whose problems are documented."""
    return APIRouter(
        prefix=prefix,
        tags=None if tag is None else [tag],
        dependencies=[Depends(guard)],
        responses=PROBLEMS,
        include_in_schema=is_documented,
    )
