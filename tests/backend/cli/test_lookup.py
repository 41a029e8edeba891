"""Tasks named by a person: a name first, then a number."""

import pytest

from backend.cli.lookup import find_task
from shared.errors import NotFoundError
from tests.system import System


async def test_a_name_wins_over_an_id_and_is_found_among_many(system: System) -> None:
    first = await system.create("report", executor="noop")
    await system.create(str(first), executor="noop")
    await system.create("²", executor="noop")
    for number in range(20):
        await system.create(f"aa-report-{number}", executor="noop")
    client = system.client
    assert (await find_task(client, str(first))).name == str(first)
    assert (await find_task(client, "report")).id == first
    assert (await find_task(client, "\u3000report ")).id == first
    assert (await find_task(client, "²")).name == "²"
    named = await find_task(client, "aa-report-3")
    assert (await find_task(client, f"#{named.id}")).id == named.id
    with pytest.raises(NotFoundError, match="Did you mean one of: aa-report-"):
        await find_task(client, "aa-repor")
