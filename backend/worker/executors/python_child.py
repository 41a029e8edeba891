"""The process of the executor `python`: calls functions one after the other, as the worker requests them.

The interpreter of the task's environment executes it as a file. It need not have Taskdeck, and may be as old as
Python 3.8. Requests and answers are lines of JSON on a socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import json
import os
import resource
import select
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

_OWN_FRAMES = 2
"""Of a traceback: those of this file."""


def main(descriptor: int, idle_seconds: float) -> None:
    """Answer requests until there is none for some time, or the worker ends."""
    channel = socket.socket(fileno=descriptor)
    channel.set_inheritable(False)
    environment, folder = dict(os.environ), Path.cwd()
    stamps: dict[str, tuple[int, int]] = {}
    with channel, channel.makefile("rw", encoding="utf-8") as stream:
        while True:
            if not select.select([channel], [], [], idle_seconds)[0]:
                return
            line = stream.readline()
            if not line:
                return
            request = json.loads(line)
            if _has_changed(stamps):
                _answer(stream, {"stale": True})
                return
            os.environ.clear()
            os.environ.update(environment)
            os.environ.update(request["variables"])
            os.chdir(folder)
            if request["path"] is not None and request["path"] not in sys.path:
                sys.path.insert(0, request["path"])
            answer = _outcome(request)
            _stamp(stamps)
            _answer(stream, answer)


def _answer(stream: Any, answer: dict[str, Any]) -> None:
    for output in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # the function closed it
            output.flush()
    stream.write(json.dumps(answer) + "\n")
    stream.flush()


def _outcome(request: dict[str, Any]) -> dict[str, Any]:
    before = _cpu_seconds()
    exit_code = 0
    error: str | None = None
    try:
        _keep(_call(request), request["output"])
    except SystemExit as end:
        exit_code, error = _of_exit(end.code)
    except BaseException as raised:  # noqa: BLE001 - whatever a function raises is the end of its run
        exit_code, error = 1, "".join(traceback.format_exception_only(type(raised), raised)).strip()
        _print_traceback(raised)
    return {
        "stale": False,
        "error": error,
        "exit_code": exit_code,
        "cpu_ms": round((_cpu_seconds() - before) * 1000),
        "is_clean": threading.active_count() == 1,
    }


def _call(request: dict[str, Any]) -> Any:
    module, _, path = request["function"].partition(":")
    function: Any = importlib.import_module(module)
    for name in path.split("."):
        function = getattr(function, name)
    result = function(*request["arguments"], **request["keywords"])
    return asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result


async def _awaited(result: Any) -> Any:
    return await result


class NoJsonError(TypeError):
    """The function returned what JSON cannot express."""


def _keep(result: Any, file: str) -> None:
    """Write what a function returned as the output of its run, for later tasks."""
    if result is None:
        return
    try:
        text = json.dumps(result, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise NoJsonError(f"the returned value is not JSON: {error}") from None
    Path(file).write_text(text, encoding="utf-8")


def _of_exit(code: Any) -> tuple[int, str | None]:
    """Return exit code and error of a function that called `sys.exit`."""
    if code is None or code == 0:
        return 0, None
    if isinstance(code, int):
        return code % 256, f"exit code {code % 256}"
    sys.stderr.write(f"{code}\n")
    return 1, "exit code 1"


def _print_traceback(raised: BaseException) -> None:
    """Print a traceback without the frames of this file."""
    trace = raised.__traceback__
    for _ in range(_OWN_FRAMES):
        trace = trace.tb_next if trace is not None else None
    traceback.print_exception(type(raised), raised, trace)


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _files() -> dict[str, tuple[int, int]]:
    """Return time and size of the file of each module that is loaded."""
    found = {}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file is None:
            continue
        try:
            status = Path(file).stat()
        except OSError:
            found[file] = (0, 0)
        else:
            found[file] = (status.st_mtime_ns, status.st_size)
    return found


def _stamp(stamps: dict[str, tuple[int, int]]) -> None:
    for file, stamp in _files().items():
        stamps.setdefault(file, stamp)


def _has_changed(stamps: dict[str, tuple[int, int]]) -> bool:
    """Return whether a loaded module was changed on disk: its code here is that of before."""
    now = _files() if stamps else {}
    return any(file in now and now[file] != stamp for file, stamp in stamps.items())


if __name__ == "__main__":
    main(int(sys.argv[2]), float(sys.argv[3]))
