"""What goes with every answer, and what comes in with every request: security headers, a path's prefix, body sizes."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = "Content-Security-Policy"


def content_policy(base_url: str, *, hosted: bool = False, **other: str) -> str:
    """What a page may load (CSP 3). It runs no script; pictures may be the portal's own unless they are `hosted`.

    Everything else is ours. `other` are directives for some pages, as `script_src="'self'"`.
    """
    parts = urlsplit(base_url)
    pictures = "'self' https:" if parts.scheme == "https" else "'self' https: http:"
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": f"'self' {parts.scheme}://{parts.netloc}" if hosted else pictures,
        "media-src": pictures,
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    } | {name.replace("_", "-"): value for name, value in other.items()}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def security_headers(base_url: str, *, hosted: bool = False, **other: str) -> list[tuple[bytes, bytes]]:
    """Headers for all answers; `other` as for `content_policy`."""
    headers = {
        CONTENT_POLICY.lower(): content_policy(base_url, hosted=hosted, **other),
        "referrer-policy": "no-referrer",  # addresses of people's own pages hold a token
        "x-content-type-options": "nosniff",
    }
    if urlsplit(base_url).scheme == "https":
        headers["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def below(root: str, path: str) -> str:
    """The path under that of the public address; a proxy may have taken `root` off already."""
    if root and (path == root or path.startswith(f"{root}/")):
        return path.removeprefix(root) or "/"
    return path


class SecurityHeaders:
    """Adds `headers` to every answer of `app`, but for what it says itself."""

    def __init__(self, app: ASGIApp, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self._headers if one[0] not in said)]
            await send(message)

        await self._app(scope, receive, send_with)


class Prefix:
    """Takes the path of the public address off each request's."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self._app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if scope["type"] == "http":
            scope = {**scope, "path": below(self._root, scope["path"]), "root_path": ""}
        await self._app(scope, receive, send)
