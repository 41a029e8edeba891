"""Files of definitions on the command line: which are read, and how an error names its place in them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.completion import complete_folder
from backend.cli.option_groups import with_options
from shared.client import TaskdeckClient
from shared.definitions.environment import fill_in
from shared.definitions.reading import DefinitionsFile, joined, read_definitions, with_places
from shared.errors import FieldError, StartupError, ValidationFailedError
from shared.models.definitions import DefinitionsResult, PruneFilter, Section

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions:
    """What is applied, and what becomes of what it does not name."""

    file: Annotated[
        list[str],
        typer.Option(
            "--file",
            "-f",
            help="A YAML file, a folder whose .yaml files are read, or - for standard input. Repeatable.",
        ),
    ]
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete the tasks of --folder and --label that no file names.")
    ] = False
    folder: Annotated[
        str | None,
        typer.Option(
            help="With --prune: only tasks in this folder and below it are deleted.", autocompletion=complete_folder
        ),
    ] = None
    label: Annotated[
        str | None, typer.Option(help="With --prune: only tasks with this label, name:value, are deleted.")
    ] = None
    exact: Annotated[
        bool, typer.Option("--exact", help="Fields of a task that a file leaves out get their defaults.")
    ] = False

    def prune_filter(self) -> PruneFilter | None:
        """Return which tasks may be deleted; raises a usage error where the options do not limit them."""
        if not self.prune:
            if self.folder is not None or self.label is not None:
                raise typer.BadParameter("--folder and --label say which tasks --prune deletes; give it too")
            return None
        if not self.folder and not self.label:
            raise typer.BadParameter("--prune needs --folder or --label: other tasks are never deleted")
        if self.label is not None and not self.label.partition(":")[1]:
            raise typer.BadParameter(f"--label {self.label!r}: not name:value")
        return PruneFilter(folder=self.folder or None, label=self.label)


with_file_options = with_options(FileOptions, parameter="options")


def read_files(names: Sequence[str]) -> list[DefinitionsFile]:
    """Return what files define; raises `StartupError` for one that cannot be read."""
    return [read_definitions(read_text(path), source=path) for name in names for path in _paths(name)]


def _paths(name: str) -> list[str]:
    if name == "-" or not Path(name).is_dir():
        return [name]
    found = [str(path) for path in sorted(Path(name).rglob("*")) if path.suffix in _SUFFIXES and path.is_file()]
    if not found:
        raise StartupError(f"{name} has no file that ends in .yaml or .yml.")
    return found


def read_text(path: str) -> str:
    """Return the text of a file, or of standard input for -; raises `StartupError`."""
    try:
        return typer.get_text_stream("stdin").read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error


async def apply_files(
    client: TaskdeckClient,
    files: Sequence[DefinitionsFile],
    *,
    prune: PruneFilter | None = None,
    exact: bool = False,
    dry_run: bool = False,
    plan: str | None = None,
    variables: Mapping[str, str] = os.environ,
) -> DefinitionsResult:
    """Create what is missing and change what differs; definitions that no file names stay, unless they are pruned.

    All of it is applied or nothing. Raises `ValidationFailedError` with file, line and column of each invalid field.
    """
    definitions: dict[Section, list[dict[str, Any]]] = joined(files)
    definitions[Section.CHANNELS], missing = fill_in(definitions[Section.CHANNELS], variables)
    try:
        return await client.apply_definitions(definitions, prune=prune, exact=exact, dry_run=dry_run, plan=plan)
    except ValidationFailedError as error:
        if not error.errors:
            raise
        found = [_with_variables(one, missing) for one in error.errors]
        raise ValidationFailedError.of_fields(with_places(found, files)) from error


def _with_variables(error: FieldError, missing: Sequence[str]) -> FieldError:
    """Add which variables are not set, where a secret value of a channel is missing."""
    if not missing or not error.field.startswith(f"{Section.CHANNELS}."):
        return error
    return FieldError(error.field, f"{error.message}: set {', '.join(dict.fromkeys(missing))}")
