"""What a worker tells of its owner's rules, and as whom it runs commands."""

import os
import pwd
import sys
from pathlib import Path

import pytest

from backend.broker.messages import HEARTBEATS, Heartbeat, WorkerState
from backend.worker.owner_rules import NO_RULES, AllowRules, CommandRules, LimitRules, OwnerRules
from backend.worker.permission import refusal
from backend.worker.reported_rules import reported_rules
from backend.worker.run_user import RunUsers, own_user
from backend.worker.secrets import Secrets
from shared.errors import StartupError
from shared.models.worker import WorkerRules
from tests.backend.worker.test_permission import assignment

OWN = own_user()


def report(rules: OwnerRules, *, secrets: Secrets | None = None) -> WorkerRules:
    names = (secrets or Secrets()).names()
    return reported_rules(rules, executors=["shell", "http", "noop"], own_user="worker", secrets=names)


def test_a_worker_without_rules_permits_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "FROM_FILE").write_text("a value\n")
    (tmp_path / "no name").write_text("a value\n")
    secrets = Secrets({"FROM_VARIABLE": "the value"}, folder=tmp_path)
    assert report(NO_RULES, secrets=secrets) == WorkerRules(
        executors=["http", "noop", "shell"],
        run_as="worker",
        secrets={"FROM_FILE": ["/"], "FROM_VARIABLE": ["/"]},
    )


def test_the_rules_are_reported_without_values() -> None:
    rules = OwnerRules(
        allow=AllowRules(executors=("shell", "other"), run_as=("a", "b"), commands=("df -h",), labels={"team": ("x",)}),
        limits=LimitRules(memory_mb=64),
        commands=CommandRules(run_as="app"),
        secrets={"DB": ("finance",)},
    )
    found = report(rules, secrets=Secrets({"OTHER": "the value"}))
    assert (found.executors, found.run_as, found.users) == (["shell"], "app", ["a", "b"])
    assert (found.secrets, found.has_secret_rules) == ({"DB": ["finance"]}, True)
    assert (found.commands, found.labels, found.memory_mb) == (["df -h"], {"team": ["x"]}, 64)
    assert "the value" not in str(found)


def test_rules_without_end_fit_into_a_heartbeat() -> None:
    many = tuple(f"{number:05}" + "x" * 3000 for number in range(3000))
    rules = OwnerRules(
        allow=AllowRules(commands=many, labels=dict.fromkeys(many, ("y",))), secrets=dict.fromkeys(many, many)
    )
    beat = Heartbeat(
        worker_id="w", incarnation="1", sequence=1, state=WorkerState.ONLINE, hostname="h", version="1",
        task_types=["*"], labels={}, slots=1, held=[], active_count=0, rules=report(rules),
    )  # fmt: skip
    body = HEARTBEATS.encode(beat)
    read = HEARTBEATS.decode(body).rules
    assert read is not None
    assert len(read.commands or ()) == 200
    assert len(body) < 2**20


@pytest.mark.parametrize(
    ("wanted", "rules", "refused"),
    [
        (None, NO_RULES, None),
        ("worker", NO_RULES, None),
        ("root", NO_RULES, "the user root is not in [allow] run_as (none)"),
        ("app", OwnerRules(commands=CommandRules(run_as="app")), None),
        ("worker", OwnerRules(commands=CommandRules(run_as="app")), "the user worker is not in [allow] run_as (none)"),
        ("b", OwnerRules(allow=AllowRules(run_as=("a", "b"))), None),
        ("c", OwnerRules(allow=AllowRules(run_as=("a", "b"))), "the user c is not in [allow] run_as (a, b)"),
    ],
)
def test_a_task_names_a_user_of_the_owners_list(wanted: str | None, rules: OwnerRules, refused: str | None) -> None:
    given = assignment(run_as=wanted)
    assert refusal(rules, given, real_directory=None, own_user="worker") == refused


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no run_as")
def test_users_are_those_of_the_machine() -> None:
    assert pwd.getpwnam(OWN).pw_uid == os.geteuid()
    users = RunUsers(None, [OWN])
    assert (users.find(None), users.find(OWN), users.has_others) == (None, None, False)
    with pytest.raises(KeyError):
        users.find("nobody")
    with pytest.raises(StartupError, match="no-such-user"):
        RunUsers(None, ["no-such-user"])


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root becomes another user")
def test_a_named_user_comes_before_the_owners_default() -> None:
    users = RunUsers("nobody", ["daemon", OWN])
    found = [users.find(name) for name in (None, "nobody", "daemon", OWN)]
    assert [user.name if user is not None else None for user in found] == ["nobody", "nobody", "daemon", OWN]
    assert users.has_others
