"""Guessing of passwords and tokens: what stops the attacker, and what the right person still can do."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from backend.accounts.passwords import HashPool
from backend.api.address_prefix import address_prefix
from backend.api.limiter import Limiter
from backend.api.shared_counts import CountsMoved
from backend.api.sign_in_delay import GREATEST_DELAY, delay_after
from backend.events.passes import Passes
from backend.settings import Settings
from backend.supervisor import Supervisor
from shared.errors import RateLimitedError, StartupError, UnauthorizedError
from tests.backend.api.answers import log_in, problem
from tests.redis_server import NO_REDIS, RedisServer, redis_server
from tests.system import System, open_system

PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1:2:3", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unknown", "unknown", True),
    ],
)
def test_addresses_that_one_client_holds_are_counted_together(one: str, other: str, are_same: bool) -> None:
    assert (address_prefix(one) == address_prefix(other)) is are_same


def test_the_delay_of_a_sign_in_grows_to_a_maximum() -> None:
    delays = [delay_after(failures).total_seconds() for failures in range(10)]
    assert delays == [0, 0, 0, 0, 0.5, 1, 2, 4, 8, 8]
    assert delay_after(10**9) == GREATEST_DELAY


class Waits(list[timedelta]):
    """Notes how long it was asked to sleep."""

    async def sleep(self, seconds: float) -> None:
        self.append(timedelta(seconds=seconds))


async def fail(limiter: Limiter, name: str, address: str) -> None:
    with pytest.raises(UnauthorizedError):
        async with limiter.sign_in(name, address):
            raise UnauthorizedError("wrong")


async def test_an_attacker_from_many_addresses_delays_the_owner_and_never_locks_them_out() -> None:
    waits = Waits()
    limiter = Limiter(Settings(login_attempts_per_minute=10), Passes(), sleep=waits.sleep)
    for number in range(250):
        await fail(limiter, "admin", f"2001:db8:0:{number:x}::1")
    assert waits[-1] == GREATEST_DELAY
    waits.clear()
    async with limiter.sign_in("admin", "192.0.2.1"):
        assert waits == [GREATEST_DELAY]
    waits.clear()
    async with limiter.sign_in("ann", "192.0.2.1"):
        assert waits == [timedelta()]


class Gate(Waits):
    """Lets those through who wait for nothing, and the others when it is opened."""

    def __init__(self, most: int) -> None:
        self.is_open = asyncio.Event()
        self.are_all_here = asyncio.Event()
        self._most = most

    async def sleep(self, seconds: float) -> None:
        self.append(timedelta(seconds=seconds))
        if len(self) == self._most:
            self.are_all_here.set()
        if seconds:
            await self.is_open.wait()


GUESSES = 50
DELAYS = [timedelta(seconds=seconds) for seconds in (0, 0, 0, 0, 0.5, 1, 2, 4, *[8] * (GUESSES - 8))]


async def check_guesses_at_once(gate: Gate, *limiters: Limiter) -> None:
    """Guess one name from as many addresses at once, and check how many reach the password."""
    guesses = [
        asyncio.create_task(fail(limiters[number % len(limiters)], "admin", f"192.0.2.{number}"))
        for number in range(GUESSES)
    ]
    await gate.are_all_here.wait()
    assert sorted(gate) == DELAYS
    checked = [guess for guess in guesses if guess.done()]
    assert len(checked) <= DELAYS.count(timedelta()), "the others wait"
    gate.is_open.set()
    await asyncio.gather(*guesses)


async def test_guesses_at_the_same_moment_delay_each_other() -> None:
    gate = Gate(GUESSES)
    await check_guesses_at_once(gate, Limiter(Settings(), Passes(), sleep=gate.sleep))


async def test_what_is_no_failure_delays_nobody() -> None:
    waits = Waits()
    limiter = Limiter(Settings(), Passes(), sleep=waits.sleep)
    for number in range(9):
        async with limiter.sign_in("admin", f"192.0.2.{number}"):
            pass
        with pytest.raises(StartupError):
            async with limiter.sign_in("admin", f"198.51.100.{number}"):
                raise StartupError("the password could not be checked")
    assert set(waits) == {timedelta()}


async def test_a_guess_that_does_not_wait_for_its_answer_counts() -> None:
    waits = Waits()
    limiter = Limiter(Settings(), Passes(), sleep=waits.sleep)
    for number in range(5):
        with pytest.raises(asyncio.CancelledError):
            async with limiter.sign_in("admin", f"192.0.2.{number}"):
                raise asyncio.CancelledError
    assert waits[-1] > timedelta()


async def test_an_attacker_with_one_network_is_stopped_and_harms_no_name() -> None:
    waits = Waits()
    limiter = Limiter(Settings(login_attempts_per_minute=10), Passes(), sleep=waits.sleep)
    refused = 0
    for number in range(200):
        try:
            await fail(limiter, f"user{number // 50}", f"2001:db8::{number:x}")
        except RateLimitedError:
            refused += 1
    assert refused == 190
    waits.clear()
    async with limiter.sign_in("user3", "192.0.2.1"):
        assert waits == [timedelta()]


async def test_the_owner_signs_in_while_their_name_is_attacked(database_url: str, tmp_path: Path) -> None:
    async with open_system(database_url, None, tmp_path, trusted_proxies=("127.0.0.1",)) as system:
        await system.http.post("/api/users", json={"username": "ann", "password": PASSWORD, "role": "viewer"})
        guesses = [
            system.http.post(
                "/api/auth/login",
                json={"username": "ann", "password": f"guess {number}"},
                headers={"X-Forwarded-For": f"198.51.100.{number}"},
            )
            for number in range(5)
        ]
        assert {answer.status_code for answer in await asyncio.gather(*guesses)} == {401}
        assert (await log_in(system, "ann", PASSWORD)).status_code == 200


async def test_a_client_cannot_choose_its_address(system: System) -> None:
    answers = [
        await system.http.post(
            "/api/auth/login",
            json={"username": f"user{number}", "password": "guess"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
        for number in range(6)
    ]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


async def test_invalid_tokens_from_one_address_cost_no_statement_after_a_while(system: System) -> None:
    assert (await system.http.get("/api/auth/me")).status_code == 200
    async with httpx.AsyncClient(base_url=system.backend.url) as stranger:
        for number in range(300):
            headers = {"Authorization": f"Bearer tdk_guess{number}"}
            assert (await stranger.get("/api/auth/me", headers=headers)).status_code == 401
        problem(await stranger.get("/api/auth/me", headers=headers), 429, "rate_limited")
        problem(await stranger.post("/api/auth/refresh", json={"refresh_token": "guess"}), 429, "rate_limited")
        problem(await stranger.post("/api/auth/logout", json={"refresh_token": "guess"}), 429, "rate_limited")
    assert (await system.http.get("/api/auth/me")).status_code == 200, "a token in use is not guessed"


async def test_hashes_beyond_the_pool_are_refused() -> None:
    pool = HashPool(threads=1, most_waiting=1)
    is_free = threading.Event()
    work = [asyncio.create_task(pool.call(is_free.wait)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(RateLimitedError):
        await pool.call(is_free.wait)
    is_free.set()
    assert await asyncio.gather(*work) == [True, True]
    assert await pool.call(is_free.wait)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        if server is None:
            pytest.skip(NO_REDIS)
        yield server


@asynccontextmanager
async def replica(
    url: str, passes: Passes, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[Limiter]:
    limiter = Limiter(Settings(redis_url=url, login_attempts_per_minute=4), passes, sleep=sleep)
    services = Supervisor()
    services.start(limiter.counts, name="shared counts")
    try:
        yield limiter
    finally:
        await services.stop()


async def test_replicas_count_together_in_redis(redis: RedisServer) -> None:
    async with replica(redis.url, Passes()) as first, replica(redis.url, Passes()) as second:
        for limiter in (first, second, first, second):
            await limiter.count_attempt("192.0.2.1")
        for limiter in (first, second):
            with pytest.raises(RateLimitedError):
                await limiter.count_attempt("192.0.2.1")
        await second.count_attempt("192.0.2.2")


async def test_guesses_at_the_same_moment_on_two_replicas_delay_each_other(redis: RedisServer) -> None:
    gate, passes = Gate(GUESSES), Passes()
    async with (
        replica(redis.url, passes, sleep=gate.sleep) as first,
        replica(redis.url, passes, sleep=gate.sleep) as second,
    ):
        await check_guesses_at_once(gate, first, second)


async def test_a_redis_that_is_killed_refuses_nobody_and_is_used_again(redis: RedisServer) -> None:
    passes = Passes()
    async with replica(redis.url, passes) as limiter:
        await limiter.count_attempt("192.0.2.1")
        with passes.watch(CountsMoved) as moved:
            redis.stop()
            for _ in range(4):
                await limiter.count_attempt("192.0.2.1")
            assert await moved.next() == CountsMoved(is_shared=False)
            with pytest.raises(RateLimitedError):
                await limiter.count_attempt("192.0.2.1")
            redis.start()
            assert await moved.next() == CountsMoved(is_shared=True)
        await limiter.count_attempt("192.0.2.1")


async def test_a_redis_that_swallows_what_it_is_sent_refuses_nobody(redis: RedisServer) -> None:
    passes = Passes()
    async with replica(redis.url, passes) as limiter:
        await limiter.count_request(1)
        with passes.watch(CountsMoved) as moved:
            redis.suspend()
            for _ in range(100):
                await limiter.count_request(1)
            assert await moved.next() == CountsMoved(is_shared=False)
            redis.resume()
            assert await moved.next() == CountsMoved(is_shared=True)


async def test_a_redis_that_is_absent_at_the_start_refuses_nobody() -> None:
    async with replica("redis://127.0.0.1:9/0", Passes()) as limiter:
        await limiter.count_attempt("192.0.2.1")


def test_a_url_that_is_not_one_of_redis_is_refused() -> None:
    with pytest.raises(ValueError, match="redis://host:6379/0"):
        Settings(redis_url="memcached://127.0.0.1")
    with pytest.raises(StartupError, match="TASKDECK_REDIS_URL"):
        Limiter(Settings(redis_url="redis://127.0.0.1:port"), Passes())


@pytest.mark.parametrize("given", ["10.0.0.300", "proxy.example.org", "10.0.0.1/8"])
def test_a_trusted_proxy_is_an_address_or_a_network(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKDECK_TRUSTED_PROXIES", f"10.0.0.5, {given}")
    with pytest.raises(ValueError, match=r"10\.1\.0\.0/16"):
        Settings()
    monkeypatch.setenv("TASKDECK_TRUSTED_PROXIES", "10.0.0.5, 10.1.0.0/16")
    assert Settings().trusted_proxies == ("10.0.0.5", "10.1.0.0/16")
