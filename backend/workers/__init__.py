"""Workers: the registry that heartbeats fill, draining, removal, lost workers and the choice of a worker for a run.

Decisions (`assignment`, `strategies`, `lost`, `placement`) are pure; SQL is in `registry`, `watch` and `history`.
"""
