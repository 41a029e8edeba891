"""How alembic reaches the database: over the connection that the caller hands in."""

from alembic import context

# Two replicas may start at once: the second waits here, and finds nothing left to do.
MIGRATION_LOCK = 7_305_811_402

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
with context.begin_transaction():
    context.execute(f"select pg_advisory_xact_lock({MIGRATION_LOCK})")
    context.run_migrations()
