"""Workers: the registry that heartbeats fill, draining, removal, lost workers and the choice of a worker for a run.

Decisions (`assignment`, `strategies`, `lost_workers`, `placement`) are pure; SQL is in `registry`, `watch` and
`history`.
"""
