"""The frozen program `taskdeck`."""

from backend.cli.main import main

main()
