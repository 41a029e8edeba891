"""Every route, for every role, with and without a grant: what each may read and do, and that nobody sees more."""

from pathlib import Path

from fastapi.routing import APIRoute

from backend.api.application import ROUTE_MODULES
from shared.enums import Permission, Role
from tests.backend.api.permission_matrix import open_matrix
from tests.backend.api.permission_table import CALLERS, VARIANT, expectations, routes


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    served = {
        (method, route.path)
        for module in ROUTE_MODULES
        for route in module.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert served == {(method, path.partition(VARIANT)[0]) for method, path in routes()}
    assert set(routes().values()) == set(expectations())


async def test_each_route_answers_each_caller_by_the_table(database_url: str, tmp_path: Path) -> None:
    async with open_matrix(database_url, tmp_path) as matrix:
        assert [problem async for problem in matrix.problems(routes())] == []


def test_the_grid_grows_with_the_permission() -> None:
    order = ["member", "reads", "runs", "edits", "admins"]
    for rule, places in expectations().items():
        for place, answers in places.items():
            allowed = [answers[name] == "ok" for name in order]
            assert allowed == sorted(allowed), (rule, place)
    assert [one[1] for one in CALLERS.values() if one and one[0] is Role.MEMBER and one[1]] == list(Permission)
