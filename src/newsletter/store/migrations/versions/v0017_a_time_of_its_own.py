"""An edition may have a time of its own, which an editor gives it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("editions", sa.Column("send_after", sa.BigInteger()))
