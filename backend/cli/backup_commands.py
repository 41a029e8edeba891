"""`taskdeck backup` and `taskdeck restore`: the local database to a file and back."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from backend.cli.output import confirm
from backend.cli.target_options import current_options
from shared.local_backend import default_data_dir

File = Annotated[Path, typer.Argument(help="The backup's file.")]


def _data_dir() -> Path:
    return (current_options().data_dir or default_data_dir()).absolute()


def backup(file: File) -> None:
    """Write this machine's local database to a file, while its backend runs or not."""
    from backend.local_backup import back_up

    size = asyncio.run(back_up(_data_dir(), file.absolute()))
    typer.echo(f"{file}: {size / 1024:,.0f} KiB")


def restore(file: File, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Make this machine's local database what a backup holds; the former one is kept beside it."""
    from backend.local_backup import restore as run

    folder = _data_dir()
    confirm(f"Replace the local database in {folder}?", yes=yes)
    kept = asyncio.run(run(folder, file.absolute()))
    typer.echo("Restored. Start it with: taskdeck up")
    if kept is not None:
        typer.echo(f"The former database is kept in {kept}; remove it when all is well.")
