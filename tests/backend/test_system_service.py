"""`taskdeck service install --system` installs a unit, and starts it once all that it reads exists."""

import os
import stat
from pathlib import Path

import pytest

from backend.system_service import SystemService, UnitName
from shared.errors import StartupError

FILES = {
    UnitName.BACKEND: {"database-url", "broker-url", "signing-key", "secrets-key"},
    UnitName.WORKER: {"worker-key", "broker-url", "worker.toml"},
}


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `systemctl` that notes how it was called, before all others on the path; it fails while `refuses` exists."""
    noted = tmp_path / "calls"
    noted.touch()
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {noted}\n[ ! -e {tmp_path}/refuses ] || {{ echo no bus; exit 1; }}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return noted


@pytest.fixture(params=list(UnitName))
def service(request: pytest.FixtureRequest, tmp_path: Path) -> SystemService:
    (tmp_path / "units").mkdir()
    return SystemService(request.param, units=tmp_path / "units", configuration=tmp_path / "etc")


def test_it_starts_only_when_nothing_is_missing(service: SystemService, calls: Path) -> None:
    assert service.install() is False
    assert calls.read_text().splitlines() == ["daemon-reload"]
    assert {path.name for path in service.missing_files()} == FILES[service.name]
    assert service.configuration.stat().st_mode & 0o777 == 0o700
    for path in service.missing_files():
        path.touch()
    assert service.install() is True
    assert calls.read_text().splitlines()[1:] == ["daemon-reload", f"enable {service.unit}", f"restart {service.unit}"]
    assert service.path.read_text() == service.text()


def test_it_is_removed_and_its_configuration_stays(service: SystemService, calls: Path) -> None:
    service.install()
    (service.configuration / "broker-url").write_text("amqps://mq")
    service.remove()
    service.remove()
    assert not service.path.exists()
    assert (service.configuration / "broker-url").exists()
    assert calls.read_text().splitlines()[1:] == [f"disable --now {service.unit}", "daemon-reload"]


def test_what_systemd_says_is_said(service: SystemService, calls: Path, tmp_path: Path) -> None:
    (tmp_path / "refuses").touch()
    with pytest.raises(StartupError, match="systemctl daemon-reload failed: no bus"):
        service.install()


def test_only_root_may(service: SystemService, calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for act in (service.install, service.remove):
        with pytest.raises(StartupError, match="Run this with sudo"):
            act()
    assert calls.read_text() == ""
    assert not service.path.exists()


def test_without_systemd_the_error_names_the_next_step(
    service: SystemService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartupError, match=r"no systemctl.*taskdeck service unit"):
        service.install()
