"""The table of what readers asked for that waits for an answer from elsewhere."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table

from newsletter.store.columns import Id, metadata

address_changes = Table(
    "address_changes",  # what a notice to a new address asks: whose place it is to take. Gone once answered or lapsed
    metadata,
    Column("notice", Id, ForeignKey("notices.id"), primary_key=True),
    Column("subscriber", Id, ForeignKey("subscribers.id"), nullable=False, index=True),
)
