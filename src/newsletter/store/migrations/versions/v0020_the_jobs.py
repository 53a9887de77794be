"""What procrastinate keeps its jobs in, as it publishes it; on PostgreSQL alone. SQLite's engine keeps none."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    from procrastinate.schema import SchemaManager

    # by the driver itself: many statements at once, with per cent signs that mean themselves
    bind.connection.cursor().execute(SchemaManager.get_schema())
