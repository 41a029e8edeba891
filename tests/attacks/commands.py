"""What a command leaves behind, prints, and does to its worker."""

import asyncio
import base64
import contextlib
import json
import os
from typing import Any
from urllib.parse import quote

from shared.enums import Role, RunStatus, StreamTopic
from shared.models.run import Run
from tests.attacks.table import Actor, Attacks
from tests.attacks.target import SECRET, Target, free_loop, refused
from tests.integration.test_secrets import stored
from tests.processes import alive, unique_sleep

COMMANDS = Attacks[Target]()
_USES = {"API": "${secret:API}"}


async def run(target: Target, command: str, **fields: Any) -> Run:
    """Return the run of a new task."""
    return await target.system.run(f"command {os.urandom(4).hex()}", command=command, timeout_seconds=30, **fields)


async def expect_hidden(target: Target, found: Run) -> None:
    """Check that nothing that a viewer or the database has of a run contains the secret."""
    texts = [
        (await target.send("GET", path, by=Role.VIEWER)).text
        for path in (
            f"/api/runs/{found.id}",
            f"/api/runs/{found.id}/logs",
            f"/api/runs/{found.id}/attempts",
            "/api/audit",
        )
    ]
    encoded = (
        SECRET,
        SECRET.split("/")[0],
        quote(SECRET, safe=""),
        SECRET.encode().hex(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
    )
    for word in encoded:
        assert not [text for text in texts if word in text], word


async def expect_free_loop(target: Target, *commands: str) -> list[Run]:
    """Run commands together and check that none of them holds the loop of worker and backend."""
    async with free_loop():
        return list(await asyncio.gather(*(run(target, command) for command in commands)))


@COMMANDS.attack(Actor.COMMAND, "puts a pipe in the place of its files", gets="a run that ends; the worker is not held")
async def pipes(target: Target) -> None:
    runs = await expect_free_loop(
        target, 'rm -f "$TASKDECK_PROGRESS"; mkfifo "$TASKDECK_PROGRESS"; sleep 1', 'mkfifo "$TASKDECK_OUTPUT"'
    )
    assert {one.status for one in runs} == {RunStatus.SUCCEEDED}
    assert {json.dumps(one.output) for one in runs} == {"null"}


@COMMANDS.attack(
    Actor.COMMAND, "links its files to an endless device, or writes a sparse terabyte", gets="no output; memory stays"
)
async def endless_files(target: Target) -> None:
    runs = await expect_free_loop(
        target,
        'ln -s /dev/zero "$TASKDECK_OUTPUT"',
        'ln -sf /dev/zero "$TASKDECK_PROGRESS"; sleep 1',
        'truncate -s 1T "$TASKDECK_OUTPUT"',
    )
    assert {one.status for one in runs} == {RunStatus.SUCCEEDED}
    assert {json.dumps(one.output) for one in runs} == {"null"}


@COMMANDS.attack(Actor.COMMAND, "links its output to a file that only the worker may read", gets="no output")
async def linked_output(target: Target) -> None:
    private = target.system.folder / "private.json"
    private.write_text('{"of": "the worker"}')
    runs = [
        await run(target, f'ln -s {private} "$TASKDECK_OUTPUT"'),
        await run(target, f'ln {private} "$TASKDECK_OUTPUT"'),
        await run(target, f'd=$(dirname "$TASKDECK_OUTPUT"); mkdir "$TASKDECK_OUTPUT"; cp {private} "$d/x"'),
    ]
    assert {json.dumps(one.output) for one in runs} == {"null"}
    assert not [one for one in runs if "of the worker" in (one.error or "")]


@COMMANDS.attack(
    Actor.COMMAND,
    "returns JSON that is deep, long, or has numbers without end",
    gets="a run that ends; the worker is not held",
)
async def hostile_output(target: Target) -> None:
    await expect_free_loop(
        target,
        "head -c 32000 /dev/zero | tr '\\0' '[' > \"$TASKDECK_OUTPUT\"",
        "head -c 32000 /dev/zero | tr '\\0' '9' > \"$TASKDECK_OUTPUT\"",
        'printf \'{"a":"\\\\u0000"}\' > "$TASKDECK_OUTPUT"',
        "head -c 5000000 /dev/urandom | base64 -w 0",
    )


@COMMANDS.attack(Actor.COMMAND, "prints a secret: as it is, encoded, in two halves", gets="***")
async def printed_secret(target: Target) -> None:
    half = len(SECRET) // 2
    prints = [
        'echo "plain $API"; echo "argument $1" >&2',
        'printf %s "$API" | base64',
        'printf %s "$API" | od -An -tx1 | tr -d " \\n"',
        f'printf %s "$API" | cut -c -{half} | tr -d "\\n"; sleep 0.2; printf %s "$API" | cut -c {half + 1}-',
    ]
    found = await run(target, "; ".join(prints), environment=_USES, arguments=["${secret:API}"])
    assert "plain ***" in (found.stdout_tail or "")
    assert found.stderr_tail == "argument ***\n"
    await expect_hidden(target, found)


@COMMANDS.attack(
    Actor.COMMAND,
    "returns and reports a secret, as result and as progress",
    gets="***, in the stream and the database too",
)
async def returned_secret(target: Target) -> None:
    events: list[str] = []

    async def listen(events: list[str]) -> None:
        async for event in target.system.client.stream([StreamTopic.RUNS, StreamTopic.TASKS]):
            events += [repr(event)]

    listening = asyncio.create_task(listen(events))
    leak = 'printf \'{"r": "%s"}\' "$API" >"$TASKDECK_OUTPUT"; echo "50 at $API" >"$TASKDECK_PROGRESS"; exit 3'
    found = await run(target, leak, environment=_USES)
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening
    assert found.output == {"r": "***"} or found.output is None
    await expect_hidden(target, found)
    assert not [event for event in events if SECRET in event]
    assert await stored(target.system, SECRET) == []


@COMMANDS.attack(
    Actor.OPERATOR, "names a secret where names are paths", gets="a failed run, which does not tell what is there"
)
async def secret_paths(target: Target) -> None:
    for name in ("../../etc/passwd", "..", "/etc/passwd", "a/b", "a\x00b"):
        body = {"name": "x", "executor": "shell", "command": "echo $A", "environment": {"A": f"${{secret:{name}}}"}}
        answer = await target.send("POST", "/api/tasks", by=Role.OPERATOR, json={**body, "name": f"secret {name!r}"})
        if answer.status_code != 201:
            refused(answer, 422)
            continue
        found = await target.system.finished((await target.system.client.trigger_task(answer.json()["data"]["id"])).id)
        assert "root:" not in f"{found.stdout_tail}{found.error}"


@COMMANDS.attack(
    Actor.OPERATOR, "continues a command behind an argument or a variable", gets="one argument, as it was given"
)
async def arguments(target: Target) -> None:
    texts = [
        "; echo injected",
        "$(echo injected)",
        "`echo injected`",
        "a\necho injected",
        "' ; echo injected '",
        "-n",
        "\\",
    ]
    found = await run(
        target, 'printf "[%s]" "$@"; printf "<%s>" "$V"', arguments=texts, environment={"V": "$(echo injected)"}
    )
    assert found.stdout_tail == "".join(f"[{text}]" for text in texts) + "<$(echo injected)>", found.stdout_tail


@COMMANDS.attack(
    Actor.COMMAND,
    "leaves a daemon behind, in a session of its own with an empty environment",
    gets="its end with the run",
)
async def daemon(target: Target) -> None:
    mark = unique_sleep()
    hidden = f"env -i setsid sh -c '(sleep {mark} </dev/null >/dev/null 2>&1 &)'"
    found = await run(target, f"{hidden}; nohup sleep {mark} >/dev/null 2>&1 & echo started")
    assert found.stdout_tail == "started\n"
    assert alive(mark) == {}


@COMMANDS.attack(Actor.COMMAND, "ignores every signal and outlasts its time", gets="SIGKILL, and `timed_out`")
async def stubborn(target: Target) -> None:
    mark = unique_sleep()
    command = f"trap '' TERM INT HUP; while :; do sleep {mark}; done"
    found = await target.system.run("stubborn", command=command, timeout_seconds=1)
    assert found.status is RunStatus.TIMED_OUT
    assert alive(mark) == {}


@COMMANDS.attack(Actor.COMMAND, "reads the settings of its backend and worker in its environment", gets="none of them")
async def environment(target: Target) -> None:
    os.environ["TASKDECK_DATABASE_URL"] = "postgresql://of-the-backend"
    try:
        found = await run(target, "env")
    finally:
        del os.environ["TASKDECK_DATABASE_URL"]
    names = {line.partition("=")[0] for line in (found.stdout_tail or "").splitlines()}
    assert "PATH" in names
    assert "of-the-backend" not in (found.stdout_tail or "")
    assert not [name for name in names if "KEY" in name or "URL" in name or "SECRET" in name or "TOKEN" in name], names


@COMMANDS.attack(
    Actor.COMMAND,
    "forges lines of logs and of the terminal by control characters in its output",
    gets="what the log view draws, and nothing in the audit log",
)
async def control_characters(target: Target) -> None:
    found = await run(target, "printf '\\033]0;title\\007\\r2026-01-01 forged\\0'; exit 7")
    shown = await target.send("GET", f"/api/runs/{found.id}", by=Role.VIEWER)
    assert "\x1b" not in shown.text
    assert "\r" not in shown.text
    assert "\x00" not in (found.stdout_tail or "")


@COMMANDS.attack(
    Actor.STRANGER, "forges an entry of the audit log by line breaks in a name", gets="one line of JSON for each entry"
)
async def forged_audit(target: Target) -> None:
    body = {"username": 'eve\n{"action": "forged"}', "password": "wrong password"}
    refused(await target.send("POST", "/api/auth/login", json=body), 401, 422)
    agent = {"User-Agent": "taskdeck-console/1 forged"}
    made = await target.send("POST", "/api/tokens", by=Role.ADMIN, json={"name": "audited"}, headers=agent)
    assert made.status_code == 201
    exported = await target.send("GET", "/api/audit/export", by=Role.ADMIN)
    for line in exported.text.splitlines():
        assert json.loads(line)["action"] != "forged"
