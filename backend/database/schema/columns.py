"""Types and columns that all tables share."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, MetaData

METADATA = MetaData()

INSTANT = DateTime(timezone=True)


def id_column() -> Column[int]:
    """Return a generated primary key; each table needs a column object of its own."""
    return Column("id", BigInteger, Identity(), primary_key=True)
