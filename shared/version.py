"""The version of this installation."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("taskdeck")
except PackageNotFoundError:
    VERSION = "0.0.0"
