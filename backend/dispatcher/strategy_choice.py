"""Loads the scheduling strategy of the settings from its entry point."""

from importlib.metadata import entry_points

from backend.settings import Settings
from backend.workers.assignment import SchedulingStrategy
from backend.workers.strategies import StrategyOptions
from shared.errors import StartupError

GROUP = "taskdeck.strategies"


def load_strategy(settings: Settings) -> SchedulingStrategy:
    """Return a new strategy; raises `StartupError` for an unknown name."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    if settings.strategy not in found:
        raise StartupError(
            f"TASKDECK_STRATEGY {settings.strategy!r} does not exist. Use one of: {', '.join(sorted(found))}"
        )
    options = StrategyOptions(reserved_slots=settings.reserved_slots, spread_label=settings.spread_label)
    strategy: SchedulingStrategy = found[settings.strategy].load()(options)
    return strategy
