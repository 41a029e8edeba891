"""`python -m backend.plugins.conformance executor|strategy NAME`: the checks of a plug-in that is installed."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from backend.plugins.conformance.checks import Check, outcomes
from backend.plugins.conformance.executor_checks import ExecutorExamples, executor_checks
from backend.plugins.conformance.strategy_checks import strategy_checks

_GROUPS = {"executor": "taskdeck.executors", "strategy": "taskdeck.strategies"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each check and how it came out; return 0 where all hold, otherwise 1."""
    options = _parser().parse_args(arguments)
    entry = _entry_point(options.kind, options.name)
    done = asyncio.run(outcomes(_checks(options, entry)))
    for outcome in done:
        print(f"{'FAILED' if outcome.found else 'ok':<8}{outcome.sentence}")
        if outcome.found:
            print(f"        {outcome.found}")
    failed = sum(bool(outcome.found) for outcome in done)
    print(f"{len(done) - failed} of {len(done)} checks hold.")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.plugins.conformance", description=__doc__)
    parser.add_argument("kind", choices=list(_GROUPS))
    parser.add_argument("name", help="the name of the entry point")
    parser.add_argument("--good", default="", help="executor: a command that succeeds within seconds")
    parser.add_argument("--failing", help="executor: a command that fails")
    parser.add_argument("--lasting", help="executor: a command that takes a minute at least")
    parser.add_argument("--wrong", help="executor: a command that is refused when its task is saved")
    parser.add_argument("--argument", action="append", default=[], help="executor: an argument of each; repeatable")
    return parser


def _entry_point(kind: str, name: str) -> EntryPoint:
    found = {entry.name: entry for entry in entry_points(group=_GROUPS[kind])}
    if name not in found:
        sys.exit(f"The {kind} {name!r} is not installed. Those that are: {', '.join(sorted(found))}")
    return found[name]


def _checks(options: argparse.Namespace, entry: EntryPoint) -> list[Check]:
    made: Any = entry.load()
    if options.kind == "strategy":
        return strategy_checks(made)
    examples = ExecutorExamples(
        good=options.good,
        failing=options.failing,
        lasting=options.lasting,
        wrong=options.wrong,
        arguments=options.argument,
    )
    return executor_checks(entry.name, made, examples)


if __name__ == "__main__":
    sys.exit(main())
