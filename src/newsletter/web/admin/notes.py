"""A note from one page to the next ("saved"), in a cookie until it is shown: no GET changes anything of ours."""

from __future__ import annotations

import base64
import binascii

from starlette.requests import Request
from starlette.responses import Response

NAME = "newsletter_note"
SECONDS = 60
LONGEST = 1000  # characters


class Notes:
    """Leaves notes and takes them. Whatever the cookie holds is text, and shown as such."""

    def __init__(self, path: str, *, secure: bool) -> None:
        self._path = path
        self._secure = secure

    def leave(self, response: Response, text: str) -> None:
        """Leave a note for the page that is opened next."""
        value = base64.urlsafe_b64encode(text[:LONGEST].encode()).decode()
        response.set_cookie(
            NAME, value, SECONDS, path=self._path, secure=self._secure, httponly=True, samesite="strict"
        )

    def taken(self, request: Request) -> str:
        """The note that was left; empty where there is none."""
        try:
            return base64.urlsafe_b64decode(request.cookies.get(NAME, "")).decode()[:LONGEST]
        except (binascii.Error, UnicodeDecodeError):
            return ""

    def clear(self, request: Request, response: Response) -> None:
        """It is shown once."""
        if NAME in request.cookies:
            response.delete_cookie(NAME, self._path, secure=self._secure, httponly=True, samesite="strict")
