"""A worker runs an imported line as cron runs the line: the same output, from the same input, folder and variables."""

import asyncio
import subprocess
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.crontab.kind import CrontabKind
from shared.crontab.parse import CrontabJob, parse_crontab
from tests.backend.worker.bench import Bench
from tests.crontabs.cronie import entries
from tests.fuzzing import fuzzed

COMMANDS = (
    "cat",
    "wc -c",
    "pwd",
    "cat; pwd # note",
    "(cat; echo end)",
    "-n echo quiet",
    "echo 100\\%",
    'echo "$A|$B_2|$MAILTO|$SHELL"',
    "env | grep -E '^(A|B_2|MAILTO|HOME)=' | sort",
    'for n in 1 2; do read x; echo "$n:$x"; done',
    "if test -t 0; then echo terminal; fi; exit 3",
    "printf '\\%s.' a b; cat",
    "echo a\\\\b 'c\\d'",
)
INPUTS = ("", "%", "%one", "%one%%three%", "%50\\% of \\x", "%END_OF_INPUT%$HOME `id`", "% indented%\ttabbed")
VARIABLES = (
    "A=1",
    "A = two words  ",
    "B_2='  kept  '",
    'MAILTO=""',
    "MAILTO=a@example.org",
    "SHELL=/bin/sh",
    "A=$HOME",
)


@fuzzed(12)
@given(
    st.lists(st.sampled_from(VARIABLES), max_size=4),
    st.lists(st.tuples(st.sampled_from(COMMANDS), st.sampled_from(INPUTS)), min_size=1, max_size=3),
)
def test_a_line_prints_the_same(variables: list[str], commands: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        home.mkdir()
        lines = [f"HOME={home}", *variables, *(f"0 3 * * * {command}{given}" for command, given in commands)]
        text = "\n".join(lines) + "\n"
        jobs = parse_crontab(text, kind=CrontabKind.USER)
        for number, (entry, job) in enumerate(zip(entries(text, is_system=False), jobs, strict=True)):
            by_cron = subprocess.run(
                [entry.shell, "-c", entry.command],
                input=entry.given,
                cwd=entry.directory,
                env=dict(entry.environment),
                capture_output=True,
                text=True,
                check=False,
            )
            by_worker = asyncio.run(run(job, Path(name) / str(number)))
            assert by_worker == (by_cron.returncode, by_cron.stdout, by_cron.stderr), job.command


async def run(job: CrontabJob, folder: Path) -> tuple[int | None, str, str]:
    """Return the exit code and what was printed."""
    folder.mkdir()
    bench = Bench(folder)
    environment = {"SHELL": "/bin/sh"} | dict(job.environment)
    result = await bench.run(job.command, environment=environment, working_directory=job.working_directory)
    return result.exit_code, bench.stdout, bench.stderr
