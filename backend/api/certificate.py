"""The certificate of the API: read at the start, and again when its files change."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import structlog
from cryptography import x509

from backend.private_files import exposure
from backend.settings import Settings
from shared.errors import StartupError

CHECK_SECONDS = 10.0
"""Between two looks at the files. Whoever renews a certificate may also send SIGHUP, which is taken at once."""

log = structlog.get_logger()

_Stamp = tuple[tuple[int, int, int] | None, ...]
"""Of each file its inode, size and time of change; None where it cannot be read."""


class _EncryptedKeyError(Exception):
    """OpenSSL asked for the password of a key; without an answer it would ask on the terminal."""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Files in PEM form: the certificate, with those of its authorities below it, and its key.

    Without `key` the first file has both.
    """

    certificate: Path
    key: Path | None

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Return the files that the settings name, or None. Raises `StartupError` for a key without a certificate."""
        if settings.tls_certificate is None:
            if settings.tls_key is not None:
                raise StartupError("TASKDECK_TLS_KEY is set without TASKDECK_TLS_CERTIFICATE. Set both, or neither.")
            return None
        return cls(settings.tls_certificate, settings.tls_key)

    def context(self) -> ssl.SSLContext:
        """Return a context for TLS 1.2 and later; raises `StartupError` that names the file and what is wrong."""
        self._check_readable()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(self.certificate, self.key, password=_no_password)
        except _EncryptedKeyError:
            raise StartupError(
                f"The key {self.key or self.certificate} has a password. Store it without one, readable by this "
                "process only: openssl pkey -in KEY -out NEW"
            ) from None
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise StartupError(
                    f"The key {self.key or self.certificate} does not belong to the certificate {self.certificate}. "
                    "Set TASKDECK_TLS_KEY to the key with which the certificate was requested."
                ) from error
            raise StartupError(
                f"The certificate {self.certificate} and its key {self.key or 'in the same file'} cannot be used: "
                f"{error.reason or 'they are not in PEM form'}. Set TASKDECK_TLS_CERTIFICATE and TASKDECK_TLS_KEY to "
                "files in PEM form."
            ) from error
        self._check_private()
        return context

    def expires_at(self) -> datetime:
        """Return when the certificate expires; raises `StartupError` for a file without one."""
        self._check_readable()
        try:
            return x509.load_pem_x509_certificate(self.certificate.read_bytes()).not_valid_after_utc
        except ValueError as error:
            raise StartupError(
                f"TASKDECK_TLS_CERTIFICATE {self.certificate} holds no certificate in PEM form: {error}"
            ) from error

    def stamp(self) -> _Stamp:
        """Return what changes whenever one of the files does."""
        return tuple(_stamp(path) for path in (self.certificate, self.key or self.certificate))

    def _check_private(self) -> None:
        """Raise `StartupError` where others can read the file with the key."""
        setting, path = ("TASKDECK_TLS_KEY", self.key) if self.key else ("TASKDECK_TLS_CERTIFICATE", self.certificate)
        if (why := exposure(path)) is not None:
            raise StartupError(f"{setting} names {path}, which is not private: {why}")

    def _check_readable(self) -> None:
        for setting, path in (("TASKDECK_TLS_CERTIFICATE", self.certificate), ("TASKDECK_TLS_KEY", self.key)):
            try:
                if path is not None:
                    path.read_bytes()
            except OSError as error:
                raise StartupError(
                    f"{setting} {path} cannot be read: {error.strerror}. Correct the path or the file's permissions."
                ) from error


class ServerCertificate:
    """The context that the API listens with.

    Each new connection gets the newest certificate; open ones go on. Files that cannot be used are logged and change
    nothing, so that a renewal which fails half-way interrupts nobody.
    """

    def __init__(self, files: CertificateFiles, *, check_seconds: float = CHECK_SECONDS) -> None:
        """Raises `StartupError` for files that cannot be used."""
        self._files = files
        self._check_seconds = check_seconds
        self._stamp = files.stamp()
        self._current = files.context()
        self._warn_of_expiry()
        self._wanted = asyncio.Event()
        self.read_again = asyncio.Event()
        """Set whenever the files were read again, whether they could be used or not."""
        self.context = self._current
        # The callback is called for every handshake, also where the client names no host.
        self.context.sni_callback = self._choose

    def request_reload(self) -> None:
        """Read the files again, soon."""
        self._wanted.set()

    async def run(self) -> None:
        """Read the files again whenever they change or that is requested, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._check_seconds):
                    await self._wanted.wait()
            except TimeoutError:
                if self._files.stamp() == self._stamp:
                    continue
            self._wanted.clear()
            self.reload()

    def reload(self) -> bool:
        """Read the files again; return whether they can be used."""
        self._stamp = self._files.stamp()
        self.read_again.set()
        try:
            self._current = self._files.context()
        except StartupError as error:
            log.error("The TLS certificate was not renewed. The former one stays in use.", cause=error.detail)
            return False
        log.info("The TLS certificate was read again.", expires_at=self._files.expires_at().isoformat())
        self._warn_of_expiry()
        return True

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._current

    def _warn_of_expiry(self) -> None:
        expires_at = self._files.expires_at()
        if expires_at < datetime.now(UTC):
            log.warning(
                "The TLS certificate has expired, so clients refuse to connect. Renew it.",
                file=str(self._files.certificate),
                expired_at=expires_at.isoformat(),
            )


def _no_password() -> str:
    raise _EncryptedKeyError


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
