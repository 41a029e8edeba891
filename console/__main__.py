"""`python -m console`: how `taskdeck up` opens the console beside the backend."""

import argparse
import gc
from pathlib import Path

from shared.lean_imports import ModelBuilding, leave_out_command_line_of_httpx
from shared.local_backend import default_data_dir


def main() -> int:
    """Read the arguments and run the console."""
    parser = argparse.ArgumentParser(prog="python -m console")
    parser.add_argument("--data-dir", type=Path, default=None)
    parser.add_argument("--url", default=None)
    parser.add_argument("--token", default=None)
    parser.add_argument("--language", default=None)
    parser.add_argument("--beside", action="store_true", help="a backend is being started by who starts this")
    parser.add_argument("--report-first-paint", action="store_true")
    chosen = parser.parse_args()
    leave_out_command_line_of_httpx()
    ModelBuilding.is_deferred = True
    gc.disable()  # as `console.garbage` does for good, and before the code is loaded
    from console.options import Options
    from console.start import start

    return start(
        Options(
            data_dir=(chosen.data_dir or default_data_dir()).absolute(),
            url=chosen.url,
            token=chosen.token,
            is_local=chosen.data_dir is not None,
            reports_first_paint=chosen.report_first_paint,
            language=chosen.language,
            starts_backend=not chosen.beside and not chosen.report_first_paint,
        )
    )


if __name__ == "__main__":
    raise SystemExit(main())
