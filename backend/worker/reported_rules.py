"""What a worker tells the backend of its owner's rules, so that people see what runs there, and tasks go elsewhere."""

from collections.abc import Iterable, Mapping, Sequence

from backend.worker.owner_rules import OwnerRules
from shared.models.worker import WorkerRules

_MOST = 200
_FEW = 10
"""Of the folders of a secret, and of the values of a label."""
_LONGEST = 200


def reported_rules(
    rules: OwnerRules, *, executors: Iterable[str], own_user: str, secrets: Iterable[str]
) -> WorkerRules:
    """Return the rules as a heartbeat has them; `executors` and `secrets` are what the worker has, by name.

    Of longer lists and texts than a heartbeat may have, the rest is left out: they are shown, and the worker decides.
    """
    allow, limits = rules.allow, rules.limits
    permitted = allow.executors
    return WorkerRules(
        executors=_texts(name for name in sorted(executors) if permitted is None or name in permitted),
        run_as=rules.commands.run_as or own_user,
        users=_texts(allow.users),
        commands=_optional(allow.commands),
        folders=_optional(allow.folders),
        labels=_lists(allow.labels),
        working_directories=_optional(allow.working_directories),
        environment=_optional(allow.environment),
        secrets=_secrets(rules, secrets),
        has_secret_rules=rules.secrets is not None,
        memory_mb=limits.memory_mb,
        cpu_seconds=limits.cpu_seconds,
        open_files=limits.open_files,
        processes=limits.processes,
        cpus=limits.cpus,
        timeout_seconds=limits.timeout_seconds,
    )


def _secrets(rules: OwnerRules, own: Iterable[str]) -> dict[str, list[str]]:
    if rules.secrets is not None:
        return _lists(rules.secrets)
    return {name: ["/"] for name in _texts(own)}


def _optional(texts: Sequence[str] | None) -> list[str] | None:
    return None if texts is None else _texts(texts)


def _lists(named: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name[:_LONGEST]: _texts(texts, most=_FEW) for name, texts in sorted(named.items())[:_MOST]}


def _texts(texts: Iterable[str], *, most: int = _MOST) -> list[str]:
    return [text[:_LONGEST] for text in list(texts)[:most]]
