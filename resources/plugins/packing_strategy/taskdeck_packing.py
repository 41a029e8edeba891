"""The strategy `packing`: fills the busiest worker that has room, so that idle ones can be switched off."""

from collections.abc import Sequence

from backend.plugins.strategies import Run, StrategyOptions, Worker


class Packing:
    """Chooses the worker with the highest load that has a free slot, then by id."""

    def __init__(self, options: StrategyOptions) -> None:
        """Take no option."""

    def choose(self, run: Run, workers: Sequence[Worker]) -> Worker | None:
        """Return the fullest worker with a free slot."""
        with_room = [worker for worker in workers if worker.free]
        return min(with_room, key=lambda worker: (-worker.load, worker.id), default=None)
