"""Tasks found by what their names and descriptions say, among any number of them.

The pieces of two and three characters are indexed by PostgreSQL's own GIN, not by pg_trgm, which not every server
has. They stand in a table of their own, because a task's row changes each time it falls due.

Revision ID: 0005
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    create table task_search (
        task_id bigint primary key references tasks (id) on delete cascade,
        content text collate "C" not null
    )
    """,
    """
    create function search_grams(content text) returns text[] language sql immutable strict parallel safe cost 10000
    as $$
        select coalesce(array_agg(distinct gram), '{}') from (
            select unnest(array[c || lead(c) over w, c || lead(c) over w || lead(c, 2) over w]) as gram
            from unnest(string_to_array(content, null)) with ordinality as characters (c, n)
            window w as (order by n)
        ) grams where gram is not null
    $$
    """,
    """
    create function keep_task_search() returns trigger language plpgsql as $$
    begin
        insert into task_search (task_id, content)
        values (new.id, lower(new.name || e'\\n' || coalesce(new.description, '')))
        on conflict (task_id) do update set content = excluded.content
            where task_search.content is distinct from excluded.content;
        return null;
    end
    $$
    """,
    """
    create trigger tasks_search after insert or update of name, description on tasks
        for each row execute function keep_task_search()
    """,
    """
    insert into task_search (task_id, content)
        select id, lower(name || e'\\n' || coalesce(description, '')) from tasks
    """,
    "create index task_search_grams on task_search using gin (search_grams(content))",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
