"""What the owner of a worker permits, as lines."""

from collections.abc import Iterator

from shared.models.worker import WorkerRules


def rule_facts(rules: WorkerRules | None) -> Iterator[tuple[str, str]]:
    """Yield names and values, for `print_facts`; none for a worker that does not report its rules."""
    if rules is None:
        return
    yield "Executors", ", ".join(rules.executors) or "none"
    yield "Runs as", rules.run_as
    yield "Tasks may name", ", ".join(rules.users) or "no other user"
    for name, permitted in (
        ("Commands", rules.commands),
        ("Folders", rules.folders),
        ("Directories", rules.working_directories),
        ("Variables", rules.environment),
    ):
        if permitted is not None:
            yield name, "\n".join(permitted) or "none"
    yield "Required labels", "\n".join(f"{name}: {', '.join(values)}" for name, values in rules.labels.items())
    limits = (
        ("memory", rules.memory_mb, " MiB"),
        ("CPU time", rules.cpu_seconds, " s"),
        ("open files", rules.open_files, ""),
        ("processes", rules.processes, ""),
        ("processors", rules.cpus, ""),
        ("run time", rules.timeout_seconds, " s"),
    )
    yield "Limits", ", ".join(f"{name} {most}{unit}" for name, most, unit in limits if most is not None)
    secrets = [
        name if "/" in folders else f"{name} (in {', '.join(folders)})" for name, folders in rules.secrets.items()
    ]
    if rules.has_secret_rules:
        yield "Secrets", f"only {', '.join(secrets)}" if secrets else "none"
    else:
        yield "Own secrets", ", ".join(secrets)
