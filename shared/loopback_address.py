"""Where a sign-in through the browser ends: at a port of the person's own machine."""

HOST = "127.0.0.1"
"""Not localhost, which may resolve to something else."""
CALLBACK_PATH = "/taskdeck/signed-in"
"""Fixed, so that no other service of the machine, which may pass on what it receives, is handed a code."""


def redirect_uri(port: int) -> str:
    """Return the address at which a client receives its code."""
    return f"http://{HOST}:{port}{CALLBACK_PATH}"
