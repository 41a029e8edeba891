"""Finds cycles in the graph of task dependencies."""

from collections.abc import Iterable, Mapping


def find_cycle(task_id: int, upstreams: Iterable[int], edges: Mapping[int, Iterable[int]]) -> list[int] | None:
    """Return the cycle that would close if `task_id` depended on `upstreams`, or None.

    `edges` has each task's upstream tasks without the change. The cycle begins and ends with `task_id`, and each task
    in it depends on the next.
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
