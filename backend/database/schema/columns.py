"""What all tables have in common."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, MetaData

METADATA = MetaData()

INSTANT = DateTime(timezone=True)


def id_column() -> Column[int]:
    """Return a new table's key."""
    return Column("id", BigInteger, Identity(), primary_key=True)
