"""Messages on the broker: valid ones, valid ones with a part replaced, and bytes."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.strategies.texts import AWKWARD

_NUMBERS = st.sampled_from((0, 1, -1, 7, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**30, 1.5, -0.0, 1e308))
_SCALARS = st.one_of(
    _NUMBERS,
    st.none(),
    st.booleans(),
    st.sampled_from((*AWKWARD, "\ud800", "succeeded", "stdout", "online", "", "x" * 5000)),
    st.text(max_size=10),
)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
_RESULT = {
    "ending": "succeeded",
    "error": None,
    "exit_code": 0,
    "http_status": None,
    "output": '{"a": 1}',
    "cpu_ms": 5,
    "peak_memory_bytes": 4096,
    "execution_time_ms": 12,
    "stdout_tail": "out\n",
    "stderr_tail": None,
    "log_pieces": 1,
}
_HEARTBEAT = {
    "worker_id": "fuzzed",
    "incarnation": "1",
    "sequence": 1,
    "state": "online",
    "hostname": "h",
    "version": "1",
    "task_types": ["nothing"],
    "labels": {"a": "b"},
    "slots": 1,
    "held": [{"run_id": 1, "attempt": 1}],
    "active_count": 0,
    "cpu_percent": 1.5,
    "memory_bytes": 10,
    "uptime_seconds": 1.0,
}
_ATTEMPT = {"run_id": 1, "attempt": 1, "ago_ms": 0}
VALID: dict[str, dict[str, Any]] = {
    "reports": {
        "worker_id": "fuzzed",
        "incarnation": "1",
        "started": [_ATTEMPT],
        "finished": [_ATTEMPT | {"result": _RESULT, "worker_id": None}],
    },
    "heartbeats": _HEARTBEAT,
    "logs": {"worker_id": "fuzzed", "pieces": [_ATTEMPT | {"stream": "stdout", "sequence": 1, "text": "line\n"}]},
    "telemetry": {
        "worker_id": "fuzzed",
        "progress": [{"run_id": 1, "attempt": 1, "percent": 40.0, "text": "loading"}],
        "samples": [{"run_id": 1, "attempt": 1, "elapsed_ms": 10, "cpu_percent": 1.0, "memory_bytes": 5}],
    },
}
"""A message of each queue that workers send to."""


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        found += _places(part, (*path, key))
    return found


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy


@st.composite
def messages(draw: st.DrawFn) -> tuple[str, bytes]:
    """A queue and the body of a message to it."""
    queue = draw(st.sampled_from(sorted(VALID)))
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return queue, draw(st.binary(max_size=60))
    if kind == 1:
        return queue, json.dumps(draw(_ANYTHING)).encode()
    message: Any = VALID[queue]
    for _ in range(draw(st.integers(0, 3))):
        places = _places(message)
        message = _replaced(message, draw(st.sampled_from(places)), draw(_ANYTHING)) if places else message
    body = json.dumps(message).encode()
    if kind == 2:
        place = draw(st.integers(0, len(body)))
        body = body[:place] + draw(st.binary(max_size=3)) + body[place + draw(st.integers(0, 3)) :]
    return queue, body
