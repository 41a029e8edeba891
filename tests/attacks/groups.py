"""Which attacks share a set-up, so that it is paid once."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from tests.attacks.broker import BROKER
from tests.attacks.browser import BROWSER
from tests.attacks.commands import COMMANDS
from tests.attacks.first_start import FIRST_START, first_start
from tests.attacks.fleet import fleet
from tests.attacks.http_tasks import HTTP_TASKS
from tests.attacks.limits import LIMITS, limited
from tests.attacks.local_user import LOCAL_USER, local
from tests.attacks.network import NETWORK, wire
from tests.attacks.paths_and_queries import PATHS_AND_QUERIES
from tests.attacks.privacy import PRIVACY
from tests.attacks.replicas import REPLICAS, two_replicas
from tests.attacks.requests import REQUESTS, start_slow_attacks
from tests.attacks.roles import ROLES
from tests.attacks.secrets import SECRETS
from tests.attacks.servers import Servers
from tests.attacks.sign_in import SIGN_IN
from tests.attacks.table import Attack
from tests.attacks.target import Target, open_target
from tests.attacks.tokens import TOKENS


@dataclass(frozen=True, slots=True)
class Group:
    """Attacks on one target, which `open` starts and ends."""

    name: str
    open: Callable[[Servers], AbstractAsyncContextManager[Any]]
    attacks: tuple[Attack[Any], ...]
    needs: frozenset[str] = frozenset()
    """Of `rabbitmq` and `local`."""


@asynccontextmanager
async def one_backend(servers: Servers) -> AsyncIterator[Target]:
    async with servers.database() as url, open_target(url, servers.folder) as target:
        start_slow_attacks(target)
        yield target


def _group(
    name: str,
    opened: Callable[[Servers], AbstractAsyncContextManager[Any]],
    *attacks: Iterable[Attack[Any]],
    needs: frozenset[str] = frozenset(),
) -> Group:
    return Group(name, opened, tuple(chain(*attacks)), needs)


GROUPS = (
    _group(
        "one backend",
        one_backend,
        *(TOKENS, SIGN_IN, ROLES, BROWSER, PATHS_AND_QUERIES, HTTP_TASKS, COMMANDS, REQUESTS),
    ),
    _group("tight limits", limited, LIMITS),
    _group("two replicas", two_replicas, REPLICAS),
    _group("first start", first_start, FIRST_START),
    _group("local", local, LOCAL_USER, needs=frozenset({"local"})),
    _group("network", wire, NETWORK),
    _group("servers", fleet, BROKER, SECRETS, PRIVACY, needs=frozenset({"rabbitmq"})),
)
