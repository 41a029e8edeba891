"""`taskdeck console`."""

from pathlib import Path
from typing import Annotated

import typer

from shared.local_backend import default_data_dir


def open_console(
    link: Annotated[
        str | None, typer.Argument(help="What to open: taskdeck://HOST/tasks/ID or taskdeck://HOST/runs/ID.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the local backend keeps all it has.")] = None,
    url: Annotated[str | None, typer.Option(envvar="TASKDECK_URL", help="The address of a backend.")] = None,
    token: Annotated[str | None, typer.Option(envvar="TASKDECK_TOKEN", help="A token for --url.")] = None,
    language: Annotated[str | None, typer.Option(help="en or zh_CN; by default the system's.")] = None,
    report_first_paint: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Open the console."""
    from console.options import Options
    from console.start import start

    raise typer.Exit(
        start(
            Options(
                data_dir=(data_dir or default_data_dir()).absolute(),
                url=url,
                token=token,
                is_local=data_dir is not None,
                reports_first_paint=report_first_paint,
                language=language,
                starts_backend=True,
                opens=link,
            )
        )
    )
