"""The site is built without warnings, has every page, and what it shows is right."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from console.views.known_views import PAGES, VIEWS
from shared.documentation import page_file, page_names
from shared.models.task import TaskFields
from shared.task_files import parse_tasks, with_upstream_ids
from tests.documentation.reference import ROOT, pages

TASKS = re.compile(r"^    (?:# tasks\.yaml\n    )?tasks:\n(?:    .*\n)+", re.MULTILINE)
SOURCES = {
    file.relative_to(ROOT / "docs").as_posix(): file.read_text("utf-8") for file in (ROOT / "docs").rglob("*.md")
}


@pytest.fixture(scope="module")
def site() -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "tests.documentation"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return ROOT / "resources" / "docs" / "site"


def test_links_lead_to_pages_and_the_search_knows_both_languages(site: Path) -> None:
    """The links are checked by the generator, whose warnings are errors."""
    assert (site / "zh" / "start" / "five-minutes.html").is_file()
    index = (site / "search" / "search_index.js").read_text("utf-8")
    found = json.loads(index.removeprefix("var __index = "))["docs"]
    titles = {one["title"].replace("\u200b", "") for one in found}  # which separates the words of Chinese
    assert {"五分钟上手", "从其他调度系统迁移", "Five minutes", "Migrate from another scheduler"} <= titles
    places = {one["location"] for one in found}
    assert {"how-to/migrate.html", "zh/how-to/migrate.html", "operate/install.html"} <= places
    assert "zh/operate/install.html" in places
    assert {"operate/security.html", "reference/settings.html"} <= places
    assert not {"zh/operate/security.html", "zh/reference/settings.html"} & places, "a page in English is found once"
    first = (site / "index.html").read_text("utf-8")
    assert not re.search(r'<(?:script|link|img)[^>]*(?:src|href)="https?://', first), "nothing comes from other hosts"


def test_a_page_is_found_by_its_name_and_no_other_file_is(site: Path) -> None:
    assert page_file("how-to/secrets", language="en") == (site / "how-to" / "secrets.html").resolve()
    assert page_file("index", language="zh") == (site / "zh" / "index.html").resolve()
    assert page_file("../../../pyproject", language="en") is None
    assert page_file("no/such/page", language="en") is None
    assert "operate/runbook" in page_names()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_view_of_the_console_has_its_page_and_section(site: Path, language: str) -> None:
    for spec in (*VIEWS, *PAGES):
        page, _, section = spec.help_page.partition("#")
        file = page_file(page, language=language)
        assert file is not None, spec.name
        assert not section or f'id="{section}"' in file.read_text("utf-8"), spec.name


@pytest.mark.parametrize("page", sorted(name for name, text in {**SOURCES, **pages()}.items() if TASKS.search(text)))
def test_each_file_of_tasks_is_valid(page: str) -> None:
    for block in TASKS.findall({**SOURCES, **pages()}[page]):
        tasks = parse_tasks("\n".join(line[4:] for line in block.splitlines()), source=page)
        ids = {task["name"]: number for number, task in enumerate(tasks, 1)}
        for task in tasks:
            TaskFields.model_validate(with_upstream_ids(task, ids))


@pytest.mark.parametrize("page", sorted(name for name in SOURCES if name.startswith(("start/", "how-to/", "operate/"))))
def test_each_guide_is_in_chinese_with_the_same_commands_and_structure(page: str) -> None:
    english = page.replace(".zh.md", ".md")
    chinese = english.replace(".md", ".zh.md")
    assert _code(SOURCES[chinese]) == _code(SOURCES[english])
    assert _structure(SOURCES[chinese]) == _structure(SOURCES[english])


def _code(text: str) -> list[str]:
    """Return the lines of code blocks without comments, which are translated."""
    lines = re.findall(r"^ {4}(.*)$", text, flags=re.MULTILINE)
    return [code for line in lines if (code := re.sub(r"(^|\s)# .*$", "", line).strip())]


def _structure(text: str) -> tuple[list[tuple[str, str]], list[str], int]:
    """Return the level and the name of each heading, what is linked to, and the number of rows of tables."""
    headings = re.findall(r"^(#+) .*?(\{#[\w-]+\})?$", text, flags=re.MULTILINE)
    rows = re.findall(r"^\|", text, flags=re.MULTILINE)
    return headings, sorted(re.findall(r"\]\(([^)]+)\)", text)), len(rows)


def test_generated_pages_have_what_the_code_has() -> None:
    made = pages()
    assert "## taskdeck move" in made["reference/command-line.md"]
    assert "`/api/tasks/{task_id}/trigger`" in made["reference/api.md"]
    for name in ("scheduler_active_workers", "scheduler_retries_total", "scheduler_task_duration_seconds"):
        assert f"`{name}`" in made["reference/metrics.md"]
    assert "`run.finished`" in made["reference/events.md"]
    assert "`retry_count`" in made["reference/task-file.md"]
