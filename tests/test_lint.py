"""The tools of `make lint` find what they look for, and fail for nothing else."""

import json
import subprocess
from pathlib import Path

import pytest

from tests import secret_scan
from tests.dependency_audit import read_report

KEYS = {
    "key.pem": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n",
    "settings.py": 'AWS = "AKIA' + 'QWERTYUIOPASDFGH"\n',
    "deploy.sh": "export TOKEN=ghp_" + "a1B2" * 9 + "\n",
    "example.py": 'password = "hunter2' + 'hunter2"\n',
}


def test_secrets_are_found_and_examples_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in KEYS.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "README.md").write_text("postgresql://user:password@db/taskdeck\n")
    for command in (["git", "init", "-q"], ["git", "add", "."]):
        subprocess.run(command, cwd=tmp_path, check=True)
    monkeypatch.setattr(secret_scan, "ROOT", tmp_path)
    found = secret_scan.findings()
    assert {one.partition(":")[0] for one in found} == set(KEYS)


def test_a_vulnerable_package_is_named_with_the_version_that_mends_it() -> None:
    report = {
        "dependencies": [
            {"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2", "3"]}]},
            {"name": "b", "version": "1", "vulns": []},
            {"name": "c", "skip_reason": "not found"},
        ]
    }
    audit = read_report(json.dumps(report))
    assert audit.vulnerable == ["a 1: X-1, mended in 2, 3"]
    assert (audit.checked, audit.unchecked) == (2, 1)
    for unusable in ("", "no network", "{}", "[]"):
        with pytest.raises((ValueError, KeyError, TypeError)):
            read_report(unusable)
