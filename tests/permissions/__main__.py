"""`make permissions`: take away each permission of the product, one at a time, and name what its tests do not notice.

The permission matrix (tests/backend/api) first tells which routes ask each place; then only those are sent. What it
does not notice is left to the other tests of permissions.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest

from backend.database.embedded_postgres import EmbeddedPostgres
from tests.permissions.mutations import AND, Mutation, lane
from tests.permissions.places import Permissions, calls, conditions

OTHER_TESTS = {
    "database/": "tests/backend/database/test_folder_conditions.py",
    "api/stream_filter": "tests/backend/api/test_granted_streams.py",
    "alerts": "tests/backend/api/test_alerts.py",
    "api/routes/alerts": "tests/backend/api/test_alerts.py",
    "api/routes/audit": "tests/backend/api/test_audit_log.py",
    "scheduling": "tests/backend/api/test_folder_agenda.py",
    "": "tests/backend/api/test_folder_access.py",
}
"""Which tests know more of what is permitted than the matrix, by how the name of a place begins."""

_USE_CASE = "the use case refuses with the same answer; both removed together are noticed"
_FILTER = "the runs of a user with few tasks are selected by their ids too; both removed together are noticed"
_QUICKER = "it only leaves out a statement whose answer is known"
_GUARD = "api/authentication.py check: caller.access.permits_somewhere(needed)"
SURVIVE: dict[str, str] = {
    f"POST /api/tasks: {_GUARD}": _USE_CASE,
    f"POST /api/tasks/apply: {_GUARD}": _USE_CASE,
    f"POST /api/definitions/apply: {_GUARD}": _USE_CASE,
    f"POST /api/test-runs: {_GUARD}": _USE_CASE,
    f"POST /api/alerts/silences: {_GUARD}": _USE_CASE,
    f"POST /api/grants: {_GUARD}": _USE_CASE,
    f"PUT /api/secrets/{{name}}: {_GUARD}": _USE_CASE,
    f"DELETE /api/secrets/{{name}}: {_GUARD}": _USE_CASE,
    "runs/listing.py _readable: in_folders(TASKS.c.folder, access)": _FILTER,
    "runs/listing.py _readable: access.reads_all": _FILTER,
    "runs/listing.py list_runs: access.reads_all": _FILTER,
    "runs/filter.py where: access.reads_all": "the statement has the condition too; both removed together are noticed",
    "runs/detail.py check_exists: access.reads_all": _QUICKER,
    "runs/permissions.py _is_same_everywhere: access.permits_everywhere(needed)": "it shows fewer values",
    "runs/permissions.py _is_same_everywhere: access.permits_somewhere(needed)": _QUICKER,
    "queue/depth.py read_stats: access.reads_all, number 2": "it shows fewer faults",
    "secret_store/secrets.py list_secrets: access.top_folders(Permission.EDIT)": "it shows fewer secrets",
}
"""Places without which nobody sees or does more, and why."""


def noticed_by_tests(mutation: Mutation) -> str | None:
    """Return the first of the other tests that fails."""
    command = [sys.executable, "-m", "tests.permissions", "--tests", mutation.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert failed or done.returncode == 0, done.stdout + done.stderr
    return failed[0] if failed else None


def run_tests(name: str) -> int:
    """Run the other tests with a place removed, or with two that hide the same thing twice."""
    places = {str(one): one for one in calls() | conditions()}
    permissions = Permissions("")
    permissions.removed = frozenset({places[name]} if name in places else (places[one] for one in name.split(AND)))
    with permissions.watched():
        tests = next(tests for begin, tests in OTHER_TESTS.items() if name.startswith(begin))
        ignored = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
        return pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-W", ignored, tests])


@contextmanager
def server() -> Iterator[str]:
    """Start a database server for the mutations; yield its URL."""
    with tempfile.TemporaryDirectory(prefix="taskdeck-permissions-") as name:
        Path(name).chmod(0o755)
        postgres = EmbeddedPostgres(Path(name) / "postgres")
        asyncio.run(postgres.start())
        try:
            yield postgres.url
        finally:
            asyncio.run(postgres.stop())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.permissions")
    parser.add_argument("words", nargs="*", help="only mutations with one of these words in their name")
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--tests", metavar="PLACE", help="run the other tests without this place")
    options = parser.parse_args()
    if options.tests:
        return run_tests(options.tests)
    began = time.monotonic()
    with server() as url, ProcessPoolExecutor(options.lanes, mp_context=get_context("spawn")) as pool:
        done = [pool.submit(lane, url, number, options.lanes, options.words) for number in range(options.lanes)]
        outcomes = [outcome for one in done for outcome in one.result()]
    left = [outcome.mutation for outcome in outcomes if outcome.noticed is None]
    left_to_tests = [one for one in left if one.name not in SURVIVE]
    with ThreadPoolExecutor(options.lanes) as threads:
        by_tests = dict(zip(left_to_tests, threads.map(noticed_by_tests, left_to_tests), strict=True))
    for mutation, noticed in by_tests.items():
        print("noticed " if noticed else "SURVIVED", mutation.name, "|", noticed or "")
    unnoticed = [mutation for mutation, noticed in by_tests.items() if noticed is None]
    for mutation in left:
        if mutation.name in SURVIVE:
            print("survives", mutation.name, "|", SURVIVE[mutation.name])
    stale = [] if options.words else sorted(set(SURVIVE) - {one.name for one in left})
    for name in stale:
        print("NOTICED  although it is said to survive:", name)
    print(
        f"{len(outcomes)} mutations in {time.monotonic() - began:.0f} s: "
        f"the matrix notices {len(outcomes) - len(left)}, other tests {len(by_tests) - len(unnoticed)}; "
        f"{len(left) - len(left_to_tests)} change nothing, {len(unnoticed)} survive"
    )
    return len(unnoticed) + len(stale)


if __name__ == "__main__":
    raise SystemExit(main() > 0)
