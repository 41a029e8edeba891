"""Builds the documentation site into resources/docs/site, without warnings: `make docs`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.documentation.reference import ROOT, pages

_SHIM = "https://unpkg.com/iframe-worker/shim"
"""What the plug-in `offline` of the theme names."""


def write_sources(folder: Path) -> None:
    """Write the pages of docs/ and the generated ones into a folder, which is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", folder)
    for place, text in pages().items():
        page = folder / place
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")


def search_without_a_host(site: Path) -> None:
    """Let pages that are opened from a file load what searches there from the site, and not from a host."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        up = "../" * (len(page.relative_to(site).parts) - 1)
        page.write_text(text.replace(_SHIM, f"{up}assets/worker-in-frame.js"), encoding="utf-8")


def main() -> int:
    """Build it, and return mkdocs' exit code."""
    write_sources(ROOT / "build" / "docs")
    code = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet"],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},  # advertises the generator's successor
        check=False,
    ).returncode
    search_without_a_host(ROOT / "resources" / "docs" / "site")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
