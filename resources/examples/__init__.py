"""The example tasks of a new local backend."""
