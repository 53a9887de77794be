"""The style sheet of these pages."""

from __future__ import annotations

from starlette.responses import Response

from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import page


@page("/style.css", None)
def show(desk: Desk) -> Response:
    """What they have beside the look of every page."""
    text = desk.program.pages.source("admin/admin.css")
    return Response(text, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})
