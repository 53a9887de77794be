"""Subscriptions counted and listed by newsletter and state, however many there are."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_index("ix_subscriptions_state", "subscriptions", ["newsletter", "state", "id"])
