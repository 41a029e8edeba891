"""Generated requests as each role: `make api-fuzz` for minutes, a few of each in the tests."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import Role
from shared.local_backend import LocalBackend
from tests.local_process import LocalProcess

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
ENDLESS = r"/api/stream|/logs/follow"
"""They answer until the client goes away."""
OF_THE_CALLER = r"/api/auth/(?:logout|login|refresh|setup|oidc/token)"
"""They count attempts, or end the session that asks."""
TIMEOUT_SECONDS = 60.0


@dataclass
class Fuzzed:
    """What a role got: how many answers of each status, and what was wrong."""

    statuses: dict[int, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def fuzz(url: str, token: str, *, examples: int, number: int = 0, keep: Callable[[str], bool] = bool) -> Fuzzed:
    """Send `examples` generated requests to each operation with one token; `number` seeds them."""
    found = Fuzzed()
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json").exclude(path_regex=f"{ENDLESS}|{OF_THE_CALLER}")
    headers = {"Authorization": f"Bearer {token}"}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result.err()
        operation = result.ok()
        if keep(operation.label):
            _fuzz_one(operation.label, operation.as_strategy(), headers, found, examples=examples, number=number)
    return found


def _fuzz_one(
    label: str, strategy: SearchStrategy[Any], headers: dict[str, str], found: Fuzzed, *, examples: int, number: int
) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def send(case: Any) -> None:
        response = case.call(headers=headers, timeout=TIMEOUT_SECONDS)
        found.statuses[response.status_code] = found.statuses.get(response.status_code, 0) + 1
        try:
            case.validate_response(response, checks=list(CHECKS))
        except FailureGroup as error:
            found.failures.append(f"{label}: {response.status_code}: {_in_short(error)}")

    send()


def _in_short(group: FailureGroup) -> str:
    return " | ".join(" ".join(str(one).split()) for one in group.exceptions)[:600]


async def _token_of(backend: LocalBackend, role: Role) -> str:
    async with TaskdeckClient(backend.url, auth=TokenAuth(backend.token)) as client:
        person = {"username": f"fuzz-{role}", "password": "a long password", "role": role}
        await client.request("POST", "/api/users", json=person)
    async with TaskdeckClient(backend.url) as client:
        return (await client.login(person["username"], person["password"])).access_token


def _round(role: Role, *, examples: int, number: int) -> Fuzzed:
    """Fuzz a new backend: a round as admin may delete every user, and end every token."""
    with tempfile.TemporaryDirectory(prefix="taskdeck-fuzz-") as folder:
        process = LocalProcess(Path(folder))
        process.start()
        try:
            token = asyncio.run(_token_of(process.address, role))
            return fuzz(process.address.url, token, examples=examples, number=number)
        finally:
            process.stop()


def main() -> None:
    """Fuzz local backends as each role in turn until the time is over; the exit code is 1 for a failure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--examples", type=int, default=20, help="requests to each operation in a round")
    given_options = parser.parse_args()
    ends_at = time.monotonic() + 60 * given_options.minutes
    failures: set[str] = set()
    number = 0
    while time.monotonic() < ends_at:
        role = list(Role)[number % len(Role)]
        found = _round(role, examples=given_options.examples, number=number)
        print(f"round {number} as {role}: {found.statuses}", flush=True)
        for one in set(found.failures) - failures:
            print(one, flush=True)
        failures |= set(found.failures)
        number += 1
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
