"""Errors as RFC 9457 problem documents: translated here, once."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from backend.api.request_id import REQUEST_ID_HEADER
from shared.errors import (
    FieldError,
    NotFoundError,
    PayloadTooLargeError,
    TaskdeckError,
    ValidationFailedError,
)
from shared.models.base import Problem, ProblemField, place_of

PROBLEM_TYPE = "application/problem+json"
_PLACES = ("body", "query", "path", "header")

log = structlog.get_logger()


def problem_response(request: Request, error: TaskdeckError) -> JSONResponse:
    """Return the answer for an error of ours."""
    problem = Problem(
        title=error.title,
        status=error.status,
        detail=error.detail,
        instance=request.url.path,
        code=error.code,
        errors=[ProblemField(field=one.field, message=one.message) for one in error.errors],
    )
    headers = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        problem.model_dump(mode="json"), status_code=error.status, headers=headers, media_type=PROBLEM_TYPE
    )


def _validation_error(error: RequestValidationError) -> ValidationFailedError:
    errors = []
    for problem in error.errors():
        location = [part for part in place_of(problem) if part not in _PLACES]
        if problem["loc"][0] == "query":
            location = location[:1]  # a parameter given more than once has no places that a client counts
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "is not known here; check its spelling"
        elif problem["type"] == "json_invalid":
            location, message = ["body"], f"is not JSON: {problem.get('ctx', {}).get('error', message)}"
        errors.append(FieldError(".".join(location) or "body", message))
    detail = "; ".join(f"{one.field}: {one.message}" for one in errors)
    return ValidationFailedError(detail, errors=errors)


def _http_error(error: HTTPException) -> TaskdeckError:
    """Return an error with the status and the words of HTTP's own, such as 405."""
    phrase = HTTPStatus(error.status_code)
    kind = type(
        "HttpError",
        (TaskdeckError,),
        {"status": error.status_code, "code": phrase.name.lower(), "title": phrase.phrase},
    )
    found: TaskdeckError = kind(str(error.detail))
    return found


def _allowed(request: Request) -> list[str]:
    """Return every method of a path; the router itself knows only those of the first route that it tried."""
    found: set[str] = set()
    for template, operations in request.app.openapi()["paths"].items():
        if compile_path(template)[0].match(request.url.path):
            found.update(method.upper() for method in operations)
    return sorted(found)


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the application with a problem document."""

    @app.exception_handler(TaskdeckError)
    async def ours(request: Request, error: TaskdeckError) -> JSONResponse:
        return problem_response(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(request, _validation_error(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 404:
            return problem_response(
                request, NotFoundError(f"There is nothing at {request.url.path}; /docs lists what there is.")
            )
        if error.status_code == 413:
            return problem_response(request, PayloadTooLargeError(str(error.detail)))
        if error.status_code == 400:
            return problem_response(request, ValidationFailedError.of("body", f"cannot be read: {error.detail}"))
        response = problem_response(request, _http_error(error))
        response.headers.update(error.headers or {})
        if error.status_code == 405:
            response.headers["Allow"] = ", ".join(_allowed(request))
        return response

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error(
            "a request failed",
            path=request.url.path,
            method=request.method,
            request_id=request.scope.get("request_id"),
            exc_info=error,
        )
        answer = TaskdeckError(
            f"The backend failed to answer; its log has the cause under {request.scope.get('request_id')}."
        )
        response = problem_response(request, answer)
        response.headers[REQUEST_ID_HEADER] = str(request.scope.get("request_id", ""))
        return response
