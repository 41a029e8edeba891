"""A command group that loads the code of a command when it is run, or when all are listed."""

import os
import select
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from backend.cli.exit_codes import ExitCode
from backend.cli.output_formats import add_output_option
from backend.cli.say import say
from shared.lean_imports import ModelBuilding, import_without_collections
from shared.printable_text import escaped

PLUG_INS = "taskdeck.commands"


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a command, as `module:name`.

    `target` is a function or a `typer.Typer`, `extensions` are functions that add further commands to it.
    `is_client` is false of the processes of a backend and of workers.
    """

    target: str
    extensions: tuple[str, ...] = ()
    is_client: bool = True


class LazyGroup(TyperGroup):
    """The commands of `places`, besides those that were added to it.

    Contexts and commands belong to the click that typer depends on, hence `Any`.
    """

    places: ClassVar[Mapping[str, Place]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names in the order of their definition."""
        return [*super().list_commands(ctx), *self.places]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of this name, or None."""
        place = self.places.get(cmd_name)
        return super().get_command(ctx, cmd_name) if place is None else _from_place(cmd_name, place)


class TopGroup(LazyGroup):
    """The commands of `taskdeck` itself, to which plug-ins add theirs."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names in the order of their definition, those of plug-ins last."""
        return [*super().list_commands(ctx), *_plug_ins()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of this name, or None."""
        return super().get_command(ctx, cmd_name) or _from_plug_in(cmd_name)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the options of the group."""
        with _written_out_refusals(), _until_the_reader_leaves():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Read the arguments of a command, and run it."""
        with _written_out_refusals(), _until_the_reader_leaves():
            return super().invoke(ctx)


@contextmanager
def _written_out_refusals() -> Iterator[None]:
    """Write out the control characters of what a wrong usage quotes: typer prints that itself, and not by `say`."""
    try:
        yield
    except Exception as error:
        message = getattr(error, "message", None)
        if hasattr(error, "format_message") and isinstance(message, str):
            error.message = escaped(message, keep="\n\t")  # type: ignore[attr-defined]
        raise


@contextmanager
def _until_the_reader_leaves() -> Iterator[None]:
    """End well if the reader of the output (head, less) has read enough: typer ends with the code of a failure."""
    try:
        yield
    except BrokenPipeError:
        if _has_reader():
            raise
        # Python would report it a second time when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ExitCode.OK) from None


def _has_reader() -> bool:
    """Whether somebody can read the output, so that it was another pipe that broke."""
    if sys.platform == "win32":  # it cannot tell of a pipe
        return True
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return not any(event & (select.POLLERR | select.POLLHUP) for _, event in output.poll(0))


@cache
def _from_place(name: str, place: Place) -> Any:
    if not place.is_client:
        ModelBuilding.is_deferred = False
    target = _find(place.target)
    for extension in place.extensions:
        _find(extension)(target)
    return _built(name, target)


def _find(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_without_collections(module), name)


@cache
def _plug_ins() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=PLUG_INS)}


@cache
def _from_plug_in(name: str) -> Any:
    """Load a plug-in's command only if it is run: a list of commands needs its name alone."""
    entry = _plug_ins().get(name)
    if entry is None:
        return None
    if name not in sys.argv[1:]:
        return TyperCommand(name, help=f"Open the {name}.")
    try:
        return _built(name, entry.load())
    except ImportError as error:
        say(
            f"taskdeck {name} requires a package that is not installed ({error}). "
            f"Install it with: pip install 'taskdeck[{name}]'",
            err=True,
        )
        raise SystemExit(ExitCode.FAILED) from error


def _built(name: str, target: Any) -> Any:
    holder = typer.Typer(add_completion=False)
    if isinstance(target, typer.Typer):
        holder.add_typer(target, name=name)
    else:
        # A callback makes it a group even if it has only one command.
        holder.callback()(lambda: None)
        holder.command(name)(target)
    add_output_option(holder)
    return get_group(holder).commands[name]
