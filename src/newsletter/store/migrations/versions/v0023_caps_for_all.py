"""Caps hold for all processes on a database; what went out in the last day counts under them."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MINUTE, DAY = 60_000_000, 86_400_000_000  # microseconds
PASSED = "('committing', 'accepted', 'uncertain')"


def upgrade() -> None:
    op.create_table(
        "grants",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
    )
    op.create_index("ix_grants_at", "grants", ["at"])
    sent = (
        "INSERT INTO grants (at, mails) SELECT max(changed_at), count(*) FROM deliveries "  # noqa: S608  # constants
        f"WHERE state IN {PASSED} AND changed_at > :since GROUP BY changed_at / {MINUTE}"
    )
    op.get_bind().execute(sa.text(sent), {"since": int(time.time() * 1_000_000) - DAY})
