"""What packages add to a desktop and to shells."""

import configparser
import gzip
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from installer.share_files import COMPLETIONS, ICON_SIZES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("share")
    subprocess.run([sys.executable, "-m", "installer.share_files", folder], cwd=ROOT, check=True)
    return folder


def test_an_icon_has_each_size_and_is_drawn(share: Path) -> None:
    for size in ICON_SIZES:
        data = (share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "taskdeck.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        assert struct.unpack(">II", data[16:24]) == (size, size)
        assert len(data) > 200, "an empty picture of 16 pixels has fewer bytes"
    assert b"<svg" in (share / "icons/hicolor/scalable/apps/taskdeck.svg").read_bytes()


def test_the_desktop_entry_opens_the_console_and_its_links(share: Path) -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(share / "applications" / "taskdeck.desktop", encoding="utf-8")
    entry = parser["Desktop Entry"]
    assert entry["Exec"] == "taskdeck console %u"
    assert entry["MimeType"] == "x-scheme-handler/taskdeck;"
    assert entry["Comment[zh_CN]"]


def test_the_completion_of_bash_completes_a_command(share: Path) -> None:
    assert all((share / name).stat().st_size for name in COMPLETIONS.values())
    script = f"source {share / COMPLETIONS['bash']}; COMP_WORDS=(taskdeck restor) COMP_CWORD=1; " + (
        f"_taskdeck_completion {Path(sys.executable).with_name('taskdeck')}; echo ${{COMPREPLY[@]}}"
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["restore"]


def test_the_man_page_has_every_command_and_is_well_formed(share: Path) -> None:
    text = gzip.decompress((share / "man" / "man1" / "taskdeck.1.gz").read_bytes()).decode()
    for command in ("up", "task create", "worker enroll", "service install", "remove\\-data", "console"):
        assert f"\n.SS taskdeck {command}" in text
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is not installed")
    done = subprocess.run(
        [groff, "-man", "-ww", "-z", "-Tutf8"], input=text, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
