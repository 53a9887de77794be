"""Published files as they are answered: read and compressed once, and kept until they change on disk.

A representation's ETag is a digest of its bytes (RFC 9110, 8.8.3), so it stays while they stay, whenever they were
written; the gzipped one has its own.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from newsletter.publish.kinds import FOREVER, kept_for, type_of
from newsletter.publish.packing import pack

KEPT_BYTES = 64 * 1024 * 1024
ABOUT_THE_BODY = (b"content-length", b"content-type", b"content-encoding")
LONG = 200  # bytes of a header that is worth remembering what it means

Header = tuple[bytes, bytes]
Headers = Mapping[bytes, bytes]
"""Of a request: names in lower case; of those sent twice, the values joined by a comma (RFC 9110, 5.3)."""


@dataclass(frozen=True, slots=True)
class Form:
    """One representation: its bytes and the headers that they are sent with, `unchanged` those of a 304.

    `head` and `head_unchanged` are the same as lines of HTTP/1.1, with the status before them and what all answers
    have in common behind; the empty line is missing.
    """

    body: bytes
    etag: bytes
    headers: list[Header]
    unchanged: list[Header]
    head: bytes
    head_unchanged: bytes


@dataclass(frozen=True, slots=True)
class File:
    """A published file. `stamp` changes whenever the file on disk does."""

    path: str
    stamp: tuple[int, int, int]
    modified: int  # seconds since 1970
    status: int
    plain: Form
    packed: Form | None

    @property
    def size(self) -> int:
        """Bytes held in memory."""
        return len(self.plain.body) + (len(self.packed.body) if self.packed else 0)

    def form(self, headers: Headers) -> Form:
        """The representation for who sent these."""
        packed = self.packed
        return packed if packed is not None and _takes_gzip(headers.get(b"accept-encoding", b"")) else self.plain

    def is_known(self, form: Form, headers: Headers) -> bool:
        """Whether the client has it already: If-None-Match alone decides where it is there (RFC 9110, 13.2.2)."""
        if self.status != 200:
            return False
        if (tags := headers.get(b"if-none-match")) is not None:
            return tags == form.etag or self._among(tags)
        since = headers.get(b"if-modified-since")
        return since is not None and self.modified <= _moment(since)

    def _among(self, tags: bytes) -> bool:
        """Weak comparison (RFC 9110, 13.1.2). No tag of ours has a comma in it."""
        ours = {self.plain.etag} | ({self.packed.etag} if self.packed else set())
        return tags.strip() == b"*" or any(tag.strip().removeprefix(b"W/") in ours for tag in tags.split(b","))


class Kept:
    """Files in memory, by what they are asked for as; of all of them no more than KEPT_BYTES."""

    def __init__(self, common: Sequence[Header] = ()) -> None:
        """`common` are the headers that each of these files is answered with."""
        self.common = common
        self._files: OrderedDict[str, File] = OrderedDict()
        self._bytes = 0

    def get(self, path: str) -> File | None:
        """The file, where it is kept and still as it lies on disk."""
        file = self._files.get(path)
        if file is None:
            return None
        try:
            fresh = stamp(os.stat(file.path)) == file.stamp  # noqa: PTH116  # a Path costs more than the rest
        except OSError:
            fresh = False
        if not fresh:
            self._forget(path)
        return file if fresh else None

    def put(self, path: str, file: File) -> None:
        """Keep it, and let the oldest go; of one that is large, nothing is kept."""
        self._forget(path)
        if file.size > KEPT_BYTES // 16:
            return
        self._files[path] = file
        self._bytes += file.size
        while self._bytes > KEPT_BYTES:
            self._bytes -= self._files.popitem(last=False)[1].size

    def _forget(self, path: str) -> None:
        if old := self._files.pop(path, None):
            self._bytes -= old.size


def joined(headers: Iterable[Header]) -> Headers:
    """The headers of a request, each name once."""
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        found[name] = found[name] + b"," + value if name in found else value
    return found


def stamp(info: os.stat_result) -> tuple[int, int, int]:
    """What tells one state of a file from another."""
    return info.st_mtime_ns, info.st_size, info.st_ino


def read(path: Path, info: os.stat_result, status: int, common: Sequence[Header], *, forever: bool) -> File:
    """The file as it lies there. Raises OSError. Slow: for a thread."""
    body = path.read_bytes()
    fresh = FOREVER if forever else kept_for(path)
    about = {"last-modified": formatdate(int(info.st_mtime), usegmt=True), "cache-control": fresh}
    small = pack(path, body)
    if small is not None:
        about["vary"] = "Accept-Encoding"
    about["content-type"] = type_of(path)
    plain = _form(body, about, status, common)
    packed = None if small is None else _form(small, about | {"content-encoding": "gzip"}, status, common)
    return File(str(path), stamp(info), int(info.st_mtime), status, plain, packed)


def _form(body: bytes, about: Mapping[str, str], status: int, common: Sequence[Header]) -> Form:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    named = {"etag": etag, "content-length": str(len(body)), **about}
    headers = [(name.encode(), value.encode()) for name, value in named.items()]
    unchanged = [header for header in headers if header[0] not in ABOUT_THE_BODY]
    heads = _head(status, [*headers, *common]), _head(304, [*unchanged, *common])
    return Form(body, etag.encode(), headers, unchanged, *heads)


def _head(status: int, headers: Iterable[Header]) -> bytes:
    first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
    return first + b"".join(b"%b: %b\r\n" % header for header in headers)


def _moment(date: bytes) -> float:
    return _remembered_moment(date) if len(date) < LONG else -1


@lru_cache(256)
def _remembered_moment(date: bytes) -> float:
    """Seconds since 1970; before all files where it is no date, which then decides nothing (RFC 9110, 13.1.3)."""
    try:
        found = parsedate_to_datetime(date.decode("ascii"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()  # that of asctime is UTC, unsaid
    except (ValueError, OverflowError):
        return -1


def _takes_gzip(accepted: bytes) -> bool:
    return _weighed(accepted) if len(accepted) < LONG else _weighed.__wrapped__(accepted)


@lru_cache(256)
def _weighed(accepted: bytes) -> bool:
    """Whether a client that sent this Accept-Encoding wants gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for part in accepted.decode("latin-1").lower().split(","):
        coding, _, weight = part.partition(";")
        weights[coding.strip()] = weight.replace(" ", "").removeprefix("q=").strip("0.") != "" or not weight
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))
