"""The documentation site that this installation has."""

import importlib.resources
from pathlib import Path

_DEFAULT_LANGUAGE = "en"


def _site() -> Path:
    """Return its folder; it is a folder of files in each kind of installation."""
    return Path(str(importlib.resources.files("resources").joinpath("docs", "site")))


def page_file(page: str, *, language: str) -> Path | None:
    """Return the file of a page such as `how-to/secrets` in a language, otherwise in English; None without one."""
    name = f"{page.strip('/').removesuffix('.md').removesuffix('.html')}.html"
    site = _site().resolve()
    folders = [site] if language == _DEFAULT_LANGUAGE else [site / language, site]
    files = [(folder / name).resolve() for folder in folders]
    return next((file for file in files if file.is_relative_to(site) and file.is_file()), None)


def page_names() -> list[str]:
    """Return the pages in English, in alphabetical order."""
    site = _site()
    names = (file.relative_to(site).with_suffix("").as_posix() for file in site.rglob("*.html"))
    return sorted(name for name in names if not name.startswith(("zh/", "404", "assets/")))
