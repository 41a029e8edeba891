"""The key with which a worker starts."""

from backend.broker.keys import WorkerKey
from shared.errors import StartupError


def find_key(text: str | None, *, worker_id: str | None, is_insecure: bool) -> WorkerKey | None:
    """Return the key of TASKDECK_WORKER_KEY, None only where the worker is told to do without.

    Raises `StartupError` with the next step if there is none, or if it is another worker's.
    """
    name = worker_id or "ID"
    enroll = f"taskdeck worker enroll {name} --key-file FILE"
    if text is None:
        if is_insecure:
            return None
        raise StartupError(
            f"This worker has no key. Enroll it ({enroll}) and set TASKDECK_WORKER_KEY_FILE to the file. To obey every "
            "client of the broker instead, start with --insecure-broker."
        )
    key = WorkerKey.parse(text.strip())
    if key is None:
        raise StartupError(f"TASKDECK_WORKER_KEY holds no key of a worker. Get one: {enroll}")
    if worker_id is not None and key.worker_id != worker_id:
        raise StartupError(
            f"TASKDECK_WORKER_KEY is the key of worker {key.worker_id}, not of {worker_id}. Leave --id out, or enroll "
            f"{worker_id}."
        )
    return key
