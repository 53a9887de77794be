"""Which releases may be seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from newsletter.model import ReleaseState
from newsletter.store.tables import releases


def visible(now: datetime) -> ColumnElement[bool]:
    """Whether any output may show a release at `now`."""
    free = or_(releases.c.not_before.is_(None), releases.c.not_before <= now)
    return and_(releases.c.state == ReleaseState.LIVE, free)
