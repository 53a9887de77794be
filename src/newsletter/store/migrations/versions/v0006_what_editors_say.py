"""An edition's own subject and intro, and editions beside the slots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("editions", sa.Column("subject", sa.Text()))
    op.add_column("editions", sa.Column("intro", sa.Text()))
    op.add_column("editions", sa.Column("extra", sa.Boolean()))
