"""What the owner of a worker permits, in words, so that people see why a task does not run there."""

from collections.abc import Mapping, Sequence

from console.words import enumeration, fill, tr
from shared.models.worker import WorkerRules

_ANY_FOLDER = "/"


def rule_facts(rules: WorkerRules | None) -> dict[str, str]:
    """Return the texts of the facts about a worker's rules; empty where nothing is said."""
    if rules is None:
        return dict.fromkeys(("executors", "users", "permits", "limits", "secrets"), "")
    return {
        "executors": enumeration(rules.executors) or tr("none"),
        "users": user_words(rules),
        "permits": permit_words(rules),
        "limits": limit_words(rules),
        "secrets": secret_words(rules),
    }


def user_words(rules: WorkerRules) -> str:
    """Return as whom commands run."""
    if not rules.users:
        return rules.run_as
    return tr("%1; tasks may name %2", rules.run_as, enumeration(rules.users))


def permit_words(rules: WorkerRules) -> str:
    """Return what the owner permits, one kind a line; empty without such rules."""
    lines: list[tuple[str, Sequence[str] | None]] = [
        (tr("commands"), rules.commands),
        (tr("folders"), rules.folders),
        (tr("working directories"), rules.working_directories),
        (tr("variables"), rules.environment),
    ]
    found = [tr("%1: %2", title, enumeration(texts) or tr("none")) for title, texts in lines if texts is not None]
    found += [tr("label %1: %2", name, enumeration(values)) for name, values in rules.labels.items()]
    return "\n".join(found)


def limit_words(rules: WorkerRules) -> str:
    """Return the highest limits of a run; empty without one."""
    limits: Mapping[str, float | None] = {
        tr("%1 MiB of memory"): rules.memory_mb,
        tr("%1 s of CPU time"): rules.cpu_seconds,
        tr("%1 open files"): rules.open_files,
        tr("%1 processes"): rules.processes,
        tr("%1 processors"): rules.cpus,
        tr("%1 s of run time"): rules.timeout_seconds,
    }
    return enumeration(fill(words, value) for words, value in limits.items() if value is not None)


def secret_words(rules: WorkerRules) -> str:
    """Return the names of the secrets that tasks may use there, with their folders."""
    named = [
        name if _ANY_FOLDER in folders else tr("%1 (in %2)", name, enumeration(folders))
        for name, folders in rules.secrets.items()
    ]
    if rules.has_secret_rules:
        return tr("only %1", enumeration(named)) if named else tr("none")
    return enumeration(named)
