"""What the command line loads: each command and each worker pays for it."""

import os
import subprocess
import sys

from tests.local_process import LocalProcess


def test_the_command_line_and_a_worker_import_no_database_no_server_and_no_qt() -> None:
    heavy = {"sqlalchemy", "asyncpg", "alembic", "fastapi", "uvicorn", "PySide6", "numpy"}
    loaded = "import sys, backend.cli.main, backend.worker.worker_process, backend.broker.rabbitmq"
    code = f"{loaded}; print(sorted({heavy!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_list_of_tasks_loads_nothing_that_it_does_not_need(local_backend: LocalProcess) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-X",
            "importtime",
            "-m",
            "backend",
            "--data-dir",
            str(local_backend.data_dir),
            "task",
            "list",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TASKDECK_DATA_DIR": str(local_backend.data_dir)},
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "shared.models.task" in loaded
    heavy = {"rich", "click", "pygments", "yaml", "croniter", "psutil", "filelock", "sqlalchemy"}
    ours = {"shared.models.alert", "shared.models.bulk", "shared.models.system", "shared.schedule.description"}
    assert loaded & (heavy | ours) == set()


def test_a_server_logs_without_rich_which_is_there_for_who_needs_it() -> None:
    code = (
        "import sys, shared.lean_imports as lean\n"
        "lean.leave_out_command_line_of_httpx(); lean.leave_out_rich_of_structlog()\n"
        "import backend.worker.worker_process, backend.log_output\n"
        "print(sorted({'rich', 'attr', 'pygments'} & set(sys.modules)))\n"
        "import rich; print(rich.__name__)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split("\n")[:2] == ["[]", "rich"]


def test_models_are_built_at_once_where_fastapi_serves_them() -> None:
    """Pydantic warns of fields when FastAPI builds the validators of its routes from models that are not built yet."""
    code = (
        "import sys, warnings; warnings.simplefilter('error'); sys.argv = ['taskdeck', 'up', '--help']\n"
        "from backend.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "from fastapi import FastAPI; from backend.api.application import ROUTE_MODULES; api = FastAPI()\n"
        "for module in ROUTE_MODULES: api.include_router(module.router)\n"
        "print(len(api.openapi()['paths']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[-1]) > 50
