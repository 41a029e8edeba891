"""Translates every error into an RFC 9457 problem document."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from backend.api.method_not_allowed import allowed_methods
from backend.api.refusals import note_refusal
from shared.errors import (
    MOST_ERRORS,
    ExpiredTokenError,
    FieldError,
    NotFoundError,
    PayloadTooLargeError,
    TaskdeckError,
    ValidationFailedError,
)
from shared.models.base import Problem, ProblemField, place_of
from shared.printable_text import escaped

PROBLEM_TYPE = "application/problem+json"
_REFUSALS = frozenset({401, 403, 429})
ACTION = "action"
"""The field that says which of several models a body is."""
_KEPT = "\n\t"
"""Characters of messages that stay; others that are not printable come from names and values of the request."""
_PLACES = ("body", "query", "path", "header")


def problem_response(request: Request, error: TaskdeckError) -> JSONResponse:
    """Return the problem document for an error."""
    headers = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    problem = Problem(
        title=error.title,
        status=error.status,
        detail=escaped(error.detail, keep=_KEPT),
        instance=request.url.path,
        code=error.code,
        errors=[
            ProblemField(field=escaped(one.field), message=escaped(one.message, keep=_KEPT)) for one in error.errors
        ],
    )
    return _document(problem, headers)


def _document(problem: Problem, headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse(
        problem.model_dump(mode="json"), status_code=problem.status, headers=dict(headers), media_type=PROBLEM_TYPE
    )


def field_errors(found: Sequence[Any], *, body: object = None) -> list[FieldError]:
    """Return the first of the errors that pydantic found in a request, each with the field as clients know it."""
    action = body.get(ACTION) if isinstance(body, dict) else None
    errors = []
    for problem in found[:MOST_ERRORS]:
        location = [part for part in place_of(problem) if part not in _PLACES]
        if location[:1] == [action]:
            location = location[1:]  # which of the models of a union it is
        if problem["loc"][0] == "query":
            location = location[:1]  # without the index of a repeated parameter: clients name the parameter
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "is not a known field; check its spelling"
        elif problem["type"] == "json_invalid":
            location, message = ["body"], f"is not JSON: {problem.get('ctx', {}).get('error', message)}"
        elif problem["type"] == "union_tag_not_found":
            location, message = [ACTION], "is required"
        elif problem["type"] == "union_tag_invalid":
            location, message = [ACTION], f"must be one of {problem['ctx']['expected_tags']}"
        errors.append(FieldError(".".join(location) or "body", message))
    return errors


def _protocol_problem(request: Request, error: HTTPException) -> JSONResponse:
    """Return the problem document for an error of HTTP itself, such as 405, which has no class in `shared.errors`."""
    status = HTTPStatus(error.status_code)
    headers = dict(error.headers or {})
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(allowed_methods(request.app.state.methods, request.url.path))
    problem = Problem(
        title=status.phrase,
        status=status,
        detail=str(error.detail),
        instance=request.url.path,
        code=status.name.lower(),
        errors=[],
    )
    return _document(problem, headers)


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error that is foreseen with a problem document."""

    @app.exception_handler(TaskdeckError)
    async def ours(request: Request, error: TaskdeckError) -> JSONResponse:
        if error.status in _REFUSALS and not isinstance(error, ExpiredTokenError):
            note_refusal(request, error.status)
        return problem_response(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        errors = field_errors(found, body=error.body)
        return problem_response(request, ValidationFailedError.of_fields(errors, total=len(found)))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 404:
            return problem_response(
                request, NotFoundError(f"The API has no path {request.url.path}. /docs lists all paths.")
            )
        if error.status_code == 413:
            return problem_response(request, PayloadTooLargeError(str(error.detail)))
        if error.status_code == 400:
            return problem_response(request, ValidationFailedError.of("body", f"cannot be read: {error.detail}"))
        return _protocol_problem(request, error)
