"""Backup and restore of the local database with pg_dump and pg_restore."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import structlog

from backend.database.embedded_postgres import EmbeddedPostgres
from backend.local_directory import LocalDirectory
from shared.errors import StartupError

_MAGIC = b"PGDMP"

log = structlog.get_logger()


async def back_up(data_dir: Path, file: Path) -> int:
    """Write the local database to `file`, whether its backend runs or not; return the size in bytes.

    A failed backup leaves no file. Raises `StartupError`.
    """
    if not (data_dir / "postgres" / "PG_VERSION").exists():
        raise StartupError(f"{data_dir} contains no local database. Choose its directory with --data-dir.")
    directory = LocalDirectory(data_dir)
    running = directory.acquire()
    postgres = EmbeddedPostgres(data_dir / "postgres")
    try:
        await postgres.start()
        try:
            unfinished = _private_file(file.with_name(f"{file.name}.unfinished"))
            try:
                await _run(postgres.bin_dir / "pg_dump", "-Fc", "-d", postgres.url, "-f", str(unfinished))
                unfinished.replace(file)
            finally:
                unfinished.unlink(missing_ok=True)
        finally:
            if running is None:
                await postgres.stop()
    finally:
        if running is None:
            directory.release()
    return file.stat().st_size


def _private_file(path: Path) -> Path:
    """Create an empty file that only its owner can read: a backup holds password hashes and keys.

    A former one, or a link that somebody else put there, is replaced.
    """
    try:
        path.unlink(missing_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StartupError(f"{path} cannot be created: {error.strerror}. Choose another place.") from error
    return path


async def restore(data_dir: Path, file: Path) -> Path | None:
    """Replace the local database by the contents of `file`; return where the previous one is kept, if there was one.

    Raises `StartupError` if a backend uses the directory or the file cannot be read. The previous database is then
    unchanged.
    """
    _check(file)
    directory = LocalDirectory(data_dir)
    running = directory.acquire()
    if running is not None:
        raise StartupError(
            f"A backend uses {data_dir}: {running.url}, process {running.pid}. Stop it, then restore again."
        )
    folder = data_dir / "postgres"
    kept = data_dir / f"postgres-before-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    try:
        had_one = folder.exists()
        if had_one:
            folder.rename(kept)
        try:
            await _fill(folder, file)
        except BaseException:
            if folder.exists():
                folder.rename(data_dir / f"postgres-unfinished-{datetime.now(UTC):%Y%m%d-%H%M%S}")
            if had_one:
                kept.rename(folder)
            raise
    finally:
        directory.release()
    return kept if had_one else None


async def _fill(folder: Path, file: Path) -> None:
    postgres = EmbeddedPostgres(folder)
    await postgres.start()
    try:
        await _run(
            postgres.bin_dir / "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "-d",
            postgres.url, str(file),
        )  # fmt: skip
    finally:
        await postgres.stop()


def _check(file: Path) -> None:
    try:
        with file.open("rb") as stream:
            is_dump = stream.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        raise StartupError(f"{file} cannot be read: {error.strerror}.") from error
    if not is_dump:
        raise StartupError(f"{file} is not a backup. Create one with: taskdeck backup FILE")


async def _run(program: Path, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        program, *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        lines = said.decode(errors="replace").strip().splitlines()
        raise StartupError(f"{program.name} failed: {lines[0] if lines else f'exit code {process.returncode}'}")
