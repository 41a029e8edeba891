"""`taskdeck apply` and `taskdeck diff`: definitions from files."""

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from backend.cli.connection import call
from backend.cli.definition_files import FileOptions, apply_files, read_files, with_file_options
from backend.cli.exit_codes import ExitCode
from backend.cli.output import AsJson, Yes, confirm, print_json
from backend.cli.say import say
from shared.models.definitions import AppliedDefinition, DefinitionAction, DefinitionsResult, Section
from shared.models.task_version import FieldChange

_SIGNS = {DefinitionAction.CREATED: "+", DefinitionAction.CHANGED: "~", DefinitionAction.DELETED: "-"}
_MOST_NAMED = 10


@with_file_options
def apply(
    options: FileOptions,
    dry_run: Annotated[bool, typer.Option(help="Only print what would change.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Create and change what files define: tasks, calendars, concurrency groups, channels and rules, all or none.

    What the files do not name stays as it is. With --prune, tasks of a folder or with a label that they do not name are
    deleted, after a plan is shown and confirmed.
    """
    files = read_files(options.file)
    prune = options.prune_filter()

    def run(*, is_dry: bool, plan: str | None = None) -> DefinitionsResult:
        return call(
            lambda client: apply_files(client, files, prune=prune, exact=options.exact, dry_run=is_dry, plan=plan)
        )

    plan = None
    if prune is not None and not dry_run:
        planned = run(is_dry=True)
        plan = planned.plan
        deleted = [one.name for one in planned.definitions if one.action is DefinitionAction.DELETED]
        if deleted and not yes:
            _print(planned.definitions)
            more = f" and {len(deleted) - _MOST_NAMED:,} more" if len(deleted) > _MOST_NAMED else ""
            confirm(f"Delete {', '.join(deleted[:_MOST_NAMED])}{more} with all runs, and apply the rest?", yes=False)
    done = run(is_dry=dry_run, plan=plan)
    if as_json:
        print_json(done.definitions)
        return
    _print(done.definitions)
    if dry_run:
        say("Dry run: nothing was changed.", err=True)


@with_file_options
def diff(options: FileOptions, as_json: AsJson = False) -> None:
    """Show what `apply` would change, field by field. The exit code is 1 where something differs."""
    files = read_files(options.file)
    prune = options.prune_filter()
    found = call(lambda client: apply_files(client, files, prune=prune, exact=options.exact, dry_run=True))
    differing = [one for one in found.definitions if one.action is not DefinitionAction.UNCHANGED]
    if as_json:
        print_json(differing)
    else:
        for one in differing:
            say(f"{_SIGNS[one.action]} {_titled(one)}")
            for change in one.changes:
                for line in _changed_lines(change):
                    say(f"    {line}")
        say(_counts(found.definitions), err=True)
    if differing:
        raise typer.Exit(ExitCode.FAILED)


def _print(definitions: Sequence[AppliedDefinition]) -> None:
    for one in definitions:
        suffix = f": {', '.join(change.field for change in one.changes)}" if one.changes else ""
        say(f"{one.action:<10}{_titled(one)}{suffix}")
    say(_counts(definitions), err=True)


def _titled(one: AppliedDefinition) -> str:
    """Return the name, and what it is the name of unless that is a task."""
    kind = one.section.value.removesuffix("s").replace("_", " ")
    return one.name if one.section is Section.TASKS else f"{kind} {one.name}"


def _counts(definitions: Sequence[AppliedDefinition]) -> str:
    counts = Counter(one.action for one in definitions)
    return (
        ", ".join(f"{counts[action]:,} {action}" for action in DefinitionAction if counts[action]) or "Nothing to do."
    )


def _changed_lines(change: FieldChange) -> Iterator[str]:
    """Yield a changed field in one line, or texts of several lines as their differing lines."""
    before, after = change.before, change.after
    texts = [value for value in (before, after) if isinstance(value, str)]
    if any("\n" in text for text in texts):
        yield f"{change.field}:"
        was, now = (value.splitlines() if isinstance(value, str) else [] for value in (before, after))
        for line in list(difflib.unified_diff(was, now, lineterm="", n=2))[2:]:
            yield f"  {line}"
        return
    yield f"{change.field}: {_value(before)} → {_value(after)}"


def _value(value: object) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
