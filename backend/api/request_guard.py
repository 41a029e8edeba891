"""Refuses query parameters that are unknown or given twice, and text that PostgreSQL cannot store, in every request."""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Set
from itertools import islice
from typing import Any, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.routing import APIRoute
from pydantic import BaseModel

from backend.api.access_log import bind_ids
from backend.api.authentication import identify
from backend.api.problems import field_errors
from backend.api.state import state_of
from shared.errors import FieldError, UnauthorizedError, ValidationFailedError
from shared.storable_text import why_unstorable

_MOST_ERRORS = 100
"""A body of a megabyte can have a hundred thousand, an address ten thousand; nobody reads more."""
_LARGE_BODY_BYTES = 65_536
_MOST_MEMBERS = 2000
"""Of one object in a large body. The largest maps, such as an environment, have fewer."""
# A NUL or a lone surrogate can only be escaped in JSON, so a body without such an escape is not searched.
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_KNOWN_PARAMETERS: dict[Callable[..., object], Mapping[str, bool] | None] = {}
"""By the function of a route, as they never change; a route itself has no hash."""


async def guard(request: Request) -> None:
    """Check a request; raises `ValidationFailedError` that names each parameter and field at fault."""
    bind_ids(request.path_params)
    errors: list[FieldError] = []
    route = request.scope.get("route")
    is_too_much = False
    if isinstance(route, APIRoute):
        errors += islice(_wrong_parameters(request, _known_parameters(route)), _MOST_ERRORS)
        if route.body_field is not None and len(await request.body()) > _LARGE_BODY_BYTES:
            too_many = await asyncio.to_thread(_too_many_members, await _json(request))
            errors, is_too_much = errors + too_many, bool(too_many)
        if route.body_field is not None and _SUSPICIOUS.search(await request.body()):
            errors += await asyncio.to_thread(_first_unstorable_texts, await _json(request))
    for name, value in (*request.path_params.items(), *request.query_params.multi_items()):
        errors += _unstorable_texts(name, value)
    if not errors:
        return
    if isinstance(route, APIRoute) and not is_too_much and await _is_signed_in(request):
        found = await asyncio.to_thread(_errors_of_route, request, route, await _json(request))
        named = {error.field for error in errors}
        errors += [error for error in field_errors(found) if not _is_among(named, error.field)]
    raise ValidationFailedError.of_fields(errors[:_MOST_ERRORS])


async def _is_signed_in(request: Request) -> bool:
    """Whether a token came with the request: for a stranger, nothing more is examined than is needed to refuse it."""
    try:
        await identify(state_of(request), request)
    except UnauthorizedError:
        return False
    return True


def _errors_of_route(request: Request, route: APIRoute, body: Any) -> list[Any]:
    """Return what the route would find after this guard: an answer names all that is wrong at once."""
    found: list[Any] = []
    for dependant in _dependants(route.dependant):
        found += request_params_to_args(dependant.path_params, request.path_params)[1]
        found += request_params_to_args(dependant.query_params, request.query_params)[1]
    if route.body_field is not None and body is not None:
        found += route.body_field.validate(body, loc=("body",))[1]
    return found


def _is_among(named: Set[str], field: str) -> bool:
    """Whether a field is named already; a name that cannot be stored is, by the object that has it."""
    return field in named or (field.endswith(".[key]") and any(field.startswith(f"{one}.") for one in named))


async def _json(request: Request) -> Any:
    """Return the body, or None if it is not JSON: the route reports that."""
    try:
        return await request.json()
    except (ValueError, RecursionError):
        return None


def _too_many_members(value: Any) -> list[FieldError]:
    """Return the error of an object with more members than any has: each would become an error of its own."""
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += [item for item in value if isinstance(item, list | dict)]
        elif isinstance(value, dict):
            if len(value) > _MOST_MEMBERS:
                return [FieldError("body", f"has an object with {len(value):,} members; at most {_MOST_MEMBERS:,}")]
            left += [item for item in value.values() if isinstance(item, list | dict)]
    return []


def _wrong_parameters(request: Request, known: Mapping[str, bool] | None) -> Iterator[FieldError]:
    """Yield an error for each parameter that is unknown, or has two values where one counts and the other is lost."""
    if known is None:
        return
    for name in request.query_params:
        takes_many = known.get(name)
        if takes_many is None:
            yield FieldError(name, "is not a known parameter; check its spelling")
        elif not takes_many and len(request.query_params.getlist(name)) > 1:
            yield FieldError(name, "is given more than once; it takes one value")


def _known_parameters(route: APIRoute) -> Mapping[str, bool] | None:
    """Return the query parameters of a route, and whether each takes many values; None where it accepts any."""
    if route.endpoint not in _KNOWN_PARAMETERS:
        _KNOWN_PARAMETERS[route.endpoint] = _find_parameters(route)
    return _KNOWN_PARAMETERS[route.endpoint]


def _find_parameters(route: APIRoute) -> Mapping[str, bool] | None:
    dependants = list(_dependants(route.dependant))
    if any(_accepts_others(dependant) for dependant in dependants):
        return None
    return {name: takes_many for dependant in dependants for name, takes_many in _parameters(dependant)}


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _dependants(inner)


def _accepts_others(dependant: Dependant) -> bool:
    """Whether the route says that somebody else decides which parameters it gets."""
    models = [field.field_info.annotation for field in dependant.query_params]
    return any(
        isinstance(model, type) and issubclass(model, BaseModel) and model.model_config.get("extra") == "allow"
        for model in models
    )


def _parameters(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, inner in annotation.model_fields.items():
                yield inner.alias or name, _takes_many(inner.annotation)
        else:
            yield field.alias, _takes_many(annotation)


def _takes_many(annotation: object) -> bool:
    return get_origin(annotation) in (list, tuple, set, frozenset) or any(
        _takes_many(inner) for inner in get_args(annotation)
    )


def _first_unstorable_texts(value: Any) -> list[FieldError]:
    return list(islice(_unstorable_texts("", value), _MOST_ERRORS))


def _unstorable_texts(place: str, value: Any) -> Iterator[FieldError]:
    """Yield an error for each text that cannot be stored; one in a name is reported at its object."""
    left: list[tuple[str, Any]] = [(place, value)]
    while left:
        place, value = left.pop()
        if isinstance(value, str):
            reason = why_unstorable(value)
            if reason is not None:
                yield FieldError(place or "body", reason)
        elif isinstance(value, list):
            left += [(f"{place}.{index}".removeprefix("."), item) for index, item in enumerate(value)]
        elif isinstance(value, dict):
            for name, item in value.items():
                reason = why_unstorable(name)
                if reason is None:
                    left.append((f"{place}.{name}".removeprefix("."), item))
                else:
                    yield FieldError(place or "body", f"{reason} in a name")
