"""A request stays on the event loop: FastAPI calls what is not async in a thread, which costs each request two hops."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from backend.api import routes
from backend.api.request_guard import guard

ROUTES = [
    route
    for module in pkgutil.iter_modules(routes.__path__)
    for route in importlib.import_module(f"{routes.__name__}.{module.name}").router.routes
    if isinstance(route, APIRoute)
]


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)


def _needs_thread(call: object) -> bool:
    assert callable(call)
    asked = (call, type(call).__call__)
    return not any(inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one) for one in asked)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_nothing_on_the_way_of_a_request_needs_a_thread(route: APIRoute) -> None:
    assert [call for call in (*_calls(route.dependant), guard) if _needs_thread(call)] == []
