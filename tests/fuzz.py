"""Check every property with many cases: `python -m tests.fuzz --minutes 10 [-k NAME]`.

Rounds of growing size run in processes of their own, with new cases each. Afterwards the cases and failures of each
property are printed; a failure is printed when it is found, with the case and how to reproduce it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from tests.fuzzing import COUNTS, FACTOR

TESTS = Path(__file__).parent
FIRST_FACTOR = 2.0
MOST_FACTOR = 64.0
"""A round of so many times the cases of `make test` takes some minutes."""


def check_round(*, factor: float, names: str, folder: Path, seed: int) -> tuple[Counter[str], Counter[str]]:
    """Return the cases of each property, and its failures."""
    counts, report = folder / "counts.json", folder / "report.xml"
    environment = os.environ | {FACTOR: str(factor), COUNTS: str(counts)}
    options = [
        "-q",
        "-m",
        "fuzz",
        f"--junit-xml={report}",
        f"--hypothesis-seed={seed}",
        "--show-capture=no",  # the lines of a backend are long, and the case stands before them
        *(["-k", names] if names else []),
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options], env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode not in (0, 5):
        print(ended.stdout[-20_000:], flush=True)
    failures: Counter[str] = Counter()
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failures[f"{case.get('classname')}: {case.get('name')}"] += 1
    return Counter(json.loads(counts.read_text(encoding="utf-8")) if counts.exists() else {}), failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("-k", dest="names", default="", help="only properties whose names contain this")
    options = parser.parse_args()
    end = time.monotonic() + options.minutes * 60
    cases: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    factor = FIRST_FACTOR
    with tempfile.TemporaryDirectory() as name:
        while (left := end - time.monotonic()) > 0:
            began = time.monotonic()
            seed = int.from_bytes(os.urandom(4), "big")
            found, failed = check_round(factor=factor, names=options.names, folder=Path(name), seed=seed)
            cases += found
            failures += failed
            took = time.monotonic() - began
            print(f"{factor:g} times the cases of make test in {took:.0f} s, seed {seed}", flush=True)
            factor = min(MOST_FACTOR, max(1.0, factor * (left - took) / max(took, 1.0)), factor * 4)
    for property_name, count in sorted(cases.items()):
        print(f"{count:>10,}  {property_name}")
    for property_name, count in sorted(failures.items()):
        print(f"FAILED {count:>3}  {property_name}")
    print(f"{sum(cases.values()):,} cases of {len(cases)} properties, {len(failures)} of them failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
