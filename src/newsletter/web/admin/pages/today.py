"""Today: what is due, held and broken."""

from __future__ import annotations

from starlette.responses import Response

from newsletter.model import Role
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import page


@page("/", Role.VIEWER)
def show(desk: Desk) -> Response:
    """What asks for a person."""
    return desk.show("today.html", status_of_all=desk.program.status())
