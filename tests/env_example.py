"""Writes deploy/docker/.env.example from the fields of `Settings`: `make settings-table`."""

import textwrap
from pathlib import Path
from typing import get_origin

from pydantic.fields import FieldInfo

from backend.setting_sources import SECRET_SETTINGS
from backend.settings import Settings
from tests.settings_table import allowed_range

FILE = Path(__file__).parents[1] / "deploy" / "docker" / ".env.example"
_WIDTH = 118
_HEAD = """\
# The passwords of the servers in compose.yaml. Choose long ones of letters and digits: they become parts of URLs.
POSTGRES_PASSWORD=
RABBITMQ_PASSWORD=

# All settings of backends and workers, with their defaults, generated from backend/settings.py. Remove a # to set one;
# compose.yaml sets the URLs and the keys.
"""


def env_example() -> str:
    """Return the file: the variables of compose.yaml, then each setting with its meaning, range and default."""
    return "\n".join([_HEAD, *(_setting(name, field) for name, field in Settings.model_fields.items())])


def _setting(name: str, field: FieldInfo) -> str:
    meaning = " ".join((field.description or "").split())
    allowed = allowed_range(field)
    if allowed:
        meaning += f" Allowed: {allowed}."
    variable = f"TASKDECK_{name.upper()}"
    if get_origin(field.annotation) is dict:
        variable, value = f"{variable}_NAME", ""
    elif name in SECRET_SETTINGS:
        variable, value = f"{variable}_FILE", ""
    else:
        value = (
            ""
            if field.default in (None, ())
            else f"{field.default:g}"
            if isinstance(field.default, float)
            else field.default
        )
    lines = textwrap.wrap(meaning, _WIDTH, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([*lines, f"#{variable}={value}", ""])


def main() -> None:
    FILE.write_text(env_example(), encoding="utf-8")


if __name__ == "__main__":
    main()
