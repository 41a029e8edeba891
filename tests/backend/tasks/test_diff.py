"""The differences between two versions of a task."""

from backend.tasks.diff import diff


def test_a_version_that_is_older_than_a_field_has_its_default() -> None:
    changes = diff({"name": "a", "command": "x"}, {"name": "a", "command": "y", "retry_on_timeout": True})
    assert [(one.field, one.before, one.after) for one in changes] == [("command", "x", "y")]
