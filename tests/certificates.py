"""Certificates of a test's own authority."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key, each in a file of its own."""

    certificate: Path
    key: Path


class Authority:
    """An authority that no machine trusts, unless it is told to by `file`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._authority = trustme.CA()
        self.file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.file))

    def issue(self, *names: str, to: str = "server", expires_at: datetime | None = None) -> Certificate:
        """Return a certificate for host names and addresses, written to the files `to`."""
        issued = self._authority.issue_cert(*names, not_after=expires_at)
        made = Certificate(self._folder / f"{to}.pem", self._folder / f"{to}.key")
        made.certificate.unlink(missing_ok=True)
        for blob in issued.cert_chain_pems:
            blob.write_to_path(str(made.certificate), append=True)
        issued.private_key_pem.write_to_path(str(made.key))
        made.key.chmod(0o600)
        return made
