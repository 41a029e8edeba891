"""`/docs` and `/redoc`, from the package: no script, style or font comes from elsewhere."""

import importlib.resources
from collections.abc import Mapping
from functools import cache

from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from backend.api.router import api_router

router = api_router(is_documented=False)

_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "png": "image/png"}
_OF_LIBRARY = frozenset(("swagger-ui-bundle.js", "swagger-ui.css", "redoc.standalone.js", "favicon.png"))
_OWN: Mapping[str, str] = {
    # As files of their own, because the pages allow no script within themselves.
    "start-swagger.js": """SwaggerUIBundle({
  url: "openapi.json", dom_id: "#page", deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
""",
    "start-redoc.js": 'Redoc.init("openapi.json", {}, document.getElementById("page"));\n',
}
_CACHED = "public, max-age=86400"
"""The files change with the version only, and a day bounds the mix after an upgrade."""

# The addresses are relative, so that they hold behind a proxy with a path of its own.
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Taskdeck API</title>
<link rel="icon" href="docs/favicon.png">
{style}<div id="page"></div>
<script src="docs/{library}"></script>
<script src="docs/{start}"></script>
</html>
"""


@router.get("/docs")
async def swagger() -> HTMLResponse:
    style = '<link rel="stylesheet" href="docs/swagger-ui.css">\n'
    return HTMLResponse(_PAGE.format(style=style, library="swagger-ui-bundle.js", start="start-swagger.js"))


@router.get("/redoc")
async def redoc() -> HTMLResponse:
    return HTMLResponse(_PAGE.format(style="", library="redoc.standalone.js", start="start-redoc.js"))


@router.get("/docs/{name}")
async def file(name: str) -> Response:
    if name not in _OF_LIBRARY and name not in _OWN:
        raise HTTPException(404)
    kind = _TYPES[name.rpartition(".")[2]]
    return Response(_content(name), media_type=kind, headers={"Cache-Control": _CACHED})


@cache
def _content(name: str) -> bytes:
    """Return a file; all of them are three megabytes."""
    if name in _OWN:
        return _OWN[name].encode()
    return (importlib.resources.files("fastapi_offline") / "static" / name).read_bytes()
