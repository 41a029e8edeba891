"""Processes that a test starts and looks for afterwards, told apart from those of tests that run at the same time."""

import secrets

import psutil


def unique_sleep() -> str:
    """Return seconds for `sleep` that no other test on this machine uses: they identify the process."""
    return f"900.{secrets.randbelow(10**12):012}"


def alive(mark: str) -> dict[int, str]:
    """Return the command lines of processes with this mark in it, by pid, without zombies."""
    return {
        process.pid: " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline", "status"])
        if any(mark in part for part in process.info["cmdline"] or [])
        and process.info["status"] != psutil.STATUS_ZOMBIE
    }
