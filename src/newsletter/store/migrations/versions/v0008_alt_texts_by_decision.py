"""What editors decided about the alt texts of pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "alt_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("before", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_alt_decisions"),
    )
    op.create_index("ix_alt_decisions_picture", "alt_decisions", ["picture"])
