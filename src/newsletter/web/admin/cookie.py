"""The cookie of a session: for our own pages alone, unreadable to scripts, gone with the browser."""

from __future__ import annotations

from starlette.responses import Response

from newsletter.web.admin.desk import PATH, Desk

NAME = "newsletter_session"


def hand_over(desk: Desk, response: Response, cookie: str) -> Response:
    """Let the browser keep a session's cookie."""
    response.set_cookie(NAME, cookie, path=path_of(desk), secure=secure(desk), httponly=True, samesite="lax")
    return response


def take_back(desk: Desk, response: Response) -> Response:
    """Let the browser forget it."""
    response.delete_cookie(NAME, path_of(desk), secure=secure(desk), httponly=True, samesite="lax")
    return response


def path_of(desk: Desk) -> str:
    """Where our cookies go: to the admin alone."""
    return f"{desk.program.pages.root}{PATH}"


def secure(desk: Desk) -> bool:
    """Whether they are sent over TLS alone: a demo on loopback has none."""
    return desk.program.settings.site.base_url.startswith("https:")
