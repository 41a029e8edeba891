"""What a command may take: memory, CPU time, open files.

Revision ID: 0007
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        alter table tasks
            add column max_memory_mb integer,
            add column max_cpu_seconds integer,
            add column max_open_files integer
        """
    )
