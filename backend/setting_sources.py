"""Where settings come from beside their variables: files, and the variables of a worker's secrets."""

import os
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from backend.private_files import exposure
from shared.errors import StartupError

PREFIX = "TASKDECK_"
SECRET_PREFIX = "TASKDECK_SECRET_"  # noqa: S105 - a name
_FILE_SUFFIX = "_FILE"
SECRET_SETTINGS = (
    "database_url",
    "broker_url",
    "redis_url",
    "smtp_url",
    "metrics_token",
    "oidc_client_secret",
    "signing_key",
    "worker_key",
    "secrets_key",
)
"""Settings that are or contain secrets: no child process of a backend or a worker gets their variables."""


class SettingFiles(PydanticBaseSettingsSource):
    """Reads the setting `NAME` from the file that `TASKDECK_NAME_FILE` names, which may be a pipe or a descriptor.

    Raises `StartupError` for a file that cannot be read or is empty, for one with a secret that others can read, and
    where both variables are set.
    """

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Overrides a method of pydantic-settings: return the value, its key, and that it is not to be parsed."""
        variable = PREFIX + field_name.upper()
        file = os.environ.get(variable + _FILE_SUFFIX)
        if not file:
            return None, field_name, False
        if os.environ.get(variable):
            raise StartupError(f"{variable} and {variable}{_FILE_SUFFIX} are both set. Remove one of them.")
        is_secret = field_name in SECRET_SETTINGS
        return _read(Path(file), variable + _FILE_SUFFIX, is_secret=is_secret), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Overrides a method of pydantic-settings: return the settings that come from files."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class WorkerSecrets(PydanticBaseSettingsSource):
    """Collects the variables `TASKDECK_SECRET_NAME` as the setting `secret`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Overrides a method of pydantic-settings: no other field comes from here."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Overrides a method of pydantic-settings: return the secrets by their names."""
        found = {
            name.removeprefix(SECRET_PREFIX): value
            for name, value in os.environ.items()
            if name.startswith(SECRET_PREFIX)
        }
        return {"secret": found} if found else {}


def _read(file: Path, variable: str, *, is_secret: bool) -> str:
    try:
        if is_secret and (why := exposure(file)) is not None:
            raise StartupError(f"{variable} names {file}, which is not private: {why}")
        text = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise StartupError(f"{variable} names {file}, which cannot be read: {cause}. Correct it.") from error
    if not text:
        raise StartupError(f"{variable} names {file}, which is empty. Write the value into it.")
    return text
