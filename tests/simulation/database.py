"""The database of a simulation: its clock is virtual, and it writes down every change of a run."""

from pathlib import Path

from backend.database.connection import Database
from backend.database.migration import upgrade
from tests.simulation.admin import Admin

NAME = "taskdeck_simulation"

# `sim` precedes `pg_catalog` in the search path, so its functions replace PostgreSQL's own. A process that is stopped
# or cut off is silent; every other connection is used at least every two seconds.
SCHEMA = """
create schema sim;
create function sim.now() returns timestamptz language sql stable
    as $$ select current_setting('sim.now')::timestamptz $$;
create function sim.clock_timestamp() returns timestamptz language sql stable
    as $$ select current_setting('sim.now')::timestamptz $$;
create table sim.silent (pid integer primary key, since timestamptz not null);
create view sim.pg_stat_activity as
    select a.pid, a.state, coalesce(s.since, sim.now()) as state_change
    from pg_catalog.pg_stat_activity a left join sim.silent s on s.pid = a.pid;
create function sim.pg_terminate_backend(integer) returns boolean language sql
    as $$ select pg_catalog.pg_terminate_backend($1, 2000) $$;
create table sim.history (
    number bigserial primary key, at timestamptz not null, run_id bigint not null, task_id bigint not null,
    old_status text, status text not null, old_attempt integer, attempt integer not null, worker_id text,
    hold text, exit_code integer, output jsonb, parent boolean not null
);
create function sim.record() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into sim.history (at, run_id, task_id, status, attempt, worker_id, hold, exit_code, output, parent)
        values (sim.now(), new.id, new.task_id, new.status, new.attempt, new.worker_id, new.hold, new.exit_code,
            new.output, new.distribution is not null);
    elsif (old.status, old.attempt, old.worker_id, old.exit_code, old.output, old.error, old.completed_at)
            is distinct from (new.status, new.attempt, new.worker_id, new.exit_code, new.output, new.error,
                new.completed_at) then
        insert into sim.history (at, run_id, task_id, old_status, status, old_attempt, attempt, worker_id, hold,
            exit_code, output, parent)
        values (sim.now(), new.id, new.task_id, old.status, new.status, old.attempt, new.attempt, new.worker_id,
            new.hold, new.exit_code, new.output, new.distribution is not null);
    end if;
    return null;
end $$;
create trigger record after insert or update on public.runs for each row execute function sim.record();
"""

SETTINGS = (
    "alter database {name} set search_path = sim, public, pg_catalog",
    "alter database {name} set sim.now = '2026-03-02 09:00+00'",
    "alter database {name} set synchronous_commit = off",
    "alter database {name} set timezone = 'UTC'",
)

TABLES = """
select c.oid::regclass::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname in ('public', 'sim') and c.relname <> 'alembic_version'
order by 1
"""


async def create(server_url: str, name: str) -> str:
    """Create a migrated database for simulations, or replace it; return its SQLAlchemy URL."""
    admin = Admin(server_url)
    admin.execute(f'drop database if exists "{name}" with (force)')
    admin.execute(f'create database "{name}"')
    scheme, rest = server_url.split("://", 1)
    assert scheme.startswith("postgres")
    address, _, query = rest.partition("?")
    url = f"postgresql+asyncpg://{address.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
    database = Database(url, pool_size=1, application_name="simulation")
    await upgrade(database)
    await database.close()
    for setting in SETTINGS:
        admin.execute(setting.format(name=f'"{name}"'))
    admin.close()
    admin = Admin(plain(url))
    admin.execute(SCHEMA)
    admin.close()
    return url


def drop(server_url: str, name: str) -> None:
    """Drop the database."""
    admin = Admin(server_url)
    admin.execute(f'drop database if exists "{name}" with (force)')
    admin.close()


def plain(url: str) -> str:
    """Return an SQLAlchemy URL as asyncpg takes it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


class Tables:
    """Empties the database between two simulations."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin
        self._names = [row[0] for row in admin.fetch(TABLES)]

    def reset(self) -> None:
        """End every other connection, empty the tables that have rows, and restart their sequences."""
        self._admin.execute(
            "select pg_catalog.pg_terminate_backend(pid, 2000) from pg_catalog.pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        probes = " union all ".join(f"select '{name}' where exists (select from {name})" for name in self._names)
        filled = [row[0] for row in self._admin.fetch(probes)]
        if filled:
            self._admin.execute(f"truncate {', '.join(filled)} restart identity cascade")


def spool_root() -> Path | None:
    """Return a folder in memory where there is one."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() else None
