"""`taskdeck remove-data`: what is left to remove when Taskdeck itself is uninstalled."""

import typer

from backend.cli.connection_options import current_options
from backend.cli.output import Yes, confirm
from backend.cli.say import say
from shared.local_backend import default_data_dir
from shared.user_service import UserService


def remove_data(yes: Yes = False) -> None:
    """Remove all tasks, runs and logs of the local backend, its service, the saved login and the console's settings."""
    from backend.local_removal import remove_data as remove
    from backend.local_removal import stored_files

    folder = (current_options().data_dir or default_data_dir()).absolute()
    service = UserService(folder)
    found = stored_files(folder)
    if not found and not service.path.exists():
        say(f"Nothing is stored in {folder}.")
        raise typer.Exit
    say("\n".join(str(path) for path in found))
    confirm(f"Remove these files, with all tasks, runs and logs in {folder}?", yes=yes)
    service.remove()
    remove(folder)
    say("Removed.")
