"""How far a source's past was read, and leases apart from the schedule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("sources", sa.Column("lease_until", sa.BigInteger()))
    op.create_table(
        "backfills",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_backfills"),
    )
