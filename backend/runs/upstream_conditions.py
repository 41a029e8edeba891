"""Which outcomes of an upstream run satisfy the condition of a dependency."""

from collections.abc import Mapping

from shared.enums import DependencyCondition, RunStatus

SATISFIED_BY: Mapping[DependencyCondition, frozenset[RunStatus]] = {
    DependencyCondition.SUCCESS: frozenset({RunStatus.SUCCEEDED}),
    DependencyCondition.FAILURE: frozenset({RunStatus.FAILED, RunStatus.TIMED_OUT}),
    DependencyCondition.COMPLETION: frozenset(
        {RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.TIMED_OUT, RunStatus.CANCELLED}
    ),
}


def satisfied_sql(*, condition: str, status: str) -> str:
    """Return an SQL expression for whether a run's status satisfies a condition; both are SQL expressions."""
    cases = " ".join(
        f"when '{one}' then {status} in ({', '.join(repr(str(outcome)) for outcome in sorted(outcomes))})"
        for one, outcomes in SATISFIED_BY.items()
    )
    return f"case {condition} {cases} end"
