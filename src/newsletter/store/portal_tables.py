"""The tables of what processes tell each other about portals."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from newsletter.store.columns import metadata

portal_paces = Table(
    "portal_paces",  # how long a portal is left alone, where several processes collect
    metadata,
    Column("host", Text, primary_key=True),
    Column("free_at", BigInteger, nullable=False),  # microseconds since 1970, by the database's clock
)
