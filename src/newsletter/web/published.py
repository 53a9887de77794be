"""The published files, answered before the router: most requests are feed readers asking whether anything is new."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.web.files import File, Kept, joined, read, stamp

UNASKED = (".html", ".gz", ".gone")
"""How no address ends: a page has one, without its ending, and what is gone is told with its status alone."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where something lies instead: 301 for good (readers keep the new address), 308 for a slash that was missing."""

    address: str
    status: int


class Published:
    """Answers GET and HEAD for what lies under `directory`; everything else goes to `app`. What it read is `kept`."""

    def __init__(self, app: ASGIApp, directory: Path, root: str, aliases: Mapping[str, str], kept: Kept) -> None:
        """`aliases` leads from the slugs that feeds had to those they have."""
        self._app = app
        self._aliases = aliases
        self._directory = directory.resolve()
        self._forever = self._directory / "images"  # named by their own bytes: they never change
        self._root = root
        self._kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        found = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            found = self._locate(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
        elif isinstance(found, Elsewhere):
            scope["published"] = True
            there = [(b"location", found.address.encode()), (b"content-length", b"0")]
            await _respond(send, found.status, there, b"")
        else:
            scope["published"] = True
            await self._answer(scope, send, *found)

    def _locate(self, path: str) -> tuple[Path, os.stat_result, int] | Elsewhere | None:
        """The file of a path with its status; where it lies instead; None where nothing is published."""
        parts = path.removeprefix("/").split("/")
        folder = parts[-1] == ""
        if any(_unfit(part) for part in parts[: -1 if folder else None]) or path.endswith(UNASKED):
            return None
        if (now_at := self._renamed(parts)) is not None:
            return Elsewhere(f"{self._root}/{quote(now_at)}", 301)
        place = self._directory.joinpath(*parts)
        if folder:
            return _index(place)
        found = _file(place, 200) or _file(place.with_name(f"{place.name}.html"), 200)
        found = found or _file(place.with_name(f"{place.name}.gone.html"), 410)
        if found is None and _index(place):
            return Elsewhere(f"{self._root}{path}/", 308)
        return found

    def _renamed(self, parts: Sequence[str]) -> str | None:
        """The path under the slug that a feed has now; None where the path names no former one."""
        if len(parts) < 2 or parts[0] != "feeds":
            return None
        slug, dot, ending = parts[1].partition(".")
        now = self._aliases.get(slug)
        return None if now is None else "/".join(("feeds", f"{now}{dot}{ending}", *parts[2:]))

    async def _answer(self, scope: Scope, send: Send, path: Path, info: os.stat_result, status: int) -> None:
        file = self._kept.get(scope["path"])
        if file is None or (file.path, file.stamp, file.status) != (str(path), stamp(info), status):
            file = await anyio.to_thread.run_sync(self._read, path, info, status)
            self._kept.put(scope["path"], file)
        headers = joined(scope["headers"])
        form = file.form(headers)
        if file.is_known(form, headers):
            await _respond(send, 304, [*form.unchanged, *self._kept.common], b"")
        else:
            body = b"" if scope["method"] == "HEAD" else form.body
            await _respond(send, file.status, [*form.headers, *self._kept.common], body)

    def _read(self, path: Path, info: os.stat_result, status: int) -> File:
        return read(path, info, status, self._kept.common, forever=path.is_relative_to(self._forever))


def _unfit(part: str) -> bool:
    """Nothing hidden, nothing outside: not even looked for."""
    return part.startswith(".") or not part or "\0" in part or "\\" in part


def _file(path: Path, status: int) -> tuple[Path, os.stat_result, int] | None:
    try:
        info = path.stat()
    except (OSError, ValueError):  # absent; a name too long; not encodable
        return None
    return (path, info, status) if stat.S_ISREG(info.st_mode) else None


def _index(folder: Path) -> tuple[Path, os.stat_result, int] | None:
    return _file(folder / "index.html", 200) or _file(folder / "index.gone.html", 410)


async def _respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
