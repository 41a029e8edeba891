"""References to secrets, such as `${secret:NAME}`, resolved on the worker for the tasks that may use them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from backend.broker.messages import Assignment
from backend.broker.secret_seals import DeliveryKey
from backend.private_files import exposure
from backend.sealing import UnsealError
from backend.secret_references import is_name, replaced
from backend.worker.folder_patterns import is_covered
from backend.worker.masking import LEAST_CHARACTERS
from backend.worker.output_capture import OutputCapture

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

    def read(self, name: str, *, task_folder: str, sent: "SentSecrets | None" = None) -> str:
        """Return the value of a secret for a task in a folder; raises `SecretError`.

        A secret of the worker comes before that of the backend, and the rules of its owner hold for both.
        """
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
        if value is None and sent is not None:
            value = sent.read(name)
        if value is None:
            raise SecretError(
                f"this worker has no secret {name}: set {_VARIABLE}{name}, put a file {name} into the folder that "
                f"{_FOLDER_VARIABLE} names, or store it in the backend with: taskdeck secret set {name}"
            )
        if len(value) < LEAST_CHARACTERS:
            raise SecretError(
                f"the secret {name} has fewer than {LEAST_CHARACTERS} characters and cannot be hidden in output: "
                "choose a longer one"
            )
        return value

    def names(self) -> list[str]:
        """Return the names of the secrets that the worker has itself."""
        files: set[str] = set()
        if self._folder is not None:
            with suppress(OSError):
                files = {path.name for path in self._folder.iterdir() if is_name(path.name)}
        return sorted({name for name in self._values if is_name(name)} | files)

    def _from_file(self, name: str) -> str | None:
        if self._folder is None or name in (".", ".."):
            return None
        file = self._folder / name
        try:
            if (why := exposure(file)) is not None:
                raise SecretError(f"the secret {name} is in {file}, which is not private: {why}")
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            return None


class SentSecrets:
    """The secrets that the backend sent with an assignment; each is opened when it is used."""

    def __init__(self, assignment: Assignment, *, worker_id: str, secret: bytes | None) -> None:
        """`secret` is what worker and backend share; None where they share nothing."""
        self._sent = {one.name: one for one in assignment.secrets}
        self._ref = assignment.ref
        self._worker_id = worker_id
        self._secret = secret

    def read(self, name: str) -> str | None:
        """Return a value, None if it was not sent; raises `SecretError`."""
        if (found := self._sent.get(name)) is None:
            return None
        if found.sealed is None:
            raise SecretError(found.problem or f"the backend did not send the secret {name}")
        if self._secret is None:
            raise SecretError(
                f"the backend sent the secret {name}, and this worker has no key to open it: enroll the worker"
            )
        try:
            return DeliveryKey.of(self._worker_id, self._secret).open(found.sealed, name=name, ref=self._ref)
        except UnsealError as error:
            raise SecretError(f"the secret {name} that the backend sent cannot be opened: {error}") from error


class AttemptSecrets:
    """Resolves the references of one attempt. Each value that was read is hidden in all that leaves the worker."""

    def __init__(
        self, secrets: Secrets, output: OutputCapture, *, task_folder: str, sent: SentSecrets | None = None
    ) -> None:
        self._secrets = secrets
        self._output = output
        self._task_folder = task_folder
        self._sent = sent

    def resolve(self, text: str) -> str:
        """Return a text with its references replaced; raises `SecretError`."""
        return replaced(text, self._value)

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

    def _value(self, name: str) -> str:
        value = self._secrets.read(name, task_folder=self._task_folder, sent=self._sent)
        self._output.mask([value])
        return value
