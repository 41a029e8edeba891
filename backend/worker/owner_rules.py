"""What the owner of a worker permits it to run: a TOML file, which no task can override. README.md has an example."""

import stat
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.worker.executors.address_rules import HttpRules
from shared.errors import StartupError

Names = tuple[Annotated[str, Field(min_length=1)], ...]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AllowRules(_Section):
    """What is permitted; None permits everything, but for `run_as`: then tasks may name no user."""

    executors: Names | None = None
    commands: Names | None = None
    folders: Names | None = None
    labels: dict[str, Names] = {}
    working_directories: Names | None = None
    environment: Names | None = None
    run_as: Names | None = None

    @property
    def users(self) -> Names:
        """The users that tasks may name."""
        return self.run_as or ()


class LimitRules(_Section):
    """The highest limits of a run; None leaves it to the task."""

    memory_mb: int | None = Field(default=None, ge=16)
    cpu_seconds: int | None = Field(default=None, ge=1)
    open_files: int | None = Field(default=None, ge=16)
    processes: int | None = Field(default=None, ge=1)
    cpus: float | None = Field(default=None, ge=0.01, le=4096)
    timeout_seconds: int | None = Field(default=None, ge=1)


class CommandRules(_Section):
    """How commands are run; `run_as` runs those of tasks that name no user, None is the worker's own.

    `control_groups` of None makes them where systemd delegates a group to the worker.
    """

    run_as: str | None = Field(default=None, min_length=1)
    no_new_privileges: bool = True
    private_tmp: bool = True
    control_groups: bool | None = None


class OwnerRules(_Section):
    """The whole file. Without a file commands run as the worker's user, with its rights and its TMPDIR."""

    allow: AllowRules = AllowRules()
    limits: LimitRules = LimitRules()
    commands: CommandRules = CommandRules(no_new_privileges=False, private_tmp=False)
    secrets: dict[str, Names] | None = None
    http: HttpRules = HttpRules()


NO_RULES = OwnerRules()


def read_rules(file: Path | None) -> OwnerRules:
    """Return the rules of a file, or `NO_RULES` without one; raises `StartupError` for a file that is wrong."""
    if file is None:
        return NO_RULES
    try:
        mode = file.stat().st_mode
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise StartupError(f"The configuration {file} of the worker cannot be read: {cause}.") from error
    except tomllib.TOMLDecodeError as error:
        raise StartupError(f"The configuration {file} of the worker is not TOML: {error}.") from error
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StartupError(
            f"The configuration {file} of the worker can be written by others than its owner. Run: chmod go-w {file}"
        )
    try:
        return OwnerRules.model_validate({"commands": {}} | _with_tuples(content))
    except ValidationError as error:
        raise StartupError(f"The configuration {file} of the worker is wrong: {_reasons(error)}.") from error


def _with_tuples(value: Any) -> Any:
    """Return TOML with its lists as tuples, which strict models require."""
    match value:
        case list():
            return tuple(_with_tuples(one) for one in value)
        case dict():
            return {name: _with_tuples(one) for name, one in value.items()}
    return value


def _reasons(error: ValidationError) -> str:
    reasons = []
    for problem in error.errors():
        section, *names = (str(part) for part in problem["loc"])
        place = f"[{section}] {'.'.join(names)}".strip()
        text = "is not known" if problem["type"] == "extra_forbidden" else problem["msg"]
        reasons.append(f"{place}: {text.removeprefix('Value error, ')}")
    return "; ".join(reasons)
