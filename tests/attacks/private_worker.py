"""A worker that has a secret, in a process of its own, as an ordinary user would run it."""

from pathlib import Path

from tests.integration.test_worker_privacy import SECRET
from tests.worker_process import WorkerProcess, without_privileges


def private_worker(folder: Path, rabbit_url: str, key: str) -> WorkerProcess:
    """Return a worker of its own process with a secret, for tasks of the type `private`."""
    file = folder / "private-key"
    file.touch(mode=0o600)
    file.write_text(f"{key}\n")
    place = folder / "private"
    place.mkdir()
    return WorkerProcess(
        place,
        rabbit_url,
        worker_id="private",
        environment={"TASKDECK_SECRET_API": SECRET, "TASKDECK_WORKER_KEY_FILE": str(file)},
        arguments=("--task-types", "private"),
        prefix=without_privileges(),
    )
