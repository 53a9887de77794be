"""What became of an edition's mails, in numbers, for when its deliveries are forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("editions", sa.Column("outcome", sa.JSON()))
