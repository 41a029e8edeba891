"""Looks for known vulnerabilities of the installed packages: `make lint` runs it.

The list of vulnerabilities is on the network. Where it cannot be reached that is said, and nothing fails.
"""

import json
import subprocess
import sys
from dataclasses import dataclass

_WAIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found, and how many of the packages it could look up."""

    vulnerable: list[str]
    checked: int
    unchecked: int


def read_report(report: str) -> Audit:
    """Return the audit of pip-audit's JSON; raises `ValueError` for anything else."""
    packages = json.loads(report)["dependencies"]
    vulnerable = [
        f"{one['name']} {one['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in packages
        for flaw in one.get("vulns", [])
    ]
    unchecked = sum("skip_reason" in one for one in packages)
    return Audit(vulnerable, len(packages) - unchecked, unchecked)


def main() -> None:
    """Print what was found; the exit code is 1 for a vulnerable package."""
    command = [sys.executable, "-m", "pip_audit", "--skip-editable", "--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_WAIT_SECONDS, check=False)
        audit = read_report(done.stdout)
    except subprocess.TimeoutExpired:
        print(f"Packages were not checked for vulnerabilities: no answer within {_WAIT_SECONDS:g} s.")
        return
    except (ValueError, KeyError, TypeError):
        reason = (done.stderr.strip() or "no report").splitlines()[-1]
        print(f"Packages were not checked for vulnerabilities: {reason}")
        return
    if audit.unchecked:
        print(f"{audit.unchecked} packages are not in the list of vulnerabilities; {audit.checked} were checked.")
    for one in audit.vulnerable:
        print(one)
    sys.exit(bool(audit.vulnerable))


if __name__ == "__main__":
    main()
