"""`taskdeck monitoring`: what Prometheus and Grafana need to watch Taskdeck."""

import importlib.resources
from enum import StrEnum
from typing import Annotated

import typer

from backend.cli.say import say


class File(StrEnum):
    """A file for Prometheus or Grafana."""

    RULES = "rules"
    DASHBOARD = "dashboard"


_NAMES = {File.RULES: "alerts.yaml", File.DASHBOARD: "dashboard.json"}


def monitoring(file: Annotated[File, typer.Argument(help="Alert rules, or a dashboard.")]) -> None:
    """Print the alert rules for Prometheus, or the dashboard for Grafana: taskdeck monitoring rules > taskdeck.yaml."""
    found = importlib.resources.files("resources").joinpath("monitoring", _NAMES[file])
    say(found.read_text(encoding="utf-8").rstrip("\n"))
