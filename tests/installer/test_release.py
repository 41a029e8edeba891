"""`make release`: what it refuses before it changes anything, and that the check for updates reads what it signs."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.releases.announcement import Announcement
from shared.releases.minisign import PublicKey, trusted_comment

SCRIPT = Path(__file__).parents[2] / "installer" / "release.sh"
AUTHOR = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Anna"), ("EMAIL", "anna@example.org"))
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a release is made on Linux")


@dataclass(frozen=True)
class Checkout:
    """A repository whose package is one file, so that a release of it takes no hour."""

    folder: Path

    def release(self, **variables: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, **AUTHOR, "CHECK": "true", "STEPS": "wheel", **variables}
        return subprocess.run(
            ["installer/release.sh", "1.2.3"],
            cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        environment = {**os.environ, **AUTHOR}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=True
        ).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "checkout"
    (folder / "installer").mkdir(parents=True)
    shutil.copy(SCRIPT, folder / "installer")
    (folder / "pyproject.toml").write_text('version = "0.1.0"\n')
    (folder / "CHANGELOG.md").write_text("## [Unreleased]\n### Added\n- It is signed.\n")
    (folder / "Makefile").write_text("wheel:\n\tmkdir -p dist && cp pyproject.toml dist/package\n")
    (folder / ".gitignore").write_text("dist\n")
    made = Checkout(folder)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"]):
        made.git(*command)
    return made


def test_the_check_for_updates_reads_what_was_signed_with_a_key_beside_the_checkout(
    checkout: Checkout, tmp_path: Path
) -> None:
    generate = ["minisign", "-G", "-W", "-p", "key.pub", "-s", "key"]
    subprocess.run(generate, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    done = checkout.release(MINISIGN_KEY="../key")
    assert done.returncode == 0, done.stderr
    sums = checkout.folder / "dist" / "SHA256SUMS"
    key = (tmp_path / "key.pub").read_text()
    announced = Announcement.parse(
        trusted_comment(sums.with_name("SHA256SUMS.minisig").read_text(), PublicKey.parse(key))
    )
    assert announced.version == "1.2.3"
    verify = ["minisign", "-V", "-p", "../../key.pub", "-m", sums.name]
    subprocess.run(verify, cwd=sums.parent, check=True, capture_output=True, timeout=60)
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=sums.parent, check=True, capture_output=True, timeout=60)
    assert 'version = "1.2.3"' in (sums.parent / "package").read_text()
    assert checkout.git("describe", "HEAD") == "v1.2.3\n"


@pytest.mark.parametrize("name", ["MINISIGN_KEY", "SIGNING_KEY"])
def test_a_key_that_cannot_be_read_is_refused_before_anything_is_tagged(checkout: Checkout, name: str) -> None:
    done = checkout.release(**{name: "../elsewhere"})
    assert done.returncode == 1
    assert f"{name}: ../elsewhere cannot be read" in done.stderr
    assert checkout.git("log", "--format=%s") == "Begin\n"
    assert checkout.git("tag") == ""
