"""The public directory: whole files or none, written only when their bytes differ.

What lies where: `index.html`, `style.css`, `share.js`, `icon.svg` and `favicon.ico`, `feeds.opml`,
`feeds/index.html`, `feeds/<slug>.<format>`, `feeds/<slug>/index.html`, `feeds/<slug>/<topic>.<format>`,
`feeds/<slug>/archive/index.html` and `<yyyy-mm>.atom` and `.html`, `archive/` the same for people, `sitemap.xml`,
`robots.txt`, `releases/<id>.html`, `releases/<id>.gone.html` (the notice of a withdrawn release, to be answered with
status 410), `editions/index.html` and `<id>.html`, `reports/<id>.html` and `.jsonld` (how an edition was checked),
`images/<ab>/<abcdef…>.<ending>` (copies of pictures, named by their own bytes), `theme/<digest>.<ending>` (logos),
and `.rendered` (not public: what the pages were made with). A server finds `/releases/<id>` by adding `.html`. Beside
each text lies `<file>.gz` (packing.py), which is never older than the file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from newsletter.publish.packing import ENDING, pack

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Writer:
    """Writes under one directory and nowhere else; counts what it did."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.written = self.unchanged = 0
        self.removed: list[str] = []

    def write(self, name: str, data: bytes, *, modified: datetime | None = None) -> None:
        """Put `data` at `name`, unless it is there already.

        Whoever reads meanwhile, or after a crash, finds the old file or the new one. `modified` becomes the file's
        time, to the microsecond. Raises OSError (disk full, not allowed) with the old file in its place.
        """
        path = self._path(name)
        packed = _packed(path)
        if _read(path) == data:
            self.unchanged += 1
        else:
            packed.unlink(missing_ok=True)  # first: after a crash none is better than that of the old file
            _replace(path, data)
            self.written += 1
        if modified is not None and _modified(path) != modified:
            nanoseconds = (modified - EPOCH) // timedelta(microseconds=1) * 1000
            os.utime(path, ns=(nanoseconds, nanoseconds))
        if not packed.exists() and (small := pack(path, data)) is not None:
            _replace(packed, small)
        _keep_time(packed, path)

    def read(self, name: str) -> bytes | None:
        """The bytes at `name`, None where there is no file."""
        return _read(self._path(name))

    def remove(self, name: str) -> None:
        """Take the file at `name` away, if it is there."""
        _packed(self._path(name)).unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            self._path(name).unlink()
            self.removed.append(name)

    def outdate(self, name: str) -> None:
        """Make the file at `name`, if it is there, look old."""
        with suppress(FileNotFoundError):
            os.utime(self._path(name), (0, 0))

    def files(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """The name and time of each file that lies directly in `folder`; those packed beside others are no files."""
        with suppress(FileNotFoundError), os.scandir(self._path(folder)) as entries:
            for entry in entries:
                if entry.is_file() and not entry.name.startswith(".") and not entry.name.endswith(ENDING):
                    yield entry.name, _moment(entry.stat())

    def files_below(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """The name (`<folder>/<file>`) and time of each file one folder below `folder`."""
        with suppress(FileNotFoundError), os.scandir(self._path(folder)) as entries:
            for entry in entries:
                if entry.is_dir() and not entry.name.startswith("."):
                    yield from ((f"{entry.name}/{name}", at) for name, at in self.files(f"{folder}/{entry.name}"))

    def folders(self, folder: str) -> list[str]:
        """The names of the folders directly below `folder`."""
        with suppress(FileNotFoundError), os.scandir(self._path(folder)) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
        return []

    def _path(self, name: str) -> Path:
        parts = PurePosixPath(name).parts
        if not parts or any(part in ("/", "..") or "\0" in part for part in parts):
            raise ValueError(f"{name!r} does not lie in the public directory")
        return self.directory.joinpath(*parts)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _packed(path: Path) -> Path:
    return path.with_name(path.name + ENDING)


def _keep_time(packed: Path, path: Path) -> None:
    """The packed file, where there is one, gets the time of the other: Last-Modified is the same for both."""
    with suppress(FileNotFoundError):
        at = path.stat().st_mtime_ns
        if packed.stat().st_mtime_ns != at:
            os.utime(packed, ns=(at, at))


def _modified(path: Path) -> datetime:
    return _moment(path.stat())


def _moment(stat: os.stat_result) -> datetime:
    return EPOCH + timedelta(microseconds=stat.st_mtime_ns // 1000)


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)  # mkstemp's 0600 would keep a web server of another user out
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
