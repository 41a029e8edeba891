"""How this installation starts its own programs: as modules of this Python, or frozen, without a Python.

A frozen application is a folder with the programs `taskdeck` and `taskdeck-console` (installer/taskdeck.spec). Its
packages install each version into a folder `versions/VERSION` beside a link `current`, so that processes of the version
before go on with their own files.
"""

import sys
from pathlib import Path

_TASKDECK, _CONSOLE = "taskdeck", "taskdeck-console"
_VERSIONS, _CURRENT = "versions", "current"


def is_frozen() -> bool:
    """Return whether this process is a frozen program."""
    return bool(getattr(sys, "frozen", False))


def taskdeck_command(*arguments: str) -> list[str]:
    """Return the command that runs `taskdeck` of exactly this version."""
    program = [str(_beside(_TASKDECK))] if is_frozen() else [sys.executable, "-m", "backend"]
    return [*program, *arguments]


def console_command(*arguments: str) -> list[str]:
    """Return the command that opens the console of exactly this version, without loading the command line."""
    program = [str(_beside(_CONSOLE))] if is_frozen() else [sys.executable, "-m", "console"]
    return [*program, *arguments]


def lasting_command(*arguments: str) -> list[str]:
    """Return the command for what is stored, such as units of services: it runs `taskdeck` after an upgrade too."""
    script = _beside(_TASKDECK)
    if not is_frozen() and not script.exists():
        return taskdeck_command(*arguments)
    return [str(lasting_path(script)), *arguments]


def lasting_path(path: Path) -> Path:
    """Return the name of a file of this installation by which the next version is found too."""
    folder = Path(sys.executable).parent
    current = folder.parent.parent / _CURRENT
    if is_frozen() and folder.parent.name == _VERSIONS and current.exists() and path.is_relative_to(folder):
        return current / path.relative_to(folder)
    return path


def _beside(name: str) -> Path:
    """Return the place of a program in the folder of this one; on Windows programs have a suffix."""
    executable = Path(sys.executable)
    return executable.with_name(name + executable.suffix if executable.suffix == ".exe" else name)
