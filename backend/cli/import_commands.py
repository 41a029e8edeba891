"""`taskdeck import crontab|systemd`: tasks from what scheduled them before."""

import typer

from backend.cli.import_crontab import import_crontab
from backend.cli.import_systemd import import_systemd

app = typer.Typer(no_args_is_help=True, help="Tasks from a crontab or from timers of systemd.")
app.command("crontab")(import_crontab)
app.command("systemd")(import_systemd)
