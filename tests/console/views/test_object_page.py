"""The pages of single objects while they load, and when they cannot be loaded, on a real backend."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from console.application import Console
from console.background import BackgroundJobs
from console.views.object_page import ObjectPage, PageState
from console.views.run.view import RunView
from console.views.task.view import TaskView
from shared.errors import NotFoundError, TaskdeckError
from tests.console.conftest import Play, activate, until
from tests.console.test_console import make_task

REFUSED_ID = 2**70
"""The backend refuses the number of no object: it does not say that the object does not exist."""


@pytest.mark.parametrize("kind", [TaskView, RunView])
def test_a_page_says_that_it_loads_and_that_it_could_not(
    play: Play, in_english: None, kind: type[ObjectPage[Any]]
) -> None:
    async def scenario(console: Console) -> None:
        client = console.connection.client
        task = await make_task(console, name="states", command="true", worker_labels={"zone": "nowhere"})
        run = await client.trigger_task(task.id)
        found = task.id if kind is TaskView else run.id
        jobs = BackgroundJobs()
        errors: list[Exception] = []
        jobs.failed.connect(errors.append)
        page = kind(replace(console.context, background=jobs))
        page.resize(880, 560)
        page.show()
        await activate(page)

        def state() -> PageState:
            return page.page_state

        page.show_with({page.wanted_key: REFUSED_ID})
        assert state() is PageState.LOADING
        assert not page.header.isVisible()
        assert page.linked() is None
        await until(lambda: state() is PageState.FAILED, jobs.ended)
        assert page.empty.words.text() == "This page could not be loaded."
        assert page.empty.step.text() == "Reload"
        page.focus_content()
        assert page.empty.step.hasFocus()
        assert len(errors) == 1
        assert isinstance(errors[0], TaskdeckError)
        assert not isinstance(errors[0], NotFoundError)

        QTest.keyClick(page.empty.step, Qt.Key.Key_Space)
        await until(lambda: len(errors) == 2, jobs.ended)
        assert state() is PageState.FAILED

        page.show_with({page.wanted_key: found})
        assert state() is PageState.LOADING
        await until(lambda: state() is PageState.SHOWN, page.loaded)
        assert page.header.isVisible()
        assert page.columns.hasFocus(), "the keyboard is in the page, not in a button that is gone"
        await jobs.close()
        page.close()
        page.deleteLater()

    play(scenario)
