"""Tries mutations with the permission matrix: which routes ask a place, and which answer differs without it."""

import asyncio
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import structlog

from tests.backend.api.permission_matrix import Matrix, Route, open_matrix
from tests.backend.api.permission_table import routes
from tests.conftest import Databases
from tests.permissions.places import Call, Identification, Permissions, Place, calls, conditions

GUARDS = "api/authentication.py"
BY_ROLE = {"viewer", "operator", "admin"}
BY_FOLDER = {"run", "edit", "each", "batch", "create", "grant", "ungrant", "bulk_edit", "bulk_end", "bulk_run"}
CHECKED_TWICE = {"create", "grant"}
"""Rules of routes whose use case refuses with the same answer as the guard: such a guard is removed with it too."""
AND = " and "
"""Between the names of places that are removed together."""
TOGETHER = (
    ("runs/listing.py _readable: in_folders(TASKS.c.folder, access)", "runs/filter.py where: access.reads_all"),
    ("runs/listing.py _readable: access.reads_all", "runs/filter.py where: access.reads_all"),
    ("runs/listing.py list_runs: access.reads_all", "runs/filter.py where: access.reads_all"),
)


@dataclass(frozen=True)
class Mutation:
    """Places that are removed together, and the routes that ask them."""

    name: str
    places: frozenset[Place]
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class Outcome:
    """`noticed` says by which answer or test; None: by nothing."""

    mutation: Mutation
    noticed: str | None


async def reached_by(matrix: Matrix, permissions: Permissions) -> dict[Place, list[Route]]:
    """Return which routes ask each place; raises `AssertionError` where an answer is wrong without a mutation."""
    found: dict[Place, list[Route]] = {}
    for route in sorted(routes(), key=lambda one: one[0] != "GET"):
        permissions.reached.clear()
        assert [problem async for problem in matrix.problems([route])] == []
        for place in permissions.reached:
            found.setdefault(place, []).append(route)
    return found


def mutations(reached: dict[Place, list[Route]]) -> Iterator[Mutation]:
    """Yield each place once, and those that guard a route once for each route."""
    for place in sorted(calls() | conditions() | {Identification()}, key=str):
        asked = reached.get(place, [])
        guarded = _guarded_by(place)
        if guarded is None:
            yield Mutation(str(place), frozenset({place}), tuple(asked))
            continue
        for route in guarded:
            yield Mutation(f"{' '.join(route)}: {place}", frozenset({place}), (route,))
            if routes()[route] in CHECKED_TWICE and not isinstance(place, Identification):
                own = {one for one in calls() if one.name == "require"}
                yield Mutation(f"{' '.join(route)}: {place} and the use case's own", frozenset({place} | own), (route,))
    yield from _together(reached)


def _together(reached: dict[Place, list[Route]]) -> Iterator[Mutation]:
    """Yield the places that hide the same thing twice."""
    named = {str(place): place for place in calls() | conditions()}
    for names in TOGETHER:
        places = frozenset(named[name] for name in names)
        asked = {route for place in places for route in reached.get(place, [])}
        yield Mutation(AND.join(names), places, tuple(sorted(asked)))


def _guarded_by(place: Place) -> list[Route] | None:
    """Return the routes that a place guards, None for one that is no guard: a guard is removed for each of them."""
    if isinstance(place, Identification):
        return [route for route, rule in routes().items() if rule != "public"]
    if not isinstance(place, Call) or place.file != GUARDS:
        return None
    if place.name == "may_by_role":
        return [route for route, rule in routes().items() if rule in BY_ROLE]
    if place.name == "permits_somewhere":
        return [route for route, rule in routes().items() if rule in BY_FOLDER]
    return None


async def notice(matrix: Matrix, permissions: Permissions, mutation: Mutation) -> str | None:
    """Return the first answer that differs from the table."""
    permissions.removed = mutation.places
    try:
        async for problem in matrix.problems(mutation.routes):
            return problem
    except (httpx.HTTPError, AssertionError) as error:
        return repr(error)
    finally:
        permissions.removed = frozenset()
        if any(method != "GET" for method, _ in mutation.routes):
            await matrix.store()
    return None


async def _lane(database_url: str, folder: Path, lane: int, lanes: int, words: list[str]) -> list[Outcome]:
    outcomes = []
    async with open_matrix(database_url, folder) as matrix:
        permissions = Permissions(matrix.system.token)
        with permissions.watched():
            reached = await reached_by(matrix, permissions)
            every = [one for one in mutations(reached) if not words or any(word in one.name for word in words)]
            for mutation in every[lane::lanes]:
                noticed = await notice(matrix, permissions, mutation)
                outcomes.append(Outcome(mutation, noticed))
                print("noticed " if noticed else "SURVIVED", mutation.name, "|", (noticed or "")[:120], flush=True)
    return outcomes


def lane(url: str, number: int, lanes: int, words: list[str]) -> list[Outcome]:
    """Try every mutation of a lane with the matrix."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    databases = Databases(url)
    with tempfile.TemporaryDirectory() as folder:
        database_url = asyncio.run(databases.create())
        return asyncio.run(_lane(database_url, Path(folder), number, lanes, words))
