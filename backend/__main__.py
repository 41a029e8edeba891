"""`python -m backend` is `taskdeck`."""

from backend.cli.main import main

main()
