"""A strategy that a plug-in brings, installed as packages are, and what happens when it fails."""

from pathlib import Path

import pytest

from backend.dispatcher.strategy_choice import GuardedStrategy, load_strategy
from backend.faults.reporter import FaultsStored
from backend.settings import Settings
from backend.workers.assignment import ReadyRun, SchedulingStrategy, WorkerLoad
from backend.workers.strategies import LeastLoaded, StrategyOptions
from shared.enums import FaultKind
from shared.errors import StartupError
from tests.backend.faults.listed import faults
from tests.conftest import Databases
from tests.system import open_system

RUN = ReadyRun(id=1, placement="noop", rank=0)
BROKEN = """
class Broken:
    calls = 0

    def __init__(self, options):
        pass

    def choose(self, run, workers):
        Broken.calls += 1
        raise RuntimeError("no answer from the inventory")
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """Install a package with the strategy `broken`."""
    (folder / "broken_strategy.py").write_text(source)
    metadata = folder / "broken_strategy-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-strategy\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[taskdeck.strategies]\nbroken = broken_strategy:Broken\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(__import__("sys").modules, "broken_strategy", raising=False)


def workers() -> list[WorkerLoad]:
    return [
        WorkerLoad(id="busy", task_types=frozenset("*"), labels={}, slots=1, in_flight=1),
        WorkerLoad(id="free", task_types=frozenset("*"), labels={}, slots=2, in_flight=1),
    ]


class Chooses:
    """Returns what it was made with, or raises it."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def choose(self, run: ReadyRun, found: object) -> WorkerLoad | None:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer  # type: ignore[return-value]


def guarded(strategy: SchedulingStrategy, reported: list[Exception]) -> GuardedStrategy:
    return GuardedStrategy(strategy, LeastLoaded(StrategyOptions()), report=reported.append)


@pytest.mark.parametrize("answer", [RuntimeError("no"), RecursionError(), "free", 7, workers()[1]])
def test_a_failing_strategy_is_replaced_by_the_default_and_reported_once(answer: object) -> None:
    reported: list[Exception] = []
    found, strategy = workers(), guarded(Chooses(answer), reported)
    assert [strategy.choose(RUN, found) for _ in range(50)] == [found[1]] * 50
    assert len(reported) == 1


def test_a_worker_without_a_free_slot_is_no_answer() -> None:
    reported: list[Exception] = []
    found = workers()
    assert guarded(Chooses(found[0]), reported).choose(RUN, found) is found[1]
    assert "no worker with a free slot for run 1" in str(reported[0])


def test_a_strategy_that_works_or_waits_is_left_alone() -> None:
    reported: list[Exception] = []
    found = workers()
    assert guarded(Chooses(found[1]), reported).choose(RUN, found) is found[1]
    assert guarded(Chooses(None), reported).choose(RUN, found) is None
    assert reported == []


@pytest.mark.parametrize("source", ["import a_module_that_is_not_installed", "Broken = None", "class Other: pass"])
def test_a_plug_in_that_cannot_be_loaded_is_named(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, source)
    with pytest.raises(StartupError, match=r"'broken' cannot be loaded: .*use one of: least_loaded"):
        load_strategy(Settings(strategy="broken"))


async def test_runs_are_executed_and_the_fault_is_stored(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, BROKEN)
    url = await databases.create()
    try:
        async with open_system(url, None, tmp_path, strategy="broken") as system:
            await system.add_worker()
            for name in ("first", "second"):
                assert (await system.run(name, executor="noop", command="")).worker_id == "w1"
            found = await system.until_passes(
                FaultsStored, lambda: faults(system), lambda found: "strategy broken" in found
            )
            fault = found["strategy broken"]
            assert (fault.kind, fault.count) == (FaultKind.FALLBACK, 1)
            assert fault.cause == "RuntimeError: no answer from the inventory"
            assert not [one for one in found.values() if one.kind is FaultKind.RESTARTED]
    finally:
        await databases.drop(url)
