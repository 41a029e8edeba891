"""What a worker must know after its process was killed: what it began, its processes, and results to be sent.

A file of JSON lines. Lines are only appended while any of them matters, and the file is emptied when none does. It is
written without fsync: it outlives the process, and after a power failure no process is left to end.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import structlog
from msgspec import json
from pydantic import Field, TypeAdapter, ValidationError

from backend.broker.message_class import message
from backend.broker.messages import AttemptEnd, AttemptRef
from backend.worker.process_mark import ProcessMark

FILE_NAME = "spool.jsonl"

log = structlog.get_logger()


@message(frozen=True, slots=True)
class StartedProcess:
    """A process of an attempt: the mark of it and its descendants, and the Unix time at which it was started."""

    ref: AttemptRef
    mark: ProcessMark
    start_time: float


@message(frozen=True, slots=True)
class BegunAttempt:
    """An attempt whose execution began at a Unix time."""

    ref: AttemptRef
    time: float


@message(frozen=True, slots=True)
class Predecessor:
    """What the worker's last incarnation left behind; `began` are the attempts without a result."""

    began: tuple[BegunAttempt, ...] = ()
    processes: tuple[StartedProcess, ...] = ()
    results: tuple[AttemptEnd, ...] = ()


@message(frozen=True, slots=True)
class _Began:
    attempt: BegunAttempt
    kind: Literal["began"] = "began"


@message(frozen=True, slots=True)
class _Started:
    process: StartedProcess
    kind: Literal["started"] = "started"


@message(frozen=True, slots=True)
class _Finished:
    end: AttemptEnd
    kind: Literal["finished"] = "finished"


@message(frozen=True, slots=True)
class _Acknowledged:
    ref: AttemptRef
    kind: Literal["acknowledged"] = "acknowledged"


_Record = _Began | _Started | _Finished | _Acknowledged
_encode = json.Encoder().encode
"""pydantic takes six times as long, for three records a run. It reads them: what a file holds is checked."""
_RECORDS: TypeAdapter[_Record] = TypeAdapter(Annotated[_Record, Field(discriminator="kind")])


class Spool:
    """One worker's spool. One process at a time may have it open."""

    def __init__(self, folder: Path) -> None:
        """Open it, and create the folder where it does not exist; raises OSError."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / FILE_NAME
        self.predecessor = self._read()
        self._open: set[AttemptRef] = set()
        self._descriptor: int | None = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def forget_predecessor_processes(self) -> None:
        """Keep only the results of the last incarnation: its processes have been ended."""
        self._empty()
        if self.predecessor.results:
            self.finished(self.predecessor.results)

    def began(self, attempts: Sequence[BegunAttempt]) -> None:
        """Record attempts before their commands are started, which may end this process."""
        if attempts:
            self._open.update(attempt.ref for attempt in attempts)
            self._write([_Began(attempt) for attempt in attempts])

    def started(self, process: StartedProcess) -> None:
        """Record a process that was started."""
        self._open.add(process.ref)
        self._write([_Started(process)])

    def finished(self, ends: Sequence[AttemptEnd]) -> None:
        """Record results before they are sent."""
        self._open.update(end.ref for end in ends)
        self._write([_Finished(end) for end in ends])

    def acknowledged(self, refs: Iterable[AttemptRef]) -> None:
        """Record that the broker has these results, or needs none."""
        done = list(refs)
        self._open.difference_update(done)
        if self._open:
            self._write([_Acknowledged(ref) for ref in done])
        else:
            self._empty()

    def close(self) -> None:
        """Close the file; may be called twice. What is recorded afterwards is lost."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _empty(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)

    def _write(self, records: Sequence[_Record]) -> None:
        if self._descriptor is None:
            return
        lines = b"".join(_encode(record) + b"\n" for record in records)
        try:
            os.write(self._descriptor, lines)
        except OSError as error:
            # The work goes on from memory: a full disk costs the safety net, not the run.
            log.error("the spool cannot be written; free some space", path=str(self._path), cause=str(error))

    def _read(self) -> Predecessor:
        began: dict[AttemptRef, BegunAttempt] = {}
        processes: dict[AttemptRef, StartedProcess] = {}
        results: dict[AttemptRef, AttemptEnd] = {}
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return Predecessor()
        for line in filter(None, lines):
            try:
                record = _RECORDS.validate_json(line)
            except ValidationError:
                log.warning("a line of the spool cannot be read and is left out", path=str(self._path))
                continue
            match record:
                case _Began(attempt):
                    began[attempt.ref] = attempt
                case _Started(process):
                    processes[process.ref] = process
                case _Finished(end):
                    began.pop(end.ref, None)
                    processes.pop(end.ref, None)
                    results[end.ref] = end
                case _Acknowledged(ref):
                    began.pop(ref, None)
                    processes.pop(ref, None)
                    results.pop(ref, None)
        return Predecessor(tuple(began.values()), tuple(processes.values()), tuple(results.values()))
