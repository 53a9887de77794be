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

slow_domains = Table(
    "slow_domains",  # that refuse mail for now, and how much of it they get of all processes together
    metadata,
    Column("domain", Text, primary_key=True),
    Column("most", Integer, nullable=False),  # at once; 0: it is well again
    Column("pause", Integer, nullable=False),  # microseconds between two
    Column("changed_at", BigInteger, nullable=False),  # as in portal_paces
    Index("ix_slow_domains_changed_at", "changed_at"),
)

domain_shares = Table(
    "domain_shares",  # how many mails of a slow domain a process may have under way
    metadata,
    Column("domain", Text, primary_key=True),
    Column("process", Text, primary_key=True),
    Column("slots", Integer, nullable=False),
    Column("wanted", Integer, nullable=False),  # what it would have under way if it might
    Column("seen_at", BigInteger, nullable=False),
)
