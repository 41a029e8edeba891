"""`taskdeck worker list|drain|resume|enroll|revoke|delete`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli.completion import complete_worker
from backend.cli.connection import call
from backend.cli.lookup import pages
from backend.cli.output import AsJson, Yes, ago, confirm, instant, print_facts, print_json, print_table
from backend.cli.say import say
from backend.cli.worker_rules import rule_facts
from shared.client import TaskdeckClient
from shared.enums import WorkerKeyState, WorkerStatus
from shared.errors import StartupError
from shared.models.worker import Worker, WorkerKeyInfo

Several = Annotated[
    list[str], typer.Argument(metavar="WORKER...", help="Ids of workers.", autocompletion=complete_worker)
]


def status_word(worker: Worker) -> str:
    """Return the status: a worker that is away while messages in its name are refused is likely to lack its key."""
    is_away = worker.status in (WorkerStatus.OFFLINE, WorkerStatus.LOST)
    return "refused" if is_away and worker.refusal is not None else worker.status


def list_workers(as_json: AsJson = False) -> None:
    """List the workers."""

    async def work(client: TaskdeckClient) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        workers = await pages(client, "/api/workers", limit=10_000)
        return workers, await pages(client, "/api/workers/keys", limit=10_000)

    found, keys = call(work)
    if as_json:
        print_json(found)
        return
    workers = [Worker.model_validate(one) for one in found]
    print_table(
        ("ID", "STATUS", "KEY", "SLOTS", "HEARTBEAT", "TASK TYPES", "LABELS", "HOST", "VERSION"),
        (
            (
                one.id,
                status_word(one),
                one.key_state,
                f"{one.current_task_count}/{one.slots}",
                ago(one.last_heartbeat_at),
                ",".join(one.task_types),
                ",".join(f"{name}={value}" for name, value in one.labels.items()),
                one.hostname,
                one.version,
            )
            for one in workers
        ),
        empty="No workers. Start one with: TASKDECK_BROKER_URL=amqp://… taskdeck worker",
    )
    for one in workers:
        if one.refusal is not None:
            say(f"{one.id}: {one.refusal}", err=True)
    started = {one.id for one in workers}
    for key in map(WorkerKeyInfo.model_validate, keys):
        if key.worker_id not in started and key.key_state is WorkerKeyState.ENROLLED:
            say(f"{key.worker_id}: enrolled {ago(key.enrolled_at)}, and not started yet", err=True)


def show(
    worker: Annotated[str, typer.Argument(help="The worker's id.")],
    as_json: AsJson = False,
) -> None:
    """Show a worker, and what its owner permits it to run."""
    found = call(lambda client: client.get_worker(worker))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    print_facts(
        [
            ("ID", found.id),
            ("Status", status_word(found)),
            ("Refused", found.refusal or ""),
            ("Key", found.key_state),
            ("Slots", f"{found.current_task_count}/{found.slots}"),
            ("Heartbeat", ago(found.last_heartbeat_at)),
            ("Started", instant(found.started_at)),
            ("Task types", ", ".join(found.task_types)),
            ("Labels", ", ".join(f"{name}={value}" for name, value in found.labels.items())),
            ("Host", found.hostname),
            ("Version", found.version),
            *rule_facts(found.rules),
        ]
    )


def drain(workers: Several, as_json: AsJson = False) -> None:
    """Assign no more runs to workers. Their current runs continue."""

    async def work(client: TaskdeckClient) -> list[Worker]:
        return [await client.drain_worker(one) for one in workers]

    _print_workers(call(work), as_json=as_json)


def resume(workers: Several, as_json: AsJson = False) -> None:
    """Assign runs to drained workers again."""

    async def work(client: TaskdeckClient) -> list[Worker]:
        return [await client.resume_worker(one) for one in workers]

    _print_workers(call(work), as_json=as_json)


def enroll(
    worker: Annotated[str, typer.Argument(help="The worker's id.")],
    key_file: Annotated[Path | None, typer.Option(help="Write the key to this new file instead of the screen.")] = None,
    rabbitmq: Annotated[
        bool, typer.Option("--rabbitmq", help="Print the commands that create the worker's user on RabbitMQ, too.")
    ] = False,
    vhost: Annotated[str, typer.Option(help="The virtual host on RabbitMQ.")] = "/",
    as_json: AsJson = False,
) -> None:
    """Give a worker a new key, which is shown once and replaces its former one."""
    if key_file is not None and key_file.exists():
        raise StartupError(f"{key_file} exists. Name a new file: the key is shown once.")
    made = call(lambda client: client.enroll_worker(worker))
    if key_file is not None:
        from backend.broker.keys import write_secret

        try:
            write_secret(key_file, made.key)
        except OSError as error:
            say(made.key)
            raise StartupError(
                f"{key_file} cannot be written: {error.strerror}. The key is printed instead."
            ) from error
    if as_json:
        print_json(made.model_dump(mode="json", exclude=None if key_file is None else {"key"}))
    elif key_file is not None:
        say(
            f"Enrolled {worker}. Move {key_file} to the worker's machine, and start it there:\n"
            f"  TASKDECK_BROKER_URL=amqp://… TASKDECK_WORKER_KEY_FILE={key_file} taskdeck worker"
        )
    else:
        say(made.key)
        say(
            f"Enrolled {worker}. Save this line on its machine in a file that only the worker can read (mode 0600), "
            "and set TASKDECK_WORKER_KEY_FILE to it. It is not shown again.",
            err=True,
        )
    if rabbitmq:
        from backend.broker.rabbitmq.permissions import worker_commands

        say("\n".join(worker_commands(worker, vhost=vhost)))


def revoke(workers: Several, yes: Yes = False) -> None:
    """Refuse whatever workers send from now on; their runs are retried or failed as if they were lost."""
    names = ", ".join(workers)
    confirm(f"Revoke the keys of {names}?", yes=yes)

    async def work(client: TaskdeckClient) -> None:
        for one in workers:
            await client.revoke_worker(one)

    call(work)
    say(f"Revoked the keys of {names}.")


def delete(workers: Several, yes: Yes = False) -> None:
    """Delete workers that are offline or lost."""
    names = ", ".join(workers)
    confirm(f"Delete {names}?", yes=yes)

    async def work(client: TaskdeckClient) -> None:
        for one in workers:
            await client.delete_worker(one)

    call(work)
    say(f"Deleted {names}.")


def _print_workers(workers: list[Worker], *, as_json: bool) -> None:
    if as_json:
        print_json([one.model_dump(mode="json") for one in workers])
        return
    for one in workers:
        say(f"{one.id} is {one.status}, {one.current_task_count} of {one.slots} slots in use.")
