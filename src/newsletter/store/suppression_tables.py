"""The table of what was taken off the suppression list."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from newsletter.store.columns import Moment, metadata

lifted = Table(
    "lifted",  # addresses that may be asked again; but for those who read still, only their owner can subscribe them
    metadata,
    Column("email_hash", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
