"""Loads the scheduling strategy of the settings from its entry point, and the default one where it fails."""

import time
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points

from backend.context import ServiceContext
from backend.faults.model import NewFault, cause_of
from backend.settings import Settings
from backend.workers.assignment import ReadyRun, SchedulingStrategy, WorkerLoad
from backend.workers.strategies import LeastLoaded, StrategyOptions
from shared.enums import FaultKind
from shared.errors import StartupError

GROUP = "taskdeck.strategies"
_REPEAT_SECONDS = 60.0
"""How often the same failure is reported again: the doctor shows whether it goes on."""


MakeStrategy = Callable[[], SchedulingStrategy]


def load_strategy(settings: Settings) -> MakeStrategy:
    """Return what makes the strategy; raises `StartupError` for an unknown name and a plug-in that cannot be loaded.

    Reads the files of all installed packages.
    """
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if settings.strategy not in found:
        raise StartupError(
            f"TASKDECK_STRATEGY {settings.strategy!r} does not exist. Use one of: {', '.join(sorted(found))}"
        )
    try:
        plug_in = found[settings.strategy].load()
        plug_in(_options(settings))
    except Exception as error:
        raise StartupError(
            f"TASKDECK_STRATEGY {settings.strategy!r} cannot be loaded: {cause_of(error)}. Correct the plug-in, or use "
            f"one of: {', '.join(sorted(set(found) - {settings.strategy}))}"
        ) from error
    return lambda: plug_in(_options(settings))


def guarded_strategy(context: ServiceContext, make: MakeStrategy) -> SchedulingStrategy:
    """Return a new strategy; where it fails, the default one chooses, and the failure is reported."""
    settings = context.settings

    def report(error: Exception) -> None:
        context.faults.report(
            NewFault(
                kind=FaultKind.FALLBACK,
                object_type="strategy",
                object_id=settings.strategy,
                cause=cause_of(error),
                next_step="The strategy least_loaded chose the workers of its runs. Correct the plug-in, or set "
                "TASKDECK_STRATEGY to another strategy, and restart the dispatchers.",
            )
        )

    default = LeastLoaded(_options(settings))
    try:
        return GuardedStrategy(make(), default, report=report)
    except Exception as error:  # noqa: BLE001 - a plug-in may raise anything; it could be made when the process started
        report(error)
        return default


class GuardedStrategy:
    """Asks a strategy, and the default one for a run for which it raises or returns no worker that can take the run."""

    def __init__(
        self, strategy: SchedulingStrategy, default: SchedulingStrategy, *, report: Callable[[Exception], None]
    ) -> None:
        self._strategy = strategy
        self._default = default
        self._report = report
        self._reported: dict[str, float] = {}

    def choose(self, run: ReadyRun, workers: Sequence[WorkerLoad]) -> WorkerLoad | None:
        """Return a worker with a free slot, or None to let the run wait."""
        try:
            chosen = self._strategy.choose(run, workers)
            if chosen is None or any(chosen is worker and worker.free for worker in workers):
                return chosen
            raise ValueError(f"it chose {chosen!r:.200}, which is no worker with a free slot for run {run.id}")
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
            self._failed(error)
            return self._default.choose(run, workers)

    def _failed(self, error: Exception) -> None:
        now, kind = time.monotonic(), type(error).__name__
        if now - self._reported.get(kind, -_REPEAT_SECONDS) >= _REPEAT_SECONDS:
            self._reported[kind] = now
            self._report(error)


def _options(settings: Settings) -> StrategyOptions:
    return StrategyOptions(reserved_slots=settings.reserved_slots, spread_label=settings.spread_label)
