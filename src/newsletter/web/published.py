"""The published files, answered before the router: most requests are feed readers asking whether anything is new.

A representation's ETag is a digest of its bytes (RFC 9110, 8.8.3), so it stays while they stay, whenever they were
written; the gzipped one has its own. Files are read and compressed once and kept until they change on disk.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

ABOUT_THE_BODY = (b"content-length", b"content-type", b"content-encoding")
KEPT_BYTES = 64 * 1024 * 1024
TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".json": "application/feed+json",  # JSON is UTF-8 by definition (RFC 8259, 8.1)
    ".jsonld": "application/ld+json",
    ".opml": "text/x-opml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".pdf": "application/pdf",
    ".ico": "image/x-icon",
}
PACKED = frozenset({".atom", ".rss", ".json", ".jsonld", ".opml", ".xml", ".html", ".css", ".txt", ".svg"})
FRESH = {".html": 60, ".css": 86_400, ".atom": 300, ".rss": 300, ".json": 300, ".opml": 300}  # seconds; else an hour
FOREVER = "public, max-age=31536000, immutable"  # a year (RFC 8246)


@dataclass(frozen=True, slots=True)
class Form:
    """One representation: its bytes and their headers."""

    body: bytes
    etag: str
    headers: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where something lies instead: 301 for good (readers keep the new address), 308 for a slash that was missing."""

    address: str
    status: int


@dataclass(frozen=True, slots=True)
class File:
    """A published file as it is answered. `stamp` changes whenever the file on disk does."""

    stamp: tuple[int, int, int]
    modified: int  # seconds since 1970
    status: int
    plain: Form
    packed: Form | None

    @property
    def size(self) -> int:
        """Bytes held in memory."""
        return len(self.plain.body) + (len(self.packed.body) if self.packed else 0)


class Published:
    """Answers GET and HEAD for what lies under `directory`; everything else goes to `app`."""

    def __init__(self, app: ASGIApp, directory: Path, root: str, aliases: Mapping[str, str]) -> None:
        """`aliases` leads from the slugs that feeds had to those they have."""
        self._app = app
        self._aliases = aliases
        self._directory = directory.resolve()
        self._forever = self._directory / "images"  # named by their own bytes: they never change
        self._root = root
        self._kept: OrderedDict[Path, File] = OrderedDict()
        self._bytes = 0

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
        if any(_unfit(part) for part in parts[: -1 if folder else None]) or path.endswith(".html"):
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
        file = self._kept.get(path)
        if file is None or file.stamp != _stamp(info):
            forever = path.is_relative_to(self._forever)
            file = await anyio.to_thread.run_sync(_read, path, info, status, forever)
            self._keep(path, file)
        headers = Headers(scope=scope)
        form = file.packed if file.packed and _takes_gzip(headers.get("accept-encoding", "")) else file.plain
        if status == 200 and _unchanged(headers, file):
            kept = [header for header in form.headers if header[0] not in ABOUT_THE_BODY]
            await _respond(send, 304, kept, b"")
        else:
            await _respond(send, file.status, list(form.headers), b"" if scope["method"] == "HEAD" else form.body)

    def _keep(self, path: Path, file: File) -> None:
        if old := self._kept.pop(path, None):
            self._bytes -= old.size
        if file.size > KEPT_BYTES // 16:
            return
        self._kept[path] = file
        self._bytes += file.size
        while self._bytes > KEPT_BYTES:
            self._bytes -= self._kept.popitem(last=False)[1].size


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


def _stamp(info: os.stat_result) -> tuple[int, int, int]:
    return info.st_mtime_ns, info.st_size, info.st_ino


def _read(path: Path, info: os.stat_result, status: int, forever: bool) -> File:
    body = path.read_bytes()
    fresh = FOREVER if forever else f"public, max-age={FRESH.get(path.suffix, 3600)}"
    plain = _form(body, path.suffix, info, fresh, packed=False)
    small = gzip.compress(body, 9, mtime=0) if path.suffix in PACKED else body
    packed = _form(small, path.suffix, info, fresh, packed=True) if len(small) < len(body) else None
    return File(_stamp(info), int(info.st_mtime), status, plain, packed)


def _form(body: bytes, suffix: str, info: os.stat_result, fresh: str, *, packed: bool) -> Form:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "content-type": TYPES.get(suffix, "application/octet-stream"),
        "content-length": str(len(body)),
        "etag": etag,
        "last-modified": formatdate(info.st_mtime, usegmt=True),
        "cache-control": fresh,
    }
    if suffix in PACKED:
        headers["vary"] = "Accept-Encoding"
    if packed:
        headers["content-encoding"] = "gzip"
    return Form(body, etag, tuple((name.encode(), value.encode()) for name, value in headers.items()))


def _unchanged(headers: Headers, file: File) -> bool:
    """Whether the client has it already: If-None-Match alone decides where it is there (RFC 9110, 13.2.2)."""
    if (tags := headers.get("if-none-match")) is not None:
        known = {file.plain.etag} | ({file.packed.etag} if file.packed else set())
        return tags.strip() == "*" or any(tag.strip().removeprefix("W/") in known for tag in tags.split(","))
    if (since := headers.get("if-modified-since")) is not None:
        try:
            return file.modified <= parsedate_to_datetime(since).timestamp()
        except ValueError:
            return False
    return False


def _takes_gzip(accepted: str) -> bool:
    """Whether a client that sent this Accept-Encoding wants gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        weights[coding.strip()] = weight.replace(" ", "").removeprefix("q=").strip("0.") != "" or not weight
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))


async def _respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
