"""The environment variables by which a command knows its run and the results of upstream runs."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from backend.broker.messages import Assignment, UpstreamResult
from backend.worker.run_files import UPSTREAMS_VARIABLE, RunFiles

TRACE_VARIABLE = "TRACEPARENT"
"""As the specification of OpenTelemetry names what a process inherits of a trace."""
_UPSTREAM_PREFIX = "TASKDECK_UPSTREAM_"
_MOST_OUTPUT_BYTES = 256 * 1024
"""Of upstream outputs in variables together: the kernel limits arguments and environment, to 2 MiB by default."""


def variable_name(task_name: str) -> str:
    """Return a task's name as part of a variable's: capitals, digits and `_`."""
    return re.sub(r"[^A-Z0-9]+", "_", task_name.upper()).strip("_") or "_"


def run_variables(assignment: Assignment, files: RunFiles) -> tuple[dict[str, str], list[str]]:
    """Return the variables of a run, and notes for its error output; upstream results are written to `files` too."""
    variables = {
        "TASKDECK_RUN_ID": str(assignment.run_id),
        "TASKDECK_ATTEMPT": str(assignment.attempt),
        "TASKDECK_TASK_NAME": assignment.task_name,
    }
    if assignment.traceparent is not None and TRACE_VARIABLE not in assignment.environment:
        variables[TRACE_VARIABLE] = assignment.traceparent
    if assignment.scheduled_for is not None:
        variables["TASKDECK_SCHEDULED_FOR"] = assignment.scheduled_for.isoformat()
    if assignment.fan_out_run_id is not None:
        variables["TASKDECK_FAN_OUT_RUN_ID"] = str(assignment.fan_out_run_id)
    if assignment.shard_index is not None:
        variables["TASKDECK_SHARD_INDEX"] = str(assignment.shard_index)
        variables["TASKDECK_SHARD_TOTAL"] = str(assignment.shard_total)
    if not assignment.upstreams:
        return variables, []
    files.write_upstreams({upstream.task_name: _as_json(upstream) for upstream in assignment.upstreams})
    found, notes = _upstream_variables(assignment.upstreams)
    return variables | found, notes


def _as_json(upstream: UpstreamResult) -> dict[str, Any]:
    return {
        "run_id": upstream.run_id,
        "status": upstream.status,
        "output": json.loads(upstream.output) if upstream.output is not None else None,
    }


def _upstream_variables(upstreams: Sequence[UpstreamResult]) -> tuple[dict[str, str], list[str]]:
    """Return variables for the upstreams that differ by their names, and what was left out."""
    names = Counter(variable_name(upstream.task_name) for upstream in upstreams)
    variables: dict[str, str] = {}
    notes = [
        f"{count} upstream tasks have the variable name {_UPSTREAM_PREFIX}{name}; "
        f"their results are in the file that {UPSTREAMS_VARIABLE} names"
        for name, count in names.items()
        if count > 1
    ]
    bytes_left, is_cut = _MOST_OUTPUT_BYTES, False
    for upstream in upstreams:
        name = variable_name(upstream.task_name)
        if names[name] > 1:
            continue
        prefix = f"{_UPSTREAM_PREFIX}{name}"
        variables[f"{prefix}_RUN_ID"] = str(upstream.run_id)
        variables[f"{prefix}_STATUS"] = upstream.status
        if upstream.output is None:
            continue
        bytes_left -= len(upstream.output.encode())
        if bytes_left >= 0:
            variables[f"{prefix}_OUTPUT"] = upstream.output
        else:
            is_cut = True
    if is_cut:
        notes.append(
            f"upstream outputs beyond {_MOST_OUTPUT_BYTES // 1024} KiB are not in variables; "
            f"all are in the file that {UPSTREAMS_VARIABLE} names"
        )
    return variables, notes
