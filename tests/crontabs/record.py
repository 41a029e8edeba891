"""Run crontabs by a real cronie on a virtual clock: record what it starts, and compare the oracle with it.

    python -m tests.crontabs.record SOURCE           # records what each crontab of the corpus starts
    python -m tests.crontabs.record SOURCE --fuzz N  # compares the oracle with N random crontabs

SOURCE is the source of cronie 1.7 (https://github.com/cronie-crond/cronie). It is compiled with `cc` into a temporary
folder, with its folders below the current directory. The library `virtual_clock.c` replaces clock, users and exec, so
that a day takes a second and nothing is executed.
"""

import argparse
import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings

from tests.crontabs.corpus import CORPUS, WINDOWS, ZONE, Recorded, write_recorded
from tests.crontabs.cronie import entries
from tests.strategies.crontabs import crontabs

_CONFIG = """\
#define _GNU_SOURCE 1
#define HAVE_DIRENT_H 1
#define HAVE_FCNTL_H 1
#define HAVE_LIMITS_H 1
#define HAVE_PATHS_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_TIME_H 1
#define HAVE_UNISTD_H 1
#define HAVE_FCNTL 1
#define HAVE_FLOCK 1
#define HAVE_STRUCT_TM_TM_GMTOFF 1
#define DEBUGGING 1
#define SYSLOG 1
#define ENABLE_SYSCRONTAB 1
#define PACKAGE_STRING "cronie"
#define PACKAGE_VERSION "1"
#define MAILARG "/nonexistent"
#define MAILFMT "%s %s"
"""
_PATHS = """\
#define SPOOL_DIR "spool"
#define CRON_HOSTNAME ".cron.hostname"
#define CRON_ALLOW "cron.allow"
#define CRON_DENY "cron.deny"
#define CRON_PID_DIR "run"
#define SYSCRONTAB "system/crontab"
#define SYS_CROND_DIR "system/cron.d"
#define SYSCONFDIR "system"
"""
_SOURCES = ("cron", "database", "do_command", "job", "popen", "security", "user", "entry", "env", "misc", "pw_dup")


@dataclass(frozen=True)
class Cronie:
    """A crond that was compiled, with its virtual clock."""

    folder: Path

    @staticmethod
    def build(source: Path, folder: Path) -> "Cronie":
        (folder / "config.h").write_text(_CONFIG)
        (folder / "cron-paths.h").write_text(_PATHS)
        files = [str(source / "src" / f"{name}.c") for name in _SOURCES] + [str(source / "cronie_common.c")]
        includes = [
            "-include",
            str(folder / "config.h"),
            "-I",
            str(folder),
            "-I",
            str(source / "src"),
            "-I",
            str(source),
        ]
        subprocess.run(["cc", "-O1", "-w", *includes, *files, "-o", str(folder / "crond")], check=True)
        shim = Path(__file__).with_name("virtual_clock.c")
        library = str(folder / "clock.so")
        subprocess.run(["cc", "-O1", "-w", "-shared", "-fPIC", str(shim), "-o", library], check=True)
        return Cronie(folder)

    def run(
        self, text: str, *, is_system: bool, begin: datetime, end: datetime, zone: str
    ) -> dict[Recorded, list[datetime]]:
        """Return when each command is started between two instants, with its input, directory and environment."""
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            place = Path(name)
            for folder in ("spool", "system/cron.d", "run"):
                (place / folder).mkdir(parents=True)
            (place / "run/cron.reboot").touch()
            table = place / ("system/crontab" if is_system else "spool/root")
            table.write_bytes(text.encode())
            table.chmod(0o600)
            record = place / "record"
            record.touch()
            environment = {
                "TZ": zone,
                "LD_PRELOAD": str(self.folder / "clock.so"),
                "VIRTUAL_BEGIN": str(int(begin.timestamp())),
                "VIRTUAL_END": str(int(end.timestamp())),
                "VIRTUAL_RECORD": str(record),
            }
            command = [str(self.folder / "crond"), "-n", "-i", "-p", "-s"]
            subprocess.run(command, cwd=place, env=environment, check=True, capture_output=True)
            found: dict[Recorded, list[datetime]] = defaultdict(list)
            for line in record.read_text().splitlines():
                seconds, *fields = line.split(" ")[:-1]
                shell, command_line, given, directory, *variables = (bytes.fromhex(one).decode() for one in fields)
                start = Recorded(
                    shell=shell,
                    command=command_line,
                    given=given,
                    directory=directory,
                    environment=tuple(sorted(variables)),
                )
                found[start].append(datetime.fromtimestamp(int(seconds) // 60 * 60, UTC))
            # For several times in an hour that summer time skips cronie starts a command as often, one after the
            # other at the hour's end. A task has one occurrence at each instant.
            return {start: sorted(set(at)) for start, at in found.items()}


def predicted(
    text: str, *, is_system: bool, begin: datetime, end: datetime, zone: str
) -> Mapping[Recorded, list[datetime]]:
    """Return the same by the oracle."""
    found: dict[Recorded, list[datetime]] = defaultdict(list)
    for entry in entries(text, is_system=is_system):
        start = Recorded.of(entry)
        found[start] += entry.starts(begin, end, zone=ZoneInfo(zone))
    return {start: sorted(set(at)) for start, at in found.items() if at}


def record(cronie: Cronie) -> None:
    for one in CORPUS:
        starts: dict[Recorded, list[datetime]] = defaultdict(list)
        for begin, end in WINDOWS:
            found = cronie.run(one.text, is_system=one.is_system, begin=begin, end=end, zone=ZONE)
            for start, at in found.items():
                starts[start] += at
        write_recorded(one, starts)
        print(f"{one.name}: {sum(map(len, starts.values()))} starts of {len(starts)} commands")


def fuzz(cronie: Cronie, count: int) -> None:
    cases = 0

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(crontabs())
    def agrees(drawn: tuple[str, bool]) -> None:
        nonlocal cases
        text, is_system = drawn
        begin, end = WINDOWS[cases % len(WINDOWS)]
        arguments = {"is_system": is_system, "begin": begin, "end": end, "zone": ZONE}
        assert cronie.run(text, **arguments) == predicted(text, **arguments), text  # type: ignore[arg-type]
        cases += 1

    agrees()
    print(f"{cases} random crontabs: the oracle starts what cronie starts")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("--fuzz", type=int, metavar="N")
    given_options = parser.parse_args()
    if os.getuid() != 0:
        parser.error("cronie wants to run as root")
    with tempfile.TemporaryDirectory() as folder:
        cronie = Cronie.build(given_options.source.resolve(), Path(folder))
        if given_options.fuzz:
            fuzz(cronie, given_options.fuzz)
        else:
            record(cronie)


if __name__ == "__main__":
    main()
