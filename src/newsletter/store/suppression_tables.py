"""The tables of what nothing is sent to, and of what was taken off that list."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from newsletter.store.columns import Moment, metadata

suppressions = Table(
    "suppressions",
    metadata,
    Column("email_hash", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

lifted = Table(
    "lifted",  # addresses that may be asked again; but for those who read still, only their owner can subscribe them
    metadata,
    Column("email_hash", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
