"""The runs of one task, newest first, by the index runs_by_task and no other.

Where a few tasks have nearly all runs, the planner takes every task for one of them, and looks for the newest run of a
task that has none by walking down the primary key. A range over (task_id, id), in that order, only that index serves.
"""

_GREATEST_ID = 2**63 - 1


def runs_of(task: str, *, runs: str = "r", after: str = "0") -> str:
    """Return the condition for the runs of a task, an expression, with ids behind `after`."""
    key = f"({runs}.task_id, {runs}.id)"
    return f"{key} > ({task}, {after}) and {key} <= ({task}, {_GREATEST_ID})"


def newest_first(runs: str = "r") -> str:
    """Return the order for `runs_of`."""
    return f"{runs}.task_id desc, {runs}.id desc"
