"""Checks that a plug-in fulfils its contract, for its author: `python -m backend.plugins.conformance --help`."""

from backend.plugins.conformance.checks import Check, Outcome
from backend.plugins.conformance.executor_checks import ExecutorExamples, executor_checks
from backend.plugins.conformance.strategy_checks import strategy_checks

__all__ = ["Check", "ExecutorExamples", "Outcome", "executor_checks", "strategy_checks"]
