"""What no test does: use a private name of the product, or wait by the clock.

A test that needs a private name lacks a result, an event or a signal that the product could offer to everybody. A
test that sleeps is slow on a quick machine and fails on a slow one.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

TESTS = Path(__file__).parent

REAL_TIME = {
    "bench/": "measures time",
    "faults/": "stops, kills and partitions processes for a span of time",
    "simulation/": "sleeps in virtual time",
    "backend/database/test_leadership.py": "a leader is silent by the database server's clock",
    "backend/api/test_deadline.py": "a stream outlasts the deadline of an answer",
    "integration/test_dead_letters.py": "polls RabbitMQ, which announces no dead letter",
    "postgres_node.py": "polls a starting server, which announces nothing",
    "rabbit_node.py": "polls a starting server, which announces nothing",
    "console/screenshots.py": "photographs a window when it no longer changes",
    "console/dialog_pictures.py": "photographs a window when it no longer changes",
    "console/story.py": "photographs a window when it no longer changes",
}
"""Folders and files in which the passage of real time is the subject, with the reason."""


def test_no_test_uses_a_private_name_of_the_product() -> None:
    assert _counts(_private_names) == {}


def test_no_test_waits_by_the_clock() -> None:
    found = {name: count for name, count in _counts(_waits).items() if not name.startswith(tuple(REAL_TIME))}
    assert found == {}


def _counts(find: Callable[[ast.Module], Iterator[ast.AST]]) -> dict[str, int]:
    """Return how many finds each file has, without those that have none."""
    found = {}
    for path in sorted(TESTS.rglob("*.py")):
        count = sum(1 for _ in find(ast.parse(path.read_text(encoding="utf-8"))))
        if count:
            found[path.relative_to(TESTS).as_posix()] = count
    return found


def _private_names(module: ast.Module) -> Iterator[ast.AST]:
    """Yield `x._y` on anything but self and cls, imports of `_y`, and `setattr(x, "_y", …)`."""
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(attr=name) if _is_private(name):
                yield node
            case ast.ImportFrom(names=names) if any(_is_private(one.name) for one in names):
                yield node
            case ast.Call(func=ast.Attribute(attr="setattr"), args=[_, ast.Constant(value=str(name)), *_]) if (
                _is_private(name)
            ):
                yield node


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _waits(module: ast.Module) -> Iterator[ast.AST]:
    """Yield calls of `sleep`; `sleep(0)`, which lets other coroutines run, counts inside a `while`: that is polling."""
    polled = {id(inner) for loop in ast.walk(module) if isinstance(loop, ast.While) for inner in ast.walk(loop)}
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Attribute(attr="sleep"), args=[ast.Constant(value=0)]):
                if id(node) in polled:
                    yield node
            case ast.Call(func=ast.Attribute(attr="sleep")):
                yield node
