"""What limits a task's runs, in words."""

import pytest

from console.views.policies.resources import RESOURCES
from console.views.task.limit_facts import length, limit_facts, placement_facts, retention_words, schedule_facts
from console.widgets.linked_facts import Fact
from tests.console.factories import a_task


def texts(facts: list[Fact]) -> dict[str, str]:
    return {fact.name: fact.text for fact in facts if fact.text}


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0, "0 s"), (90, "1 min 30 s"), (3600, "1 h"), (90_061, "1 d 1 h 1 min 1 s")]
)
def test_a_length_has_all_its_units(in_english: None, seconds: int | None, words: str) -> None:
    assert length(seconds) == words


def test_only_what_was_set_is_listed(in_english: None) -> None:
    assert texts(limit_facts(a_task())) == {
        "Priority": "normal",
        "Timeout": "1 h",
        "Retries": "none",
        "If the worker is lost": "re-run on another worker (at least once)",
    }
    assert texts(placement_facts(a_task())) == {"Executor": "shell"}
    assert schedule_facts(a_task()) == []


def test_limits_are_written_out(in_english: None) -> None:
    task = a_task(
        schedule="0 * * * *",
        max_concurrency=2,
        concurrency_group="ledger",
        queue_timeout_seconds=60,
        retry_count=3,
        pause_after_failures=4,
        keep_runs=10,
        keep_days=7,
        distribution="sharded",
        shard_count=8,
        worker_labels={"zone": "b"},
        calendar="holidays",
        jitter_seconds=30,
    )
    limits, placement, schedule = limit_facts(task), texts(placement_facts(task)), schedule_facts(task)
    assert texts(limits) | {"If still running": ""} == {
        "Priority": "normal",
        "Concurrent runs": "2 at most",
        "Concurrency group": "ledger",
        "If still running": "",
        "Timeout": "1 h",
        "Maximum wait": "1 min",
        "Retries": "up to 3",
        "If the worker is lost": "re-run on another worker (at least once)",
        "Paused after": "4 failures in a row",
        "Retention": "the last 10 runs, 7 days",
    }
    assert placement == {"Executor": "shell", "Worker labels": "zone=b", "Distribution": "8 shards"}
    assert texts(schedule)["Random delay"] == "30 s"
    links = {fact.name: (fact.view, fact.wanted) for fact in [*limits, *schedule] if fact.view}
    assert links == {
        "Concurrency group": ("policies", {"page": "concurrency-groups"}),
        "Calendar": ("policies", {"page": "calendars"}),
    }
    assert {wanted["page"] for _, wanted in links.values()} <= {spec.name for spec in RESOURCES}
    assert retention_words(a_task(keep_days=3)) == "3 days"
