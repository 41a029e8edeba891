"""Writes the client for programs without an event loop from the asynchronous one: `python -m tests.sync_client`."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "shared" / "client" / "client.py"
TARGET = ROOT / "shared" / "client" / "sync_client.py"
NOT_METHODS = {"close"}
HEAD = '"""The client for programs without an event loop. `make sync-client` writes this module from `client.py`."""\n'
CLASS = '''
class SyncTaskdeckClient:
    """One backend's API, as `TaskdeckClient` has it: the same methods, each of which waits for its answer.

    Close it, or use it in a `with` statement. It may be used by several threads.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        tls: ssl.SSLContext | None = None,
        allows_http: bool = False,
    ) -> None:
        """Raises `ClearTextRefusedError` for HTTP to another machine, unless `allows_http`."""
        self._client = TaskdeckClient(base_url, auth=auth, tls=tls, allows_http=allows_http)
        self._thread = LoopThread("taskdeck client")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the calls under way and close the connections."""
        if not self._thread.is_closed:
            self._thread.run(self._client.close())
            self._thread.close()
'''


def methods(tree: ast.Module) -> list[ast.AsyncFunctionDef]:
    """Return the methods of the client that somebody may call."""
    (client,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "TaskdeckClient"]
    return [
        node
        for node in client.body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_") and node.name not in NOT_METHODS
    ]


def _arguments(method: ast.AsyncFunctionDef) -> str:
    """Return the arguments as they are passed on."""
    given = method.args
    passed = [argument.arg for argument in given.args[1:]]
    passed += [f"{argument.arg}={argument.arg}" for argument in given.kwonlyargs]
    if given.kwarg is not None:
        passed.append(f"**{given.kwarg.arg}")
    return ", ".join(passed)


def sync_method(method: ast.AsyncFunctionDef) -> str:
    """Return the method that waits."""
    assert method.returns is not None
    returns, call = ast.unparse(method.returns), f"self._client.{method.name}({_arguments(method)})"
    if returns.startswith("AsyncGenerator["):
        returns = f"Iterator[{ast.unparse(method.returns.slice.elts[0])}]"  # type: ignore[attr-defined]
        body = f"yield from self._thread.iterate({call})"
    elif returns == "None":
        body = f"self._thread.run({call})"
    else:
        body = f"return self._thread.run({call})"
    documented = ast.get_docstring(method, clean=False)
    lines = [f"    def {method.name}({ast.unparse(method.args)}) -> {returns}:"]
    if documented is not None:
        lines.append(f'        """{documented}"""')
    return "\n".join([*lines, f"        {body}"])


def generated() -> str:
    """Return the module."""
    text = SOURCE.read_text(encoding="utf-8")
    tree = ast.parse(text)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom | ast.If)]
    own = ast.parse(
        "from collections.abc import Iterator\n"
        "from shared.client.client import ANSWER_TIMEOUT_SECONDS, TaskdeckClient\n"
        "from shared.client.loop_thread import LoopThread\n"
    ).body
    future, *others = imports
    written = [
        HEAD,
        ast.unparse(future),
        *(ast.unparse(node) for node in [*own, *others]),
        CLASS,
        *(sync_method(method) for method in methods(tree)),
    ]
    return _formatted("\n\n".join(written))


def _formatted(text: str) -> str:
    """Return the code without unused imports, as the linter wants it."""
    ruff = [str(Path(sys.executable).with_name("ruff"))]
    name = ["--stdin-filename", str(TARGET), "-"]
    for command in (["check", "--quiet", "--fix-only", "--select", "F401,I,TC"], ["format", "--quiet"]):
        done = subprocess.run(
            [*ruff, *command, *name], input=text, capture_output=True, text=True, check=True, cwd=ROOT
        )
        text = done.stdout
    return text


if __name__ == "__main__":
    TARGET.write_text(generated(), encoding="utf-8")
