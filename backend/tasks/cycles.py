"""The graph of tasks that wait for tasks: it must not bite its tail."""

from collections.abc import Iterable, Mapping


def find_cycle(task_id: int, upstreams: Iterable[int], edges: Mapping[int, Iterable[int]]) -> list[int] | None:
    """Return the cycle that `task_id` waiting for `upstreams` would close, or None.

    `edges` gives each task's upstreams as they are without the change. The cycle begins and ends with
    `task_id`, each task waiting for the next.
    """
    paths = [[task_id, upstream] for upstream in upstreams]
    seen: set[int] = set()
    while paths:
        path = paths.pop()
        last = path[-1]
        if last == task_id:
            return path
        if last in seen:
            continue
        seen.add(last)
        paths.extend([*path, upstream] for upstream in edges.get(last, ()))
    return None
