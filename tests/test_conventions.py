"""What no test does: use a private name of the product, or wait by the clock. And what no text does: act as markup.

A test that needs a private name lacks a result, an event or a signal that the product could offer to everybody. A
test that sleeps is slow on a quick machine and fails on a slow one.

Texts of tasks, runs and workers are other people's: commands print them with `say` and its like, tooltips show them by
`plain_tip`, and labels are made by `label`.

No default value holds a clock of `time` from the import on: a simulation could not replace it, and a seed of it would
depend on the machine's load.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

TESTS = Path(__file__).parent
PRODUCT = ("backend", "console", "shared")
CONSOLE, COMMANDS = TESTS.parent / "console", TESTS.parent / "backend" / "cli"

REAL_TIME = {
    "bench/": "measures time",
    "faults/": "stops, kills and partitions processes for a span of time",
    "simulation/": "sleeps in virtual time",
    "backend/database/test_leadership.py": "a leader is silent by the database server's clock",
    "backend/plugins/test_conformance.py": "executors that hold the loop, and that outlast their time",
    "backend/api/test_deadline.py": "a stream outlasts the deadline of an answer",
    "integration/test_standstill.py": "the whole process stands still for longer than a heartbeat's timeout",
    "integration/test_dead_letters.py": "polls RabbitMQ, which announces no dead letter",
    "deploy/test_monitoring.py": "polls Prometheus, which announces nothing",
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


def test_no_default_value_holds_a_clock() -> None:
    found = [
        f"{path.relative_to(TESTS.parent)}:{node.lineno}"
        for folder in PRODUCT
        for path in sorted((TESTS.parent / folder).rglob("*.py"))
        for node in _held_clocks(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [], "take shared.process_clock.monotonic_seconds"


def _held_clocks(module: ast.Module) -> Iterator[ast.Attribute]:
    """Yield `time.x` where it is a default value or a `default_factory`."""
    for node in ast.walk(module):
        defaults: list[ast.expr | None] = []
        if isinstance(node, ast.arguments):
            defaults = [*node.defaults, *node.kw_defaults]
        elif isinstance(node, ast.keyword) and node.arg == "default_factory":
            defaults = [node.value]
        for default in defaults:
            match default:
                case ast.Attribute(value=ast.Name(id="time")):
                    yield default


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


def test_no_command_prints_a_text_with_its_control_characters() -> None:
    found = [
        path.name
        for path in COMMANDS.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _prints(node)
    ]
    assert set(found) <= {"say.py", "output.py"}


def _prints(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="typer"), attr="echo" | "secho") | ast.Name(id="print"):
            return True
    return False


def test_every_tooltip_that_is_no_constant_passes_the_one_place() -> None:
    """`plain_tip` makes the tooltip, or the text is a literal of the console."""
    unguarded = []
    for path in CONSOLE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="setToolTip"), args=[*_, text]):
                    pass
                case ast.Call(func=ast.Attribute(value=ast.Name(id="QToolTip"), attr="showText"), args=[_, text, *_]):
                    pass
                case _:
                    continue
            if not _is_safe(text):
                unguarded.append(f"{path.relative_to(CONSOLE)}:{node.lineno}: {ast.unparse(text)}")
    assert unguarded == []


def _is_safe(text: ast.expr) -> bool:
    match text:
        case ast.Call(func=ast.Name(id="plain_tip")):
            return True
        case ast.Call(func=ast.Name(id="tr"), args=[ast.Constant()]):
            return True
        case ast.Call(func=ast.Name(id="tip"), args=[first, *_]):
            return _is_safe(first)
        case ast.BoolOp(values=values):
            return all(_is_safe(value) for value in values)
        case ast.Call(func=ast.Name(id="without_markup")) | ast.Constant():
            return True
    return False


def test_every_label_shows_plain_text() -> None:
    """Labels come from `label`, which shows plain text."""
    made = []
    for path in CONSOLE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for words in ("QLabel(", "RichText)", "AutoText", "setHtml(", "QMessageBox", "QTextBrowser", "MarkdownText"):
            made += [f"{path.relative_to(CONSOLE)} {words}"] * text.count(words)
    assert sorted(made) == ["widgets/surfaces.py QLabel("]
