"""`taskdeck console`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from shared.errors import StartupError
from shared.given_token import given_token
from shared.local_backend import default_data_dir


def _check_display() -> None:
    """Say that there is no display: Qt would end the process with an abort."""
    if not sys.platform.startswith("linux"):
        return
    if not any(os.environ.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")):
        raise StartupError(
            "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. Open the console where there is one, and "
            "name this backend with --url; here the command line does the same."
        )


def open_console(
    context: typer.Context,
    link: Annotated[
        str | None, typer.Argument(help="What to open: taskdeck://HOST/tasks/ID or taskdeck://HOST/runs/ID.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the local backend keeps all it has.")] = None,
    url: Annotated[str | None, typer.Option(envvar="TASKDECK_URL", help="The address of a backend.")] = None,
    token: Annotated[
        str | None,
        typer.Option(envvar="TASKDECK_TOKEN", help="A token for --url; better in TASKDECK_TOKEN or --token-file."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(envvar="TASKDECK_TOKEN_FILE", help="A file with a token for --url; - asks for the token."),
    ] = None,
    language: Annotated[str | None, typer.Option(help="en or zh_CN; by default the system's.")] = None,
    ca_file: Annotated[
        Path | None,
        typer.Option(envvar="TASKDECK_CA_FILE", help="Certificates of a private authority for --url, in PEM form."),
    ] = None,
    allow_http: Annotated[
        bool, typer.Option("--allow-http", envvar="TASKDECK_ALLOW_HTTP", help="Send the token to an http:// address.")
    ] = False,
    report_first_paint: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Open the console."""
    _check_display()
    try:
        from console.options import Options
        from console.start import start
    except ImportError as error:
        raise StartupError(
            f"The console cannot be opened: {error}. Install what it needs: pip install 'taskdeck[console]', and "
            "where a system library is missing: apt-get install libegl1 libxkbcommon0 libdbus-1-3 libxcb-cursor0"
        ) from error

    raise typer.Exit(
        start(
            Options(
                data_dir=(data_dir or default_data_dir()).absolute(),
                url=url,
                token=given_token(context, token, token_file),
                is_local=data_dir is not None,
                reports_first_paint=report_first_paint,
                language=language,
                starts_backend=True,
                opens=link,
                ca_file=str(ca_file.absolute()) if ca_file else "",
                allows_http=allow_http,
            )
        )
    )
