"""Permissions of the product that are taken away on purpose, one at a time, to prove that its tests would notice.

A place is a call in the source of the backend that asks what is permitted. While one is removed, its answer permits
everything, and all other places answer as usual.
"""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any
from unittest import mock

from fastapi import Request
from sqlalchemy import TextClause, true

import backend
from backend.api import authentication
from backend.api.authentication import Caller
from backend.database import folder_conditions
from backend.database.folder_conditions import FolderStatement
from backend.runs import permissions
from shared.access import Access

SOURCE = Path(backend.__file__).parent
_CONDITION = re.compile(r"\bgranted(?:_task)?\([a-z_.]+\)")


async def _nothing(*_arguments: Any, **_more: Any) -> None: ...


async def _no_runs(*_arguments: Any, **_more: Any) -> frozenset[int]:
    return frozenset()


async def _yes(*_arguments: Any, **_more: Any) -> bool:
    return True


METHODS: dict[str, tuple[type[Any], Callable[..., Any]]] = {
    "permits": (Access, lambda *_: True),
    "permits_everywhere": (Access, lambda *_: True),
    "permits_somewhere": (Access, lambda *_: True),
    "require": (Access, lambda *_: None),
    "top_folders": (Access, lambda *_: None),
    "sees_values": (Caller, lambda *_: True),
    "may_by_role": (Caller, lambda *_: True),
}
FUNCTIONS: dict[str, tuple[ModuleType, Callable[..., Any]]] = {
    "in_folders": (folder_conditions, lambda *_: true()),
    "check_folder": (permissions, lambda *_, **__: None),
    "check_task": (permissions, _nothing),
    "check_run": (permissions, _nothing),
    "check_runs": (permissions, _no_runs),
    "permits_on_task": (permissions, _yes),
    "permits_on_run": (permissions, _yes),
}
"""Where each of them is defined, and what answers in its place where it is removed."""
READS_ALL = "reads_all"
"""The one property among them."""


@dataclass(frozen=True, slots=True)
class Call:
    """A place in the source, by the end of its expression."""

    file: str
    line: int
    column: int
    name: str
    text: str = field(compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the conditions of a statement, by its number."""

    statement: str
    number: int
    text: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.statement} {self.text}, condition {self.number + 1}"


@dataclass(frozen=True, slots=True)
class Identification:
    """That a route needs a token at all."""

    def __str__(self) -> str:
        return "the token"


Place = Call | Condition | Identification


def calls() -> set[Call]:
    """Return every place in the source of the backend that asks what is permitted."""
    found: dict[str, list[Call]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        file = path.relative_to(SOURCE).as_posix()
        for function, node in _expressions(ast.parse(path.read_text(encoding="utf-8"))):
            if (name := _asks(node)) is None:
                continue
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            text = f"{file} {function}: {ast.unparse(node)}"
            same = found.setdefault(text, [])
            text += f", number {len(same) + 1}" if same else ""
            same.append(Call(file, node.end_lineno, node.end_col_offset, name, text))
    return {one for same in found.values() for one in same}


def _expressions(node: ast.AST, function: str = "") -> Iterator[tuple[str, ast.expr]]:
    """Yield each expression with the name of the innermost function that it is in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield function, child
        match child:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield from _expressions(child, name)
            case _:
                yield from _expressions(child, function)


def _asks(node: ast.expr) -> str | None:
    """Return the name of what an expression asks, if it is one of those that tell what is permitted."""
    match node:
        case ast.Call(func=ast.Attribute(value=asked, attr=name)) if name in METHODS:
            return name if ast.unparse(asked).split(".")[-1] in ("access", "caller", "user") else None
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            return name
        case ast.Attribute(attr=name) if name == READS_ALL:
            return name
    return None


def statements() -> dict[int, str]:
    """Return the name of each statement with conditions, by its identity."""
    return {
        id(value): f"{name.removeprefix('backend.')}.{attribute}"
        for name, module in sorted(sys.modules.items())
        if name.startswith("backend.")
        for attribute, value in vars(module).items()
        if isinstance(value, FolderStatement)
    }


def conditions() -> set[Condition]:
    """Return every condition of every statement."""
    named = statements()
    found = set()
    for module in [module for name, module in sys.modules.items() if name.startswith("backend.")]:
        for value in vars(module).values():
            if isinstance(value, FolderStatement):
                texts = _CONDITION.findall(value.sql)
                found |= {Condition(named[id(value)], number, text) for number, text in enumerate(texts)}
    return found


class Permissions:
    """What the places answer: `removed` is the one that permits everything; `reached` are those that were asked."""

    def __init__(self, token: str) -> None:
        self.removed: frozenset[Place] = frozenset()
        self.reached: set[Place] = set()
        self._token = token
        self._named = statements()
        self._within = FolderStatement.within

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch every place of this process."""
        patches: list[Any] = [
            *(mock.patch.object(owner, name, self._call(name)) for name, (owner, _) in METHODS.items()),
            mock.patch.object(Access, READS_ALL, property(self._reads_all())),
            mock.patch.object(FolderStatement, "within", self._statement()),
            mock.patch.object(authentication, "token_of", self._identified()),
        ]
        for name, (home, _) in FUNCTIONS.items():
            real, replacement = getattr(home, name), self._call(name)
            patches += [
                mock.patch.object(module, name, replacement)
                for module in list(sys.modules.values())
                if module.__name__.startswith("backend.") and vars(module).get(name) is real
            ]
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()

    def is_removed(self, place: Place) -> bool:
        self.reached.add(place)
        return place in self.removed

    def _call(self, name: str) -> Callable[..., Any]:
        owner, permissive = METHODS.get(name) or FUNCTIONS[name]
        real = getattr(owner, name)

        def call(*arguments: Any, **more: Any) -> Any:
            if self.is_removed(_asked_by(inspect.currentframe(), name)):
                return permissive(*arguments, **more)
            return real(*arguments, **more)

        return call

    def _reads_all(self) -> Callable[[Access], bool]:
        real: Callable[[Access], bool] = vars(Access)[READS_ALL].fget

        def reads_all(access: Access) -> bool:
            return self.is_removed(_asked_by(inspect.currentframe(), READS_ALL)) or real(access)

        return reads_all

    def _statement(self) -> Callable[[FolderStatement, Access], TextClause]:
        def within(statement: FolderStatement, access: Access) -> TextClause:
            texts = _CONDITION.findall(statement.sql)
            asked = [Condition(self._named[id(statement)], number, text) for number, text in enumerate(texts)]
            gone = [place.number for place in asked if self.is_removed(place)]
            if not gone:
                return self._within(statement, access)
            numbers = iter(range(len(texts)))
            sql = _CONDITION.sub(lambda found: "true" if next(numbers) in gone else found[0], statement.sql)
            return self._within(FolderStatement(sql, needed=statement.needed), access)

        return within

    def _identified(self) -> Callable[[Request], str | None]:
        real = authentication.token_of

        def identified(request: Request) -> str | None:
            found = real(request)
            if self.is_removed(Identification()) and found is None:
                return self._token
            return found

        return identified


def _asked_by(frame: FrameType | None, name: str) -> Call:
    """Return the place that called a function, by the function's frame."""
    caller = frame.f_back if frame else None
    assert caller is not None
    line, column = _ends(caller.f_code)[caller.f_lasti // 2]
    file = Path(caller.f_code.co_filename)
    shown = file.relative_to(SOURCE).as_posix() if file.is_relative_to(SOURCE) else file.name
    return Call(shown, line, column, name, "")


@cache
def _ends(code: CodeType) -> list[tuple[int, int]]:
    """Return where the expression of each instruction ends."""
    return [(line or 0, column or 0) for _, line, _, column in code.co_positions()]
