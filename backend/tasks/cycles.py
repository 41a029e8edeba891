"""Finds cycles in the graph of task dependencies."""

from collections.abc import Iterable, Iterator, Mapping


def find_cycle(task_ids: Iterable[int], edges: Mapping[int, Iterable[int]]) -> list[int] | None:
    """Return a cycle that can be reached from `task_ids`, or None; `edges` has each task's upstream tasks.

    The cycle begins and ends with the same task, one of `task_ids` where it has one, and each task in it depends on
    the next. Each edge is followed once.
    """
    wanted = list(task_ids)
    done: set[int] = set()
    for start in wanted:
        if start not in done and (cycle := _cycle_from(start, edges, done)) is not None:
            return _rotated(cycle, frozenset(wanted))
    return None


def _cycle_from(start: int, edges: Mapping[int, Iterable[int]], done: set[int]) -> list[int] | None:
    """Walk depth first; `done` collects the tasks from which no cycle can be reached."""
    path: dict[int, Iterator[int]] = {start: iter(edges.get(start, ()))}
    while path:
        last = next(reversed(path))
        for upstream in path[last]:
            if upstream in path:
                members = list(path)
                return members[members.index(upstream) :]
            if upstream not in done:
                path[upstream] = iter(edges.get(upstream, ()))
                break
        else:
            del path[last]
            done.add(last)
    return None


def _rotated(cycle: list[int], wanted: frozenset[int]) -> list[int]:
    first = next((position for position, member in enumerate(cycle) if member in wanted), 0)
    return [*cycle[first:], *cycle[: first + 1]]
