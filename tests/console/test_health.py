import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.application import Console
from console.health import SLOW_MS, vitals
from console.options import Options
from console.theme.glyphs import Glyph
from console.views.overview.view import OverviewView
from shared.models.system import (
    Check,
    DispatcherInfo,
    Readiness,
    SystemInfo,
    SystemStats,
)
from tests.console.conftest import drive, until, words_in
from tests.local_process import LocalProcess

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


STATS = SystemStats(
    tasks_total=0,
    tasks_active=0,
    runs_waiting=0,
    runs_blocked=0,
    runs_in_flight=0,
    workers_online=2,
    workers_draining=0,
    workers_lost=0,
    slots_total=0,
    slots_in_use=0,
    succeeded_last_hour=0,
    failed_last_hour=0,
    failed_tasks_last_hour=0,
    runs_per_second=0,
)

INFO = SystemInfo(
    version="1",
    python_version="3",
    database_version="15",
    broker="amqp://",
    roles=[],
    replica_id="r",
    started_at=NOW,
    uptime_seconds=0,
    local=False,
    now=NOW,
)


@pytest.mark.parametrize(
    ("active", "online", "lost", "latency", "ok", "shapes"),
    [
        (True, 2, 0, 1.0, True, [Glyph.TICK] * 4),
        (False, 0, 0, 1.0, False, [Glyph.CROSS] * 4),
        (True, 2, 1, SLOW_MS + 1, True, [Glyph.TICK, Glyph.TRIANGLE, Glyph.TRIANGLE, Glyph.TRIANGLE]),
    ],
)
def test_health_is_a_shape_for_each_part(
    active: bool, online: int, lost: int, latency: float, ok: bool, shapes: list[Glyph]
) -> None:
    checks = [Check(name=name, ok=ok, latency_ms=latency) for name in ("database", "message_queue")]
    stats = STATS.model_copy(update={"workers_online": online, "workers_lost": lost})
    dispatcher = DispatcherInfo(active=active, hostname="h", since=NOW)
    found = vitals(Readiness(ready=ok, checks=checks), dispatcher, INFO, stats, at(60))
    assert [vital.glyph for vital in found] == shapes
    assert all(vital.words for vital in found)


def test_faults_mark_the_dispatcher_and_are_its_link() -> None:
    stats = STATS.model_copy(update={"faults": 3})
    dispatcher = DispatcherInfo(active=True, hostname="h", since=NOW)
    found = vitals(Readiness(ready=True, checks=[]), dispatcher, INFO, stats, at(60))[0]
    assert found.glyph is Glyph.TRIANGLE
    assert found.faults == "3 faults"


def test_what_was_known_of_a_backend_that_is_gone_is_dated_and_no_longer_good(
    qapp: QApplication, tmp_path: Path
) -> None:
    backend = LocalProcess(tmp_path / "data")
    backend.start()

    async def scenario(console: Console) -> None:
        health = console.context.health
        await until(lambda: len(health.vitals) == 4, health.changed)
        console.window.show_view("overview")
        view = console.window.current
        assert isinstance(view, OverviewView)
        assert {vital.glyph for vital in health.vitals} <= {Glyph.TICK, Glyph.TRIANGLE}
        await asyncio.to_thread(backend.stop)
        await until(lambda: not console.connection.is_online, console.connection.state_changed)
        assert health.checked_at is not None
        assert {vital.glyph for vital in health.vitals} == {Glyph.RING}
        assert f"{health.checked_at.astimezone():%H:%M:%S}" in health.vitals[0].words
        assert view.health.vitals == health.vitals
        assert f"{health.vitals[0].name}  unknown\n" in words_in(console.window.side_bar)
        assert "offline" in console.window.windowTitle()

    try:
        drive(qapp, Options(data_dir=backend.data_dir, is_local=True), tmp_path / "settings.ini", scenario)
    finally:
        backend.stop()
