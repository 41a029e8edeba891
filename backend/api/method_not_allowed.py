"""Answers 405 for a method that a path does not have, and names those that it has.

A literal path such as /api/runs/batch also matches /api/runs/{run_id}, whose methods it does not have.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route, compile_path

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})

MethodsByPath = Mapping[str, Collection[str]]
"""The methods of each path, which may have parameters in braces."""


def methods_by_path(routes: Iterable[BaseRoute]) -> dict[str, set[str]]:
    """Return the methods of each path of the routes."""
    found: dict[str, set[str]] = {}
    for route in routes:
        if isinstance(route, APIRoute):
            found.setdefault(route.path, set()).update(route.methods or ())
    return found


def allowed_methods(methods: MethodsByPath, path: str) -> list[str]:
    """Return the methods of a requested path: those of the matching one with the most literal segments, from the left.

    Starlette names only the methods of the first route that matches.
    """
    matching = [template for template in methods if _matches(template, path)]
    best = min(matching, key=lambda template: [part.startswith("{") for part in template.split("/")], default=None)
    return sorted(methods[best]) if best is not None else []


def shadowed_paths(methods: MethodsByPath) -> list[str]:
    """Return the literal paths that a path with parameters matches as well."""
    with_parameters = [path for path in methods if "{" in path]
    return [path for path in methods if "{" not in path and any(_matches(other, path) for other in with_parameters)]


def refuse_other_methods(app: FastAPI, methods: MethodsByPath) -> None:
    """Add a route in front of all others for each method that a shadowed path does not have."""
    app.router.routes[:0] = [
        Route(path, _refuse, methods=sorted(_METHODS.difference(methods[path])), include_in_schema=False)
        for path in shadowed_paths(methods)
    ]


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return the pattern of a path; there are a hundred, and compiling them takes longer than matching."""
    return compile_path(template)[0]


def _matches(template: str, path: str) -> bool:
    return _pattern(template).match(path) is not None


async def _refuse(request: Request) -> Response:
    raise HTTPException(405)
