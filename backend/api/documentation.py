"""Completes the OpenAPI document with what holds for every route."""

from typing import Any

from fastapi import FastAPI

from backend.api.body_examples import BODIES
from backend.api.examples import add_examples
from shared.models.base import Problem

NO_NUL = r"^[^\u0000]*$"
_HAS_FORM = frozenset({"pattern", "format", "enum", "const"})
_SCHEMAS = "#/components/schemas/"

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": meaning,
        "content": {"application/problem+json": {"schema": {"$ref": f"{_SCHEMAS}{Problem.__name__}"}}},
    }
    for status, meaning in {
        401: "Not signed in",
        403: "Not allowed",
        404: "Not found",
        409: "Conflict",
        412: "Changed since it was read",
        413: "Body larger than its path allows: 1 MiB, 32 MiB for files of tasks, 16 KiB for /api/auth",
        422: "A field is not valid",
        429: "Too many requests",
        500: "The backend failed; its log has the cause under X-Request-ID",
        503: "Not answered in time, or database or broker unavailable; `code` says which",
    }.items()
}
PROBLEMS[414] = {"description": "Address longer than 32 KiB"}
PROBLEMS[431] = {"description": "More than 100 headers, or more than 32 KiB of them"}
"""The problem documents of any route, and what is refused before a route is known, without a body.

They reference a schema instead of a model: FastAPI would make a validator of a model for each status of each route,
which took a third of a second at the first request.
"""


def _exclude_nul(schema: Any) -> None:
    """Add to each text without another pattern that it has no NUL, which every request is searched for."""
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _exclude_nul(value)
    if isinstance(schema, dict) and schema.get("type") == "string" and not _HAS_FORM.intersection(schema):
        schema["pattern"] = NO_NUL


def complete_documentation(app: FastAPI) -> None:
    """Complete the OpenAPI document: the schema that `PROBLEMS` names, what every request must fulfil, and examples."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()  # cached by FastAPI
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if Problem.__name__ not in schemas:
            schema = Problem.model_json_schema(ref_template=_SCHEMAS + "{model}", mode="serialization")
            schemas.update(schema.pop("$defs", {}))
            schemas[Problem.__name__] = schema
            _exclude_nul(document)
            add_examples(document, BODIES)
        return document

    app.openapi = openapi  # type: ignore[method-assign]
