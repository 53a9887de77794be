"""The tables of what processes on one database have in common: the pace of portals, and what may go out."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from newsletter.store.columns import Id, Moment, metadata

portal_paces = Table(
    "portal_paces",  # how long a portal is left alone, where several processes collect
    metadata,
    Column("host", Text, primary_key=True),
    Column("free_at", BigInteger, nullable=False),  # microseconds since 1970, by the database's clock
)

grants = Table(
    "grants",  # of mails that may be begun, under the caps on all
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("mails", Integer, nullable=False),
    Index("ix_grants_at", "at"),
)
