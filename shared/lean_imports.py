"""Imports that cost less: commands must start fast."""

import gc
import importlib
import sys
from types import ModuleType
from typing import ClassVar


class ModelBuilding:
    """When the models of the API are built, decided before they are loaded."""

    is_deferred: ClassVar[bool] = False
    """Whether each is built when it is first used, as for a client, which uses few. FastAPI needs them at once."""


def leave_out_command_line_of_httpx() -> None:
    """Let httpx not import its own command line, for which it loads click, pygments and rich where it finds them.

    It accepts that: it is what happens where its extra `cli` is not installed. It is a third of a short command.
    """
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # Python's way to let an import fail


def leave_out_rich_of_structlog() -> None:
    """Load structlog without rich, with which it only decorates tracebacks: 4 MB of a backend, 6 MB of a worker.

    It accepts that: it is what happens where rich is not installed.
    """
    if "rich" in sys.modules or "structlog" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment]  # Python's way to let an import fail
    try:
        importlib.import_module("structlog")
    finally:
        del sys.modules["rich"]


def import_without_collections(name: str) -> ModuleType:
    """Return a module of the program, which is loaded without a search for garbage: a tenth of a short command.

    What is loaded stays for good, and is left out of later searches.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
