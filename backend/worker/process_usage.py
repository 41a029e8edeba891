"""CPU time and memory of many process trees, in one pass over the system."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(slots=True)
class Usage:
    """What the live processes of a tree use together: CPU time so far, and resident memory."""

    cpu_seconds: float = 0.0
    memory_bytes: int = 0


def usage_of_sessions(session_ids: Iterable[int]) -> dict[int, Usage]:
    """Return the usage of each session; one without processes is left out.

    Linux: by the session in /proc/PID/stat. Elsewhere: the session's leader and its descendants.
    """
    wanted = set(session_ids)
    if not wanted:
        return {}
    if Path("/proc/self/stat").exists():
        return _from_proc(wanted)
    return _from_psutil(wanted)


def _from_proc(wanted: set[int]) -> dict[int, Usage]:
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    found: dict[int, Usage] = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            fields = Path(entry.path, "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        session = int(fields[3])
        if session in wanted:
            usage = found.setdefault(session, Usage())
            usage.cpu_seconds += (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])) / ticks
            usage.memory_bytes += int(fields[21]) * page
    return found


def _from_psutil(wanted: set[int]) -> dict[int, Usage]:
    found: dict[int, Usage] = {}
    for pid in wanted:
        usage = Usage()
        try:
            leader = psutil.Process(pid)
            for process in (leader, *leader.children(recursive=True)):
                times = process.cpu_times()
                usage.cpu_seconds += times.user + times.system
                usage.memory_bytes += process.memory_info().rss
        except psutil.Error:
            continue
        found[pid] = usage
    return found
