"""Wakes reach the loops that they concern, on this replica or on the leading one."""

import asyncio

import pytest

from backend.events.wakes import (
    EVERYTHING,
    MOST_TASKS_NAMED,
    Signals,
    Wake,
    WakeReason,
    WakeReceiver,
    decode_wake,
    encode_wake,
)

READY, TASKS, ALL_TASKS = WakeReason.RUNS_READY, WakeReason.TASKS_CHANGED, WakeReason.ALL_TASKS_CHANGED


def tasks_changed(*task_ids: int) -> Wake:
    return Wake(frozenset({TASKS}), frozenset(task_ids))


async def added(receiver: WakeReceiver) -> Wake:
    """Return what was added so far."""
    return await receiver.wait(timeout_seconds=0)


async def test_wakes_are_merged_until_the_loop_waits() -> None:
    receiver = WakeReceiver({READY, TASKS})
    receiver.add(Wake(frozenset({READY})))
    receiver.add(tasks_changed(1))
    receiver.add(tasks_changed(2))
    assert await receiver.wait() == Wake(frozenset({READY, TASKS}), frozenset({1, 2}))
    assert not await added(receiver)


async def test_a_loop_is_woken_by_its_own_reasons_only() -> None:
    receiver = WakeReceiver({READY})
    receiver.add(Wake(frozenset({WakeReason.CANCEL_REQUESTED})))
    receiver.add(tasks_changed(1))
    assert not await added(receiver)
    receiver.add(EVERYTHING)
    assert await added(receiver) == Wake(frozenset({READY}))


async def test_a_loop_that_names_tasks_is_not_woken_by_others() -> None:
    receiver = WakeReceiver({READY, TASKS})
    receiver.only_tasks = frozenset({1})
    receiver.add(tasks_changed(2, 3))
    assert not await added(receiver)
    receiver.add(tasks_changed(1, 2))
    assert await added(receiver) == tasks_changed(1)


async def test_too_many_tasks_become_all_tasks() -> None:
    receiver = WakeReceiver(WakeReason)
    receiver.add(tasks_changed(*range(MOST_TASKS_NAMED)))
    assert (await added(receiver)).reasons == {TASKS}
    receiver.add(tasks_changed(*range(MOST_TASKS_NAMED)))
    receiver.add(tasks_changed(MOST_TASKS_NAMED))
    assert await added(receiver) == Wake(frozenset({ALL_TASKS}))


@pytest.mark.parametrize("wake", [Wake(), Wake(frozenset({READY})), tasks_changed(1, 2), EVERYTHING])
def test_a_notification_is_read_as_it_was_written(wake: Wake) -> None:
    assert decode_wake(encode_wake(wake)) == wake


def test_the_largest_notification_fits_into_a_payload() -> None:
    largest = Wake(frozenset(WakeReason), frozenset(range(10**12, 10**12 + MOST_TASKS_NAMED)))
    assert len(encode_wake(largest)) < 8000


@pytest.mark.parametrize("payload", ["", "{", '{"reasons": ["of another version"]}', '{"task_ids": 1}', "[]"])
def test_a_notification_that_cannot_be_read_concerns_everything(payload: str) -> None:
    assert decode_wake(payload) is EVERYTHING


async def test_a_standby_sends_wakes_to_the_leader_and_a_leader_to_its_loops() -> None:
    signals = Signals()
    service = signals.subscribe(READY)
    loop = WakeReceiver({READY})
    signals.wake(READY)
    assert await added(signals.for_leader) == Wake(frozenset({READY}))
    assert not await added(service)
    signals.lead([loop])
    assert await added(loop)
    assert await added(service)
    signals.wake(READY, task_ids=[1])
    assert await added(loop) == await added(service) == Wake(frozenset({READY}))
    signals.stand_by()
    signals.wake(READY, task_ids=[1])
    assert not await added(loop)
    assert await added(signals.for_leader) == Wake(frozenset({READY, TASKS}), frozenset({1}))


async def test_a_waiting_loop_is_woken() -> None:
    receiver = WakeReceiver({READY})
    waiting = asyncio.create_task(receiver.wait())
    await asyncio.sleep(0)
    receiver.add(Wake(frozenset({READY})))
    assert await waiting
