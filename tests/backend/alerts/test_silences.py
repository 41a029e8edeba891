"""Silences name their tasks."""

from datetime import UTC, datetime, timedelta

from shared.models.alert import SilenceFields
from tests.system import System


async def test_each_silence_names_its_own_task(system: System) -> None:
    ends_at = datetime.now(UTC) + timedelta(hours=1)
    tasks = [await system.create(name, executor="noop", command="") for name in ("first", "second")]
    made = [await system.client.add_silence(SilenceFields(task_id=task, ends_at=ends_at)) for task in tasks]
    everything = await system.client.add_silence(SilenceFields(ends_at=ends_at))
    assert [one.task_name for one in (*made, everything)] == ["first", "second", None]
    listed = (await system.http.get("/api/alerts/silences")).json()["data"]
    assert sorted((one["task_name"] or "") for one in listed) == ["", "first", "second"]
