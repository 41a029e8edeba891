"""Plays seeds one after another, on a database of its own."""

import random
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation import database
from tests.simulation.admin import Admin
from tests.simulation.happened import happened_in
from tests.simulation.plan import draw
from tests.simulation.promises import broken_promises
from tests.simulation.world import simulate


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One seed: the promises that it broke, and a checksum of its trace."""

    seed: int
    broken: tuple[str, ...]
    digest: int
    runs: int
    executions: int
    virtual_seconds: float
    seconds: float
    trace: tuple[str, ...] = ()


class Lane:
    """A database, and the connection that empties it for each seed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._admin = Admin(database.plain(url))
        self._tables = database.Tables(self._admin)

    def play(self, seed: int, *, keeps_trace: bool = False) -> Played:
        """Play one seed. A simulation that cannot go on is a broken promise too."""
        began = time.perf_counter()
        state = random.getstate()
        try:
            record = simulate(
                draw(seed), url=self._url, admin=self._admin, tables=self._tables, keeps_trace=keeps_trace
            )
        except Exception as error:  # noqa: BLE001 - every failure belongs to its seed
            words = "".join(traceback.format_exception(error))
            return Played(
                seed=seed,
                broken=(f"the simulation ended early: {words}",),
                digest=0,
                runs=0,
                executions=0,
                virtual_seconds=0.0,
                seconds=time.perf_counter() - began,
            )
        finally:
            random.setstate(state)
        return Played(
            seed=seed,
            broken=tuple(broken_promises(happened_in(record))),
            digest=record.digest,
            runs=len(record.runs),
            executions=len(record.executions.every),
            virtual_seconds=record.elapsed,
            seconds=time.perf_counter() - began,
            trace=tuple(record.lines),
        )

    def close(self) -> None:
        """Close the connection."""
        self._admin.close()


_lane: Lane | None = None


def open_lane(take_url: Callable[[], str], mutation: str | None) -> None:
    """Open the lane of this process, with a deliberately broken product where a mutation is named."""
    global _lane
    if mutation is not None:
        from tests.simulation.mutations import MUTATIONS

        MUTATIONS[mutation].apply()
    _lane = Lane(take_url())


def play(seed: int) -> Played:
    """Play a seed on the lane of this process."""
    assert _lane is not None
    return _lane.play(seed)
