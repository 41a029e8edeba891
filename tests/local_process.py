"""`taskdeck up` as a process."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.local_backend import LocalBackend, find_local_backend

START_SECONDS = 60
END_SECONDS = 30
_MOST_CHARACTERS = 20_000
OF_THIS_PYTHON = (sys.executable, "-m", "backend")


class LocalProcess:
    """A headless local backend on a data directory; `program` is the installation that runs it, in `folder`."""

    def __init__(
        self,
        data_dir: Path,
        *,
        environment: dict[str, str] | None = None,
        program: Sequence[str] = OF_THIS_PYTHON,
        folder: Path | None = None,
    ) -> None:
        self.data_dir = data_dir
        self._program = program
        self._folder = folder
        self.lines: list[str] = []
        self._errors = data_dir.with_name(f"{data_dir.name}.stderr")
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        """The process; it must have been started."""
        assert self._process is not None
        return self._process

    @property
    def address(self) -> LocalBackend:
        """The contents of `backend.json`."""
        found = find_local_backend(self.data_dir)
        assert found is not None
        return found

    @property
    def errors(self) -> str:
        """What the process has written to its standard error, until it is stopped."""
        return self._errors.read_text()

    def start(self) -> None:
        """Start the process and wait until it reports that it is ready."""
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                [*self._program, "up", "--headless", "--data-dir", str(self.data_dir)],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**self._environment, "PYTHONFAULTHANDLER": "1"},
                cwd=self._folder,
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line)
            if "is ready at" in line:
                return
        raise AssertionError(f"the backend ended with {self._process.wait()}: {''.join(self.lines)}")

    def run(self, *arguments: str) -> str:
        """Return the standard output of a command of the same installation, which succeeds."""
        command = [*self._program, "--data-dir", str(self.data_dir), *arguments]
        done = subprocess.run(command, env=self._environment, cwd=self._folder, capture_output=True, text=True)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal, read the rest of the output and return the exit code."""
        self.process.send_signal(number)
        try:
            rest, _ = self.process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            # By its fault handler it says where its threads are.
            self.process.send_signal(signal.SIGABRT)
            rest, _ = self.process.communicate()
            said = f"{rest[-_MOST_CHARACTERS:]}{self._errors.read_text()[-_MOST_CHARACTERS:]}"
            raise AssertionError(f"the backend did not end within {END_SECONDS} s:\n{said}") from None
        finally:
            self._errors.unlink(missing_ok=True)
        self.lines.append(rest)
        return self.process.returncode
