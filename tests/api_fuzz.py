"""Generated requests as each role: `make api-fuzz` for minutes, a few of each in the tests."""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies import SearchStrategy
from schemathesis import Config, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.stateful import APIStateMachine
from schemathesis.specs.openapi.checks import negative_data_rejection

from shared.client import TaskdeckClient
from shared.client.session import TokenAuth
from shared.enums import Role
from shared.errors import UnauthorizedError
from tests.local_process import LocalProcess
from tests.sent_request import SentRequests

CONFIG = Config.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 412, 413, 422, 429, 503]}
        }
    }
)
"""All checks. A schema cannot say that `until` is after `since`, that a name exists or that a cron expression is right:
such a request is answered with 422."""
ENDLESS = r"/api/stream|/logs/follow"
"""They answer until the client goes away."""
OF_THE_CALLER = r"/api/auth/(?:logout|login|refresh|setup|oidc/token)"
"""They count attempts, or end the session that asks."""
TIMEOUT_SECONDS = 60.0
LIMITS = {"login_attempts_per_minute": 10_000, "invalid_tokens_per_minute": 1_000_000}
"""Each operation is asked with an invalid token as well, all from one address."""


@dataclass
class Fuzzed:
    """What a role got: how many answers of each status, and what was wrong."""

    allowed: SentRequests
    statuses: dict[int, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def judge(self, label: str, case: Any, response: Any, headers: dict[str, str]) -> None:
        """Count an answer, and note what is wrong with it."""
        self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
        sent = response.request
        is_allowed = self.allowed.allows(case.method, case.operation.path, sent.url, sent.body)
        excluded = [negative_data_rejection] if is_allowed else []
        try:
            case.validate_response(response, headers=headers, excluded_checks=excluded)
        except FailureGroup as group:
            wrong = [" ".join(str(one).split()) for one in group.exceptions]
            words = f"{case.formatted_path} {case.query} {case.body!r}"[:500]
            self.failures.append(f"{label}: {response.status_code}: {' | '.join(wrong)[:600]}; sent {words}")


def fuzz(
    url: str,
    sign_in: Callable[[], str],
    *,
    examples: int,
    number: int = 0,
    modes: Iterable[GenerationMode] = tuple(GenerationMode),
) -> Fuzzed:
    """Send `examples` generated requests to each operation, some of which do not fit the schema, and sequences.

    `sign_in` returns a token, again where a request has ended the one before; `number` seeds the requests.
    """
    schema: Any = schemathesis.openapi.from_url(f"{url}/openapi.json", config=CONFIG)
    found = Fuzzed(SentRequests(schema.raw_schema))
    schema = schema.exclude(path_regex=f"{ENDLESS}|{OF_THE_CALLER}")
    headers: dict[str, str] = {}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result.err()
        operation = result.ok()
        for mode in modes:
            _renew(url, headers, sign_in)
            strategy = operation.as_strategy(generation_mode=mode)
            _fuzz_one(operation.label, strategy, headers, found, examples=examples, number=number)
    _renew(url, headers, sign_in)
    _fuzz_sequences(schema.as_state_machine(), headers, found, examples=5 * examples, number=number)
    return found


def _renew(url: str, headers: dict[str, str], sign_in: Callable[[], str]) -> None:
    """Put a token into the headers that is valid."""
    if httpx.get(f"{url}/api/auth/me", headers=headers, timeout=TIMEOUT_SECONDS).status_code != httpx.codes.OK:
        headers["Authorization"] = f"Bearer {sign_in()}"


def _bounds(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _fuzz_one(
    label: str, strategy: SearchStrategy[Any], headers: dict[str, str], found: Fuzzed, *, examples: int, number: int
) -> None:
    @seed(number)
    @_bounds(examples)
    @given(case=strategy)
    def send(case: Any) -> None:
        found.judge(label, case, case.call(headers=headers, timeout=TIMEOUT_SECONDS), headers)

    with suppress(Unsatisfiable):  # every request fits an operation without parameters
        send()


def _fuzz_sequences(
    machine: type[APIStateMachine], headers: dict[str, str], found: Fuzzed, *, examples: int, number: int
) -> None:
    """Use in each request what the answers before it had, such as the id of a run."""

    class Sequences(machine):  # type: ignore[misc,valid-type]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers, "timeout": TIMEOUT_SECONDS}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            found.judge(case.operation.label, case, response, headers)

    seed(number)(Sequences)
    # What comes next depends on the answers, and they on what was sent before: a failure is noted, and not tried again.
    with suppress(Flaky):
        run_state_machine_as_test(Sequences, settings=_bounds(examples))


async def token_of(url: str, admin: httpx.Auth, role: Role) -> str:
    """Return a token of a new user with a role; requests may have changed or deleted the one before."""
    name, password = f"fuzz-{role}-{secrets.token_hex(4)}", "a long password"
    async with TaskdeckClient(url, auth=admin) as client:
        await client.request("POST", "/api/users", json={"username": name, "password": password, "role": role})
    async with TaskdeckClient(url) as client:
        return (await client.login(name, password)).access_token


def _round(role: Role, *, examples: int, number: int) -> Fuzzed:
    """Fuzz a new backend: a round as admin may delete every user, and end every token."""
    with tempfile.TemporaryDirectory(prefix="taskdeck-fuzz-") as folder:
        process = LocalProcess(
            Path(folder), environment={f"TASKDECK_{name.upper()}": str(most) for name, most in LIMITS.items()}
        )
        process.start()
        try:

            def sign_in() -> str:
                try:
                    return asyncio.run(token_of(process.address.url, TokenAuth(process.address.token), role))
                except UnauthorizedError:  # an admin has ended the token of the local user: a start makes another
                    process.stop()
                    process.start()
                    return asyncio.run(token_of(process.address.url, TokenAuth(process.address.token), role))

            return fuzz(process.address.url, sign_in, examples=examples, number=number)
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
