"""PostgreSQL: connections, the lock of the leader, the schema, paging, and the embedded server.

Queries about tasks, runs and workers belong to the aggregates.
"""
