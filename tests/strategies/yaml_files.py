"""Files for `taskdeck apply`: lists of tasks, such lists with a part replaced, and any text."""

from typing import Any

import yaml
from hypothesis import strategies as st

from tests.strategies.tasks import tasks
from tests.strategies.texts import TEXTS

_SNIPPETS = (
    "tasks:",
    "tasks: []",
    "tasks: [{name: a, executor: noop}]",
    "- a",
    "name: a",
    "  - name: b",
    "    executor: shell",
    "    command: echo",
    "    depends_on: [{task: a}]",
    "    depends_on: {task: a}",
    "    depends_on: a",
    "    depends_on: [{task: [a]}]",
    "    depends_on: [{task: {b: c}}]",
    "    environment: {A: 1, B: null}",
    "    ? [a, b]",
    "    : c",
    "    ? {a: b}",
    "    <<: *base",
    "base: &base {a: 1}",
    "a: &a [*a]",
    "    1: 2",
    "    ~: x",
    "    true: yes",
    "    timeout_seconds: .inf",
    "    timeout_seconds: 1e400",
    "    timeout_seconds: 0x",
    "    schedule: @daily",
    "    schedule: !!python/object:os.system x",
    "    name: !!binary aGk=",
    "    name: 2026-01-01",
    "    labels: !!set {a, b}",
    "---",
    "...",
    "%YAML 1.1",
    "\t",
    "\x00",
    "\ufeff",
    "!!float x",
    "!!int 0o9",
    "key: !!int 12_",
    "a: |",
    "  text",
    "'",
    '"\\ud800"',
    "{{server_url}}",
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.binary(max_size=4), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=4,
)


@st.composite
def _documents(draw: st.DrawFn) -> str:
    found: list[Any] = draw(st.lists(tasks(), max_size=3))
    for task in found:
        if draw(st.booleans()):
            name = draw(
                st.sampled_from(("depends_on", "environment", "labels", "name", "schedule", "arguments", "blackouts"))
            )
            task[name] = draw(_VALUES)
        if draw(st.booleans()):
            task["depends_on"] = [{"task": draw(st.sampled_from([one["name"] for one in found]))}]
    content = {"tasks": found} if draw(st.integers(0, 9)) else draw(_VALUES)
    return str(yaml.safe_dump(content, allow_unicode=draw(st.booleans())))


_SIGNS = "a:-[]{}&*!|>'\"%@`#?, \n\t~01"

YAML_FILES = st.one_of(
    _documents(),
    st.lists(st.sampled_from(_SNIPPETS), max_size=8).map("\n".join),
    st.text(alphabet=_SIGNS, max_size=60),
)
