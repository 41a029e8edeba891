"""The fields of tasks as clients send them: most are accepted, some are at a limit, some beyond it."""

import json
from typing import Any

from hypothesis import strategies as st

from tests.strategies.schedules import SCHEDULES
from tests.strategies.texts import HEADER_NAMES, HEADER_VALUES, NAMES, TEXTS

_LONG = 128 * 1024
_SHELL_COMMANDS = st.one_of(
    st.sampled_from(
        (
            "true",
            "exit 3",
            "printf '%s' \"$1\"",
            "env",
            "kill -9 $$",
            "#!/bin/sh\necho script",
            "#! /bin/sh -e\nfalse\n",
            "#!/no/such/interpreter\nx",
            "#!",
            "#!\n",
            "\ufeffecho mark",
            "echo a\r\necho b\r\n",
            "",
            " \n ",
            "echo '" + "x" * _LONG + "' | wc -c",
            "no-such-program",
            "printf '\\377\\000\\n'; echo '{\"a\": 1}' > \"$TASKDECK_OUTPUT\"",
        )
    ),
    TEXTS.map(lambda text: f": {text}"),
)
_URLS = st.sampled_from(
    (
        "http://127.0.0.1:9/",
        "http://127.0.0.1:9/a b",
        "http://[::1]:9/",
        "http://127.0.0.1:99999/",
        "http://user:pass@127.0.0.1:9/?q=%zz",
        "ftp://127.0.0.1/",
        "http://",
        "http://127.0.0.1:9/${secret:NONE}",
        "HTTP://127.0.0.1:9/#fragment",
    )
)
_HTTP_COMMANDS = st.builds(
    lambda url, method, headers, body, status: json.dumps(
        {"url": url, "method": method, "headers": headers, "body": body}
        | ({"expected_status": status} if status else {})
    ),
    _URLS,
    st.sampled_from(("GET", "post", "DELETE", "PUT", "TRACE")),
    st.dictionaries(HEADER_NAMES, HEADER_VALUES, max_size=2),
    st.one_of(st.none(), TEXTS, st.integers(), st.dictionaries(TEXTS, TEXTS, max_size=2)),
    st.sampled_from((None, None, 200, [200, 404], 99, [])),
)
_ARGUMENTS = st.one_of(
    st.lists(TEXTS, max_size=4),
    st.sampled_from((["x" * (_LONG - 1)], ["x" * _LONG], ["\N{ROCKET}" * 32768], ["a"] * 1000)),
)
_VARIABLES = st.one_of(
    st.sampled_from(("A", "_b2", "PATH", "HOME", "TASKDECK_RUN_ID", "A\n", "2A", "", "A=B", "é")), NAMES
)
_VALUES = st.one_of(TEXTS, st.sampled_from(("x" * (_LONG - 4), "x" * _LONG, "${secret:NONE}", "")))
_FOLDERS = st.one_of(
    st.sampled_from((None, "", "/", "/tmp", "tmp", "~", ".", "/proc/1/cwd", "/dev/null", "/" + "a" * 300, "/a" * 2000)),
    TEXTS,
)


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, Any]:
    """The body of POST /api/tasks; a worker of any kind can run every task that names no other user."""
    executor = draw(st.sampled_from(("shell", "shell", "shell", "shell", "http", "http", "noop", "nonsense")))
    command = {"shell": _SHELL_COMMANDS, "http": _HTTP_COMMANDS}.get(executor, TEXTS)
    optional: dict[str, st.SearchStrategy[Any]] = {
        "description": TEXTS,
        "folder": st.one_of(st.sampled_from(("", "a/b", "/a/", "a//b")), NAMES),
        "arguments": _ARGUMENTS,
        "environment": st.dictionaries(_VARIABLES, _VALUES, max_size=3),
        "working_directory": _FOLDERS,
        "run_as": st.sampled_from((None, "", "nobody", "root", "no such", "-x", "a" * 65)),
        "schedule": SCHEDULES,
        "timezone": st.sampled_from(("UTC", "Europe/Berlin", "localtime", "Mars/Olympus", "")),
        "jitter_seconds": st.sampled_from((0, 1, 30, 86_400, 86_401)),
        "labels": st.dictionaries(NAMES, TEXTS, max_size=2),
        "timeout_seconds": st.sampled_from((5, 6, 7, 604_801)),
        "max_memory_mb": st.sampled_from((None, 16, 64, 15, 16_777_216)),
        "max_cpu_seconds": st.sampled_from((None, 1, 604_800)),
        "max_open_files": st.sampled_from((None, 16, 1024, 1_048_576)),
        "priority": st.sampled_from(("low", "critical", "urgent")),
        "keep_runs": st.sampled_from((None, 1, 0)),
        "task_type": NAMES,
    }
    chosen = draw(st.lists(st.sampled_from(sorted(optional)), max_size=3, unique=True))
    name = draw(st.one_of(st.from_regex(r"[a-z0-9 .%_-]{1,20}", fullmatch=True), NAMES))
    return {"name": name, "executor": executor, "command": draw(command)} | {
        name: draw(optional[name]) for name in chosen
    }
