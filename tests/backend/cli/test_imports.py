"""What the command line loads: each command and each worker pays for it."""

import subprocess
import sys


def test_the_command_line_and_a_worker_import_no_database_no_server_and_no_qt() -> None:
    heavy = {"sqlalchemy", "asyncpg", "alembic", "fastapi", "uvicorn", "PySide6", "numpy"}
    loaded = "import sys, backend.cli.main, backend.worker.worker_process, backend.broker.rabbitmq"
    code = f"{loaded}; print(sorted({heavy!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
