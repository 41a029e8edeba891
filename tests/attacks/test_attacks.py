"""Every attack of the table, performed against running systems; `make attacks` prints the table."""

from collections import Counter
from pathlib import Path

import pytest

from tests.attacks.groups import GROUPS, Group
from tests.attacks.servers import Servers
from tests.attacks.table import Actor, NotPossibleHereError
from tests.conftest import Databases
from tests.local_process import LocalProcess

FEWEST = 90


@pytest.fixture(params=GROUPS, ids=lambda group: group.name)
def group(request: pytest.FixtureRequest) -> Group:
    chosen: Group = request.param
    return chosen


@pytest.fixture
def servers(group: Group, request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Servers:
    """The servers that the group needs, started before its event loop."""
    rabbit: str = request.getfixturevalue("rabbit_url") if "rabbitmq" in group.needs else ""
    local: LocalProcess | None = request.getfixturevalue("local_backend") if "local" in group.needs else None

    def local_backend() -> LocalProcess:
        assert local is not None
        return local

    return Servers(databases, tmp_path, lambda: rabbit, local_backend)


async def test_attacks(group: Group, servers: Servers, subtests: pytest.Subtests) -> None:
    async with group.open(servers) as target:
        for attack in group.attacks:
            with subtests.test(f"{attack.actor} {attack.tries}"):
                try:
                    await attack.perform(target)
                except NotPossibleHereError as error:
                    pytest.skip(str(error))


def test_the_table_names_every_actor_and_no_attack_twice() -> None:
    attacks = [attack for group in GROUPS for attack in group.attacks]
    assert {attack.actor for attack in attacks} == set(Actor)
    assert [name for name, count in Counter(attack.tries for attack in attacks).items() if count > 1] == []
    assert len(attacks) >= FEWEST
