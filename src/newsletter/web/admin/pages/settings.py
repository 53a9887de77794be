"""What the program runs with, to be seen and not to be changed."""

from __future__ import annotations

from starlette.responses import Response

from newsletter.config.origins import known
from newsletter.model import Role
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import page


@page("/settings", Role.ADMIN)
def show(desk: Desk) -> Response:
    """Each setting with its value and where it came from; of a secret, whether there is one."""
    desk.require(Role.ADMIN, ())
    settings = desk.program.settings
    return desk.show("settings.html", settings=list(known(settings, settings.origins)))
