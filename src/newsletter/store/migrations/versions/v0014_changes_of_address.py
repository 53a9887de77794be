"""Who asked for another address, until the new one has answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "address_changes",
        sa.Column("notice", Id, nullable=False),
        sa.Column("subscriber", Id, nullable=False),
        sa.PrimaryKeyConstraint("notice", name="pk_address_changes"),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name="fk_address_changes_notice_notices"),
        sa.ForeignKeyConstraint(["subscriber"], ["subscribers.id"], name="fk_address_changes_subscriber_subscribers"),
    )
    op.create_index("ix_address_changes_subscriber", "address_changes", ["subscriber"])
