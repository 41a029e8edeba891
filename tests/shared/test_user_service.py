import configparser
import plistlib
import stat
from pathlib import Path

import pytest

from shared.errors import StartupError
from shared.user_service import UserService, backend_command, launchd_plist, systemd_unit


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `systemctl` that notes what it is told, before all others on the path."""
    told = tmp_path / "told"
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {told}\n[ ! -e {tmp_path}/refuses ] || {{ echo no bus >&2; exit 1; }}\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return told


def test_the_unit_keeps_paths_with_spaces_and_signs_whole() -> None:
    unit = systemd_unit(["/opt/my python/bin/python", "-m", "backend", "--data-dir", '/data/50% "odd" $HOME'])
    assert '"/opt/my python/bin/python" "-m" "backend"' in unit
    assert r'"/data/50%% \"odd\" $$HOME"' in unit
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.read_string(unit)
    assert parsed["Service"]["Restart"] == "on-failure"
    assert parsed["Install"]["WantedBy"] == "default.target"


def test_the_agent_of_macos_is_a_property_list() -> None:
    command = ["/bin/python", "--data-dir", "/Users/a & b/<data>"]
    parsed = plistlib.loads(launchd_plist(command).encode())
    assert parsed["ProgramArguments"] == command
    assert parsed["RunAtLoad"] is True


def test_a_service_is_installed_and_removed(manager: Path, tmp_path: Path) -> None:
    service = UserService(tmp_path / "data", platform="linux")
    assert not service.status().is_installed
    service.install()
    assert str(tmp_path / "data") in service.path.read_text()
    assert service.status().is_installed
    assert service.status().is_running
    service.remove()
    service.remove()
    assert not service.path.exists()
    told = manager.read_text()
    assert "--user enable --now taskdeck" in told
    assert "--user disable --now taskdeck" in told


def test_a_failed_installation_leaves_no_file_and_names_the_next_step(manager: Path, tmp_path: Path) -> None:
    (tmp_path / "refuses").touch()
    service = UserService(tmp_path / "data", platform="linux")
    with pytest.raises(StartupError, match=r"no bus.*Sign in on this machine"):
        service.install()
    assert not service.path.exists()


def test_without_a_service_manager_the_error_contains_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with pytest.raises(StartupError, match="up --headless"):
        UserService(tmp_path, platform="linux").install()
    assert backend_command(tmp_path)[-1] == str(tmp_path)
