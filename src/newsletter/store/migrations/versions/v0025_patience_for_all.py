"""Processes slow down together with a domain that refuses for now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
goes_with = "0023"


def upgrade() -> None:
    op.create_table(
        "slow_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("pause", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_slow_domains"),
    )
    op.create_index("ix_slow_domains_changed_at", "slow_domains", ["changed_at"])
    op.create_table(
        "domain_shares",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "process", name="pk_domain_shares"),
    )
