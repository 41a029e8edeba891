"""References to secrets, such as `${secret:NAME}`, resolved on the worker for the tasks that may use them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from backend.worker.folder_patterns import is_covered
from backend.worker.masking import LEAST_CHARACTERS
from backend.worker.output_capture import OutputCapture

_REFERENCE = re.compile(r"\$\{secret:([A-Za-z0-9_.-]+)\}")
_VARIABLE = "TASKDECK_SECRET_"
_FOLDER_VARIABLE = "TASKDECK_SECRETS_DIR"


class SecretError(Exception):
    """A secret cannot be used: the worker has none of that name, or its owner does not permit it to the task."""


class Secrets:
    """The secrets of one worker.

    `values` by name, then the files in `folder`. `task_folders` limits each secret to the tasks in some folders; None
    permits all to every task.
    """

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        *,
        folder: Path | None = None,
        task_folders: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._values = dict(values or {})
        self._folder = folder
        self._task_folders = task_folders

    def read(self, name: str, *, task_folder: str) -> str:
        """Return the value of a secret for a task in a folder; raises `SecretError`."""
        if self._task_folders is not None:
            if (permitted := self._task_folders.get(name)) is None:
                raise SecretError(
                    f"the secret {name} is not permitted to any task: the owner of the worker must list it in the "
                    "section [secrets] of the worker's configuration"
                )
            if not is_covered(task_folder, permitted):
                raise SecretError(
                    f"the secret {name} is not permitted to tasks in the folder {task_folder or '(none)'}, only in "
                    f"{', '.join(permitted)}: move the task, or ask the owner of the worker to add its folder"
                )
        value = self._values.get(name) or self._from_file(name)
        if value is None:
            raise SecretError(
                f"this worker has no secret {name}: set {_VARIABLE}{name}, "
                f"or put a file {name} into the folder that {_FOLDER_VARIABLE} names"
            )
        if len(value) < LEAST_CHARACTERS:
            raise SecretError(
                f"the secret {name} has fewer than {LEAST_CHARACTERS} characters and cannot be hidden in output: "
                "choose a longer one"
            )
        return value

    def _from_file(self, name: str) -> str | None:
        if self._folder is None or name in (".", ".."):
            return None
        try:
            return (self._folder / name).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            return None


class AttemptSecrets:
    """Resolves the references of one attempt. Each value that was read is hidden in all that leaves the worker."""

    def __init__(self, secrets: Secrets, output: OutputCapture, *, task_folder: str) -> None:
        self._secrets = secrets
        self._output = output
        self._task_folder = task_folder

    def resolve(self, text: str) -> str:
        """Return a text with its references replaced; raises `SecretError`."""
        return _REFERENCE.sub(self._value, text)

    def resolve_all(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return a mapping with the references in its values replaced; raises `SecretError`."""
        return {name: self.resolve(value) for name, value in values.items()}

    def resolve_json(self, value: object) -> object:
        """Return a JSON value with the references in its texts replaced, but not in names; raises `SecretError`."""
        match value:
            case str():
                return self.resolve(value)
            case list():
                return [self.resolve_json(one) for one in value]
            case dict():
                return {name: self.resolve_json(one) for name, one in value.items()}
        return value

    def _value(self, reference: "re.Match[str]") -> str:
        value = self._secrets.read(reference[1], task_folder=self._task_folder)
        self._output.mask([value])
        return value
