"""The table of transitions is the law: no statement changes the status of a run in another way."""

import importlib
import pkgutil
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import TextClause

import backend
from backend.runs.lifecycle import TRANSITIONS, may_follow
from shared.enums import RunStatus

UPDATE = re.compile(r"\bupdate\s+runs\s+set\b(?P<changes>.*?)(?=\bfrom\b|\bwhere\b)", re.DOTALL)
LOCKED = re.compile(r"\blocked as \((?P<condition>.*?)\n\s*\)", re.DOTALL)
"""The runs that a statement locks and then changes: see `locked_if`."""
SOURCES = re.compile(r"\bstatus (?:= '(?P<one>\w+)'|in \((?P<several>[^)]*)\))")
OUTCOMES = {RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.CANCELLED}
"""What a parameter may set: the outcome that `decide_end` or `decide_fan_out` chose."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An update that sets the status of runs."""

    name: str
    sql: str
    sources: frozenset[RunStatus]
    targets: frozenset[RunStatus]


def _targets(changes: str) -> frozenset[RunStatus]:
    found = re.search(r"(?:^|[\s,])status\s*=\s*(?:'(\w+)'|\w+\.(?:status|outcome)|:\w+)", changes)
    if found is None:
        return frozenset()
    return frozenset({RunStatus(found[1])} if found[1] else OUTCOMES)


def _sources(condition: str) -> frozenset[RunStatus]:
    statuses: set[RunStatus] = set()
    for found in SOURCES.finditer(condition):
        statuses |= (
            {RunStatus(found["one"])} if found["one"] else set(map(RunStatus, re.findall(r"\w+", found["several"])))
        )
    return frozenset(statuses)


def text_clauses() -> dict[str, TextClause]:
    """Return every statement of the backend by its name: a new one is found wherever it stands."""
    found = {}
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, TextClause):
                found[value.text] = f"{module.name}.{name}", value
    return dict(found.values())


def _statements() -> list[Statement]:
    """Return every statement of the backend that sets the status of runs."""
    found = []
    for name, clause in text_clauses().items():
        locked = LOCKED.search(clause.text)
        for update in UPDATE.finditer(clause.text):
            targets = _targets(update["changes"])
            if targets:
                sources = _sources(locked["condition"]) if locked is not None else frozenset()
                found.append(Statement(name, clause.text, sources, targets))
    return found


STATEMENTS = _statements()


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)
def test_a_statement_asks_for_the_status_that_the_table_requires(statement: Statement) -> None:
    assert statement.sources, "it does not lock runs by their status"
    for source in statement.sources:
        for target in statement.targets - {source}:
            assert may_follow(source, target)


def test_the_table_allows_nothing_that_no_statement_does() -> None:
    done = {(source, target) for one in STATEMENTS for source in one.sources for target in one.targets - {source}}
    allowed = {(source, target) for source, targets in TRANSITIONS.items() for target in targets}
    assert done == allowed


def test_no_update_of_runs_hides_from_this_test() -> None:
    written = sum(
        len(re.findall(r"update\s+runs\s+set\s+status\b", file.read_text(encoding="utf-8")))
        for file in Path(backend.__path__[0]).rglob("*.py")
    )
    assert len(STATEMENTS) == written
