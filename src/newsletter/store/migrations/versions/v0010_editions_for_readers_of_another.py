"""Editions that go to those who got another one: to tell them of an update."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("editions", sa.Column("follows", sa.Text()))
