"""The cookie of a session: for our own pages alone, unreadable to scripts, gone with the browser."""

from __future__ import annotations

from starlette.responses import Response

from newsletter.web.admin.desk import PATH, Desk

NAME = "newsletter_session"


def hand_over(desk: Desk, response: Response, cookie: str) -> Response:
    """Let the browser keep a session's cookie."""
    response.set_cookie(NAME, cookie, path=_path(desk), secure=_secure(desk), httponly=True, samesite="lax")
    return response


def take_back(desk: Desk, response: Response) -> Response:
    """Let the browser forget it."""
    response.delete_cookie(NAME, _path(desk), secure=_secure(desk), httponly=True, samesite="lax")
    return response


def _path(desk: Desk) -> str:
    return f"{desk.program.pages.root}{PATH}"


def _secure(desk: Desk) -> bool:
    return desk.program.settings.site.base_url.startswith("https:")
