"""The options with which the console was started."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """`url` and `token` name a backend; without them it is the local one, or the one used last.

    `starts_backend` says whether this machine's backend is started where none runs. `opens` is a link to an object.
    """

    data_dir: Path
    url: str | None = None
    token: str | None = None
    is_local: bool = False
    reports_first_paint: bool = False
    starts_backend: bool = False
    opens: str | None = None
    language: str | None = None
    ca_file: str = ""
    allows_http: bool = False
