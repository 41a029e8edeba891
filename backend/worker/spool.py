"""What a worker must not forget: processes it started, and results that the broker has not confirmed.

A file of JSON lines, only ever appended to while anything in it matters, and emptied when nothing does.
It is written without fsync: it outlives the process, and a machine that lost its power runs nothing.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from backend.broker.messages import AttemptEnd, AttemptRef, AttemptResult, Ending
from backend.worker.orphans import Mark

FILE_NAME = "spool.jsonl"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StartedProcess:
    """A process of an attempt: the mark that it and its descendants bear, and the Unix time before which none began."""

    ref: AttemptRef
    mark: Mark
    start_time: float


@dataclass(frozen=True, slots=True)
class FormerLife:
    """What a former incarnation left behind."""

    processes: tuple[StartedProcess, ...]
    results: tuple[AttemptEnd, ...]


class Spool:
    """One worker's spool; one process at a time may have it open."""

    def __init__(self, folder: Path) -> None:
        """Create the folder where there is none; raises OSError where that cannot be."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / FILE_NAME
        self.former_life = self._read()
        self._open: set[AttemptRef] = set()
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def forget_former_life(self) -> None:
        """Begin anew, once what was left behind has been dealt with."""
        os.ftruncate(self._descriptor, 0)

    def started(self, ref: AttemptRef, *, mark: Mark, start_time: float) -> None:
        """Note a process before anything can go wrong with it."""
        self._open.add(ref)
        self._write(
            [
                {
                    "kind": "started",
                    "run_id": ref.run_id,
                    "attempt": ref.attempt,
                    "mark": mark.value,
                    "start_time": start_time,
                }
            ]
        )

    def finished(self, results: Sequence[AttemptEnd]) -> None:
        """Note results that are about to be sent."""
        self._open.update(result.ref for result in results)
        self._write([{"kind": "finished", **asdict(result)} for result in results])

    def confirmed(self, refs: Iterable[AttemptRef]) -> None:
        """Note that the broker has these results; when nothing is left, the file is emptied."""
        done = list(refs)
        self._open.difference_update(done)
        if self._open:
            self._write([{"kind": "confirmed", "run_id": ref.run_id, "attempt": ref.attempt} for ref in done])
        else:
            os.ftruncate(self._descriptor, 0)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _write(self, records: Sequence[dict[str, Any]]) -> None:
        text = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)
        try:
            os.write(self._descriptor, text.encode())
        except OSError as error:
            # The work goes on from memory: a full disk costs the safety net, not the run.
            log.error("the spool cannot be written; free some space", path=str(self._path), cause=str(error))

    def _read(self) -> FormerLife:
        processes: dict[AttemptRef, StartedProcess] = {}
        results: dict[AttemptRef, AttemptEnd] = {}
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return FormerLife((), ())
        for line in lines:
            try:
                record = json.loads(line)
                kind = record.pop("kind")
                ref = AttemptRef(record["run_id"], record["attempt"])
                if kind == "started" and "mark" not in record:
                    log.warning(
                        "a process of a former version may still run; end it if it does",
                        run=ref.run_id,
                        pid=record.get("pid"),
                    )
                elif kind == "started":
                    processes[ref] = StartedProcess(ref, Mark(record["mark"]), record["start_time"])
                elif kind == "finished":
                    processes.pop(ref, None)
                    result = record.pop("result")
                    ending = Ending(result.pop("ending"))
                    results[ref] = AttemptEnd(result=AttemptResult(ending=ending, **result), **record)
                else:
                    results.pop(ref, None)
                    processes.pop(ref, None)
            except (ValueError, KeyError, TypeError):
                log.warning("a line of the spool was torn", path=str(self._path))
        return FormerLife(tuple(processes.values()), tuple(results.values()))
