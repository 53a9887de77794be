"""The public directory, mirrored into an object store: what changed is put there, and what is gone is taken away.

What was put, and where, is remembered beside the files (`.mirrored`), so that nobody is asked where nothing changed.
What is new is put before what lists it, and taken away after it. One file that is refused stops no other, and is tried
again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from newsletter.errors import MirrorError
from newsletter.publish.kinds import FOREVER, kept_for, type_of
from newsletter.publish.packing import ENDING
from newsletter.publish.writer import Writer

REMEMBERED = ".mirrored"
FIRST = ("images", "theme", "releases", "reports", "editions")  # what the others show or list
AT_ONCE = 500  # files, after which it is remembered that they are there
PATIENCE = 10  # failures, after which the store is left alone for now
INDEX = "index.html"
Marks = dict[str, list[int]]  # time (ns) and size of each file that was put


class Bucket(Protocol):
    """An object store. Both raise MirrorError where it does not answer, or refuses."""

    place: str
    """Which it is; with another one all is put anew."""

    def put(self, key: str, data: bytes, content_type: str, cache_control: str) -> None:
        """Put an object, in place of one that is there."""
        ...

    def delete(self, key: str) -> None:
        """Take an object away, if it is there."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """A file that differs from what was put; `mark` is None for one that is gone."""

    name: str
    mark: list[int] | None

    @property
    def keys(self) -> tuple[str, ...]:
        """What its object is called: a page by its address; a folder's first page by the folder's, too."""
        if self.name == INDEX:
            return (INDEX, "")
        if self.name.endswith(f"/{INDEX}"):
            return self.name, self.name.removesuffix(INDEX)
        return (self.name.removesuffix(".html"),)

    @property
    def path(self) -> str:
        """That of its address."""
        return f"/{self.name.removesuffix(INDEX).removesuffix('.html')}"


class Mirror:
    """Mirrors a public directory into a bucket; without one it only notices what changed."""

    def __init__(self, directory: Path, bucket: Bucket | None) -> None:
        self._directory = directory
        self._bucket = bucket
        self._writer = Writer(directory)

    def follow(self, tell: Callable[[list[str]], None]) -> None:
        """Put what changed. `tell` hears, before that is forgotten, of paths that say something else now.

        Raises MirrorError, the first of them, when all others are put.
        """
        marks = self._remembered()
        changes = list(_changes(marks, dict(self._files())))
        failed: list[MirrorError] = []
        for start in range(0, len(changes), AT_ONCE):
            carried = [change for change in changes[start : start + AT_ONCE] if self._carried(change, failed)]
            tell([change.path for change in carried])
            self._remember(marks, carried)
            if len(failed) >= PATIENCE:
                break
        if failed:
            raise failed[0]

    def _carried(self, change: Change, failed: list[MirrorError]) -> bool:
        if len(failed) >= PATIENCE:
            return False
        try:
            self._carry(change)
        except FileNotFoundError:
            return False  # gone since we looked; the next time it is known to be
        except OSError as error:
            failed.append(MirrorError(f"{change.name}: {error}"))
            return False
        except MirrorError as error:
            failed.append(error)
            return False
        return True

    def _carry(self, change: Change) -> None:
        if self._bucket is None:
            return
        if change.mark is None:
            for key in change.keys:
                self._bucket.delete(key)
            return
        data = (self._directory / change.name).read_bytes()
        forever = PurePosixPath(change.name).parts[0] == "images"
        for key in change.keys:
            self._bucket.put(key, data, type_of(change.name), FOREVER if forever else kept_for(change.name))

    def _remember(self, marks: Marks, carried: Iterable[Change]) -> None:
        for change in carried:
            marks.pop(change.name, None)
            if change.mark is not None:
                marks[change.name] = change.mark
        where = self._bucket.place if self._bucket else ""
        self._writer.write(REMEMBERED, json.dumps({"where": where, "marks": marks}).encode())

    def _remembered(self) -> Marks:
        """What is there already; nothing in another place."""
        try:
            found = json.loads(self._writer.read(REMEMBERED) or b"{}")
        except ValueError:
            return {}
        here = self._bucket.place if self._bucket else ""
        if not isinstance(found, dict) or found.get("where") != here or not isinstance(found.get("marks"), dict):
            return {}
        return dict(found["marks"])

    def _files(self) -> Iterator[tuple[str, list[int]]]:
        """What everybody may ask for, but the notices of what is withdrawn: an object store has no status 410."""
        for folder, folders, names in os.walk(self._directory):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if not name.startswith(".") and not name.endswith((ENDING, ".gone.html")):
                    path = Path(folder, name)
                    try:
                        stat = path.stat()
                    except FileNotFoundError:  # gone since its folder was read
                        continue
                    yield path.relative_to(self._directory).as_posix(), [stat.st_mtime_ns, stat.st_size]


def _changes(before: Mapping[str, list[int]], now: Mapping[str, list[int]]) -> Iterable[Change]:
    changed = [Change(name, mark) for name, mark in now.items() if before.get(name) != mark]
    gone = [Change(name, None) for name in before if name not in now]
    return [*sorted(changed, key=_rank), *sorted(gone, key=_rank, reverse=True)]


def _rank(change: Change) -> tuple[int, str]:
    folder = PurePosixPath(change.name).parts[0]
    return FIRST.index(folder) if folder in FIRST else len(FIRST), change.name
