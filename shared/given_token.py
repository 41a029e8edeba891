"""A token that a command is given: not on its command line, which everybody on the machine can read."""

import getpass
import sys
from pathlib import Path

import typer

from shared.errors import StartupError

STANDARD_INPUT = Path("-")


def given_token(context: typer.Context, token: str | None, token_file: Path | None) -> str | None:
    """Return the token of the options; warns of one on the command line. Raises `StartupError` for an unusable file."""
    if token_file is not None:
        return _read(token_file)
    source = context.get_parameter_source("token")
    if token is not None and source is not None and source.name == "COMMANDLINE":
        typer.echo(
            "taskdeck: --token can be read by every user of this machine, in the list of processes. Use "
            "TASKDECK_TOKEN, or --token-file FILE; --token-file - asks for it.",
            err=True,
        )
    return token


def _read(file: Path) -> str:
    if file == STANDARD_INPUT:
        text = getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()
    else:
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise StartupError(f"The token file {file} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise StartupError(f"The token file {file} is not text.") from error
    token = text.strip()
    if len(token.split()) != 1:
        raise StartupError(f"The token file {file} must hold one token and nothing else.")
    return token
