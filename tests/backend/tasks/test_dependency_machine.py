"""A state machine over tasks, edges, workers and a clock; the oracle knows nothing but a flag for each edge."""

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.runs.limits import HeldRun, Hold, Room, decide_release
from backend.tasks.dependency_conditions import Edge, decide_dependencies
from backend.workers.assignment import ReadyRun, WorkerLoad, assign
from backend.workers.strategies import LeastLoaded, StrategyOptions
from shared.enums import DependencyCondition, RunStatus
from tests.simulation.year import MINUTE as SECOND_HAND
from tests.simulation.year import START

GRAPH = {2: (1,), 3: (1,), 4: (2, 3), 5: (4, 1)}
"""A diamond, and a task that waits for its end and for its beginning."""
LIMIT = 2
SATISFIES = {
    DependencyCondition.SUCCESS: {RunStatus.SUCCEEDED},
    DependencyCondition.FAILURE: {RunStatus.FAILED, RunStatus.TIMED_OUT},
    DependencyCondition.COMPLETION: {
        RunStatus.SUCCEEDED,
        RunStatus.FAILED,
        RunStatus.TIMED_OUT,
        RunStatus.CANCELLED,
    },
}
OUTCOMES = sorted(SATISFIES[DependencyCondition.COMPLETION])


@dataclass
class Made:
    """A run as the store would keep it."""

    id: int
    task: int
    status: RunStatus = RunStatus.PENDING
    is_held: bool = True
    worker: str | None = None
    ended_at: int = 0
    parent: int | None = None


@dataclass
class Store:
    """The rows, and what each edge has consumed."""

    runs: list[Made] = field(default_factory=list)
    consumed: dict[tuple[int, int], int] = field(default_factory=dict)


class World(RuleBasedStateMachine):
    """The decisions of the dispatcher over rows in memory."""

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.store = Store()
        self.clock = 0
        self.workers = {"w1": 2, "w2": 1}
        self.conditions = {
            (task, upstream): data.draw(st.sampled_from(DependencyCondition))
            for task, upstreams in GRAPH.items()
            for upstream in upstreams
        }
        self.fresh = dict.fromkeys(self.conditions, False)
        self.expected = dict.fromkeys(range(1, 6), 0)

    def add(self, task: int, parent: int | None = None) -> None:
        self.store.runs.append(Made(len(self.store.runs) + 1, task, parent=parent))

    @rule(task=st.sampled_from([1, 1, 1, 4]))
    def trigger(self, task: int) -> None:
        self.add(task)
        self.expected[task] += 1

    @rule(seconds=st.integers(0, 100))
    def pass_time(self, seconds: int) -> None:
        self.clock += seconds

    @rule(name=st.sampled_from(["w1", "w2", "w3"]), slots=st.integers(0, 3))
    def change_worker(self, name: str, slots: int) -> None:
        self.workers[name] = slots

    @rule()
    def release(self) -> None:
        pending = [run for run in self.store.runs if run.status is RunStatus.PENDING]
        held = [HeldRun(run.id, run.task, Hold.LIMIT, run.id) for run in pending if run.is_held]
        busy = {
            task: Room(
                sum(run.task == task and not run.is_held and not run.status.is_final for run in self.store.runs),
                LIMIT,
            )
            for task in range(1, 6)
        }
        for run_id in decide_release(held, tasks=busy, concurrency_groups={}, backfills={}):
            self.store.runs[run_id - 1].is_held = False

    @rule()
    def dispatch(self) -> None:
        load = [
            WorkerLoad(
                id=name,
                task_types=frozenset({"*"}),
                labels={},
                slots=slots,
                in_flight=sum(run.worker == name and run.status is RunStatus.RUNNING for run in self.store.runs),
                mean_run_ms=1000,
            )
            for name, slots in self.workers.items()
        ]
        ready = [
            ReadyRun(run.id, "shell", run.id, task_id=run.task)
            for run in self.store.runs
            if run.status is RunStatus.PENDING and not run.is_held
        ]
        for choice in assign(ready, load, strategy=LeastLoaded(StrategyOptions()))[0]:
            run = self.store.runs[choice.run_id - 1]
            run.status, run.worker = RunStatus.RUNNING, choice.worker_id
        for worker in load:
            free = worker.slots - sum(
                run.worker == worker.id and run.status is RunStatus.RUNNING for run in self.store.runs
            )
            waits = any(run.status is RunStatus.PENDING and not run.is_held for run in self.store.runs)
            assert not (waits and free > 0), "work waits beside a free slot"

    @precondition(lambda self: any(run.status is RunStatus.RUNNING for run in self.store.runs))
    @rule(data=st.data(), outcome=st.sampled_from(OUTCOMES))
    def finish(self, data: st.DataObject, outcome: RunStatus) -> None:
        running = [run for run in self.store.runs if run.status is RunStatus.RUNNING]
        run = data.draw(st.sampled_from(running))
        self.clock += 1
        run.status, run.ended_at = outcome, self.clock
        self.resolve()
        for edge, condition in self.conditions.items():
            if edge[1] == run.task and outcome in SATISFIES[condition] and self.is_newest(run, edge):
                self.fresh[edge] = True
        for task, upstreams in GRAPH.items():
            if all(self.fresh[task, upstream] for upstream in upstreams):
                self.expected[task] += 1
                for upstream in upstreams:
                    self.fresh[task, upstream] = False
                    self.used[task, upstream] = max(
                        other.id
                        for other in self.store.runs
                        if other.task == upstream
                        and other.status in SATISFIES[self.conditions[task, upstream]]
                        and other.ended_at <= self.clock
                    )

    def is_newest(self, run: Made, edge: tuple[int, int]) -> bool:
        """A run that began before the one consumed last says nothing new."""
        return run.id > self.used.get(edge, 0)

    @initialize()
    def forget(self) -> None:
        self.used: dict[tuple[int, int], int] = {}

    def resolve(self) -> None:
        """Do what the resolver does: the newest satisfying run behind what was consumed, for each edge."""
        for task, upstreams in GRAPH.items():
            edges = []
            for upstream in upstreams:
                wanted = SATISFIES[self.conditions[task, upstream]]
                behind = self.store.consumed.get((task, upstream), 0)
                found = [
                    run for run in self.store.runs if run.task == upstream and run.id > behind and run.status in wanted
                ]
                newest = found[-1] if found else None
                at = START + newest.ended_at * SECOND_HAND if newest else None
                edges.append(Edge(upstream, newest.id if newest else None, at))
            met = decide_dependencies(edges)
            if met is not None:
                self.store.consumed.update({(task, upstream): run_id for upstream, run_id in met.consumed})
                assert met.parent_run_id in {run_id for _, run_id in met.consumed}
                self.add(task, parent=met.parent_run_id)

    @invariant()
    def each_task_ran_as_often_as_its_flags_say(self) -> None:
        if not hasattr(self, "store"):
            return
        for task, count in self.expected.items():
            assert sum(run.task == task for run in self.store.runs) == count
            let_through = [
                run for run in self.store.runs if run.task == task and not run.is_held and not run.status.is_final
            ]
            assert len(let_through) <= LIMIT


TestWorld = World.TestCase
TestWorld.settings = settings(max_examples=120, stateful_step_count=50, deadline=None)
