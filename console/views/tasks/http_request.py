"""The request of an HTTP task as the texts of its fields, and as the JSON of its command. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from console.views.tasks.field_texts import numbers_text, pairs_text, read_numbers, read_pairs
from console.words import tr
from shared.errors import FieldError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NO_BODY, JSON_BODY, TEXT_BODY = "none", "json", "text"
EMPTY: Mapping[str, str] = {
    "http_method": "GET",
    "http_url": "",
    "http_headers": "",
    "http_body_kind": NO_BODY,
    "http_body": "",
    "http_expected": "",
}
"""The fields of a request that is not written yet."""
HTTP_FIELDS = tuple(EMPTY)
_PARTS = ("method", "url", "headers", "body", "expected_status")
_FIELD_OF_PART = {
    "method": "http_method",
    "url": "http_url",
    "headers": "http_headers",
    "body": "http_body",
    "expected_status": "http_expected",
}


def request_texts(command: str) -> dict[str, str] | None:
    """Return the texts of a command's fields; None where they could not show all of it."""
    if not command.strip():
        return dict(EMPTY)
    try:
        found = json.loads(command, parse_constant=_refuse)
        return _texts_of(found) if isinstance(found, dict) and set(found) <= set(_PARTS) else None
    except (AttributeError, TypeError, ValueError, RecursionError):
        return None


def _texts_of(found: Mapping[str, Any]) -> dict[str, str] | None:
    """Raise AttributeError, TypeError or ValueError for parts of another type."""
    url, method, headers = found.get("url", ""), found.get("method", "GET"), found.get("headers", {})
    body, expected = found.get("body"), found.get("expected_status")
    statuses = expected if isinstance(expected, list) else [] if expected is None else [expected]
    is_shown = (
        url == " ".join(url.split())
        and method.upper() in METHODS
        and read_pairs(pairs_text(headers)) == headers
        and (read_numbers(numbers_text(statuses)) == statuses or expected is None)
    )
    if not is_shown:
        return None
    return {
        "http_method": method.upper(),
        "http_url": url,
        "http_headers": pairs_text(headers),
        "http_body_kind": NO_BODY if body is None else TEXT_BODY if isinstance(body, str) else JSON_BODY,
        "http_body": "" if body is None else body if isinstance(body, str) else _json(body),
        "http_expected": numbers_text(statuses),
    }


def request_command(texts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the command of the texts, and what is wrong with which of them.

    A text that is wrong stands in the command as it is, so that nothing of it is lost.
    """
    errors: dict[str, str] = {}
    parts = {"method": _json(texts["http_method"]), "url": _json(texts["http_url"].strip())}
    if problem := _url_problem(texts["http_url"].strip()):
        errors["http_url"] = problem
    try:
        if headers := read_pairs(texts["http_headers"]):
            parts["headers"] = _json(headers)
    except ValueError as error:
        errors["http_headers"] = str(error)
        parts["headers"] = texts["http_headers"]
    if texts["http_body_kind"] == TEXT_BODY:
        parts["body"] = _json(texts["http_body"])
    elif texts["http_body_kind"] == JSON_BODY:
        parts["body"] = texts["http_body"].strip()
        if problem := _json_error(texts["http_body"]):
            errors["http_body"] = problem
        else:
            parts["body"] = _json(json.loads(texts["http_body"]))
    try:
        if statuses := read_numbers(texts["http_expected"]):
            parts["expected_status"] = _json(statuses[0] if len(statuses) == 1 else statuses)
            if not all(100 <= status <= 599 for status in statuses):
                errors["http_expected"] = tr("Enter statuses from 100 to 599, such as 200, 204.")
    except ValueError as error:
        errors["http_expected"] = str(error)
        parts["expected_status"] = texts["http_expected"]
    return _written(parts), errors


def at_fields(errors: Iterable[FieldError]) -> list[FieldError]:
    """Return errors of the backend, of which those of a request's command are about the field that they name."""
    return [_at_field(error) if error.field == "command" else error for error in errors]


def _at_field(error: FieldError) -> FieldError:
    part, separator, rest = error.message.partition(": ")
    field = _FIELD_OF_PART.get(part.partition(".")[0])
    return FieldError(field, rest) if separator and field is not None else error


def json_problem(text: str) -> str | None:
    """Return why a text is not the JSON object of a request; None where it is one."""
    if problem := _json_error(text):
        return problem
    return None if isinstance(json.loads(text), dict) else tr("Enter a JSON object with method and url.")


def _json_error(text: str) -> str | None:
    try:
        json.dumps(json.loads(text, parse_constant=_refuse), allow_nan=False)
    except json.JSONDecodeError as error:
        return tr("Line %1, column %2 is not valid JSON.", error.lineno, error.colno)
    except (ValueError, RecursionError):
        return tr("This is not valid JSON.")
    return None


def _url_problem(url: str) -> str | None:
    if not url:
        return tr("Enter a URL, such as https://example.org/health.")
    if url.startswith("${secret:"):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return tr("This is not an http or https address. Use one such as https://example.org/health.")
    return tr("A URL contains no blanks. Write %1 instead of each.", "%20") if len(url.split()) > 1 else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2 if isinstance(value, dict) else None)


def _written(parts: Mapping[str, str]) -> str:
    """Return an object of parts that are JSON already: in one line where it is short."""
    if len(parts) == 2:
        return "{" + ", ".join(f'"{name}": {value}' for name, value in parts.items()) + "}"
    lines = (f'"{name}": {value}' for name, value in parts.items())
    return "{\n  " + ",\n  ".join(line.replace("\n", "\n  ") for line in lines) + "\n}"


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
