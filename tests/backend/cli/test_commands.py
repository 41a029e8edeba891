"""The commands are loaded when they are asked for; a name in the table that leads nowhere would be found late."""

import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from backend.cli.main import Commands, app


@pytest.mark.parametrize("name", Commands.places)
def test_every_name_resolves_to_its_command(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert name in shown.output


def test_all_commands_are_listed_with_a_help_text() -> None:
    group = get_command(app)
    assert isinstance(group, Commands)
    names = group.list_commands(None)
    assert names[0] == "version"
    assert set(Commands.places) < set(names)
    assert "console" in names
    assert [name for name in names if not group.get_command(None, name).get_short_help_str()] == []


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["tusk"]).exit_code == 2


def test_a_start_imports_only_what_opens_the_console() -> None:
    loaded = "import sys, backend.cli.main, backend.cli.server_commands as s; print('\\n'.join(sys.modules))"
    modules = subprocess.run(
        [sys.executable, "-c", loaded], check=True, capture_output=True, text=True, timeout=60
    ).stdout.split()
    assert {"sqlalchemy", "fastapi", "httpx", "pydantic", "alembic"}.isdisjoint(modules)
