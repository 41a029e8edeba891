"""A command looks for what the process of its worker knows; the worker runs as an ordinary user would."""

import sys
from collections.abc import Awaitable, Callable

from tests.attacks.fleet import Fleet
from tests.attacks.table import Actor, Attacks, NotPossibleHereError
from tests.integration.test_worker_privacy import attacks, seen

PRIVACY = Attacks[Fleet]()
_TRIES = {
    "environment": "reads the environment of its worker in /proc",
    "descriptors": "lists the descriptors of its worker in /proc",
    "memory": "reads the memory of its worker in /proc",
    "debugger": "attaches to its worker as a debugger",
    "memory by system call": "reads the memory of its worker by process_vm_readv",
}


def _attack(kind: str) -> Callable[[Fleet], Awaitable[None]]:
    async def perform(fleet: Fleet) -> None:
        if sys.platform != "linux":
            raise NotPossibleHereError("the attacks are by /proc and ptrace of Linux")
        command = attacks(fleet.folder, await _key(fleet))[kind]
        run = await fleet.run(command, task_type="private")
        said = f"{run.stdout_tail or ''}{run.stderr_tail or ''}"
        assert seen(said, await _key(fleet)) == set(), kind
        assert not run.stdout_tail, run.stdout_tail

    return perform


async def _key(fleet: Fleet) -> str:
    return (fleet.folder / "private-key").read_text().strip()


for _kind, _words in _TRIES.items():
    PRIVACY.attack(Actor.COMMAND, _words, gets="nothing")(_attack(_kind))
