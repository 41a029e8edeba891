"""Properties with generated cases: few and always the same ones in `make test`, many in `make fuzz`."""

import asyncio
import functools
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

FACTOR = "TASKDECK_FUZZ_FACTOR"
"""The environment variable that says how many times as many cases to check; without it they are the same each time."""
COUNTS = "TASKDECK_FUZZ_COUNTS"
"""The environment variable that names the file into which the cases of each property are written."""

cases: Counter[str] = Counter()


def is_long() -> bool:
    return FACTOR in os.environ


def load_profile() -> None:
    """Make every test with Hypothesis repeatable, unless this is a long run."""
    settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
    settings.register_profile("long", deadline=None, database=None, print_blob=True)
    settings.load_profile("long" if is_long() else "repeatable")


def fuzzed(examples: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a test as a property; it comes below `@given`'s arguments: `@fuzzed(50)` above `@given(…)`."""

    def decorate(test: Callable[..., Any]) -> Callable[..., Any]:
        factor = float(os.environ.get(FACTOR, "1"))
        inner = test.hypothesis.inner_test  # type: ignore[attr-defined]
        name = f"{test.__module__.removeprefix('tests.')}: {test.__name__.removeprefix('test_').replace('_', ' ')}"

        if asyncio.iscoroutinefunction(inner):

            @functools.wraps(inner)
            async def counted(*args: Any, **kwargs: Any) -> None:
                cases[name] += 1
                await inner(*args, **kwargs)
        else:

            @functools.wraps(inner)
            def counted(*args: Any, **kwargs: Any) -> None:
                cases[name] += 1
                inner(*args, **kwargs)

        test.hypothesis.inner_test = counted  # type: ignore[attr-defined]
        configured = settings(max_examples=max(1, round(examples * factor)), suppress_health_check=list(HealthCheck))
        return pytest.mark.fuzz(pytest.mark.timeout(1200 if is_long() else 240)(configured(test)))  # type: ignore[no-any-return]

    return decorate


def write_counts() -> None:
    """Write the cases of this process for the long run."""
    if name := os.environ.get(COUNTS):
        Path(name).write_text(json.dumps(cases), encoding="utf-8")
