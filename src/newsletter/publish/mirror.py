"""The public directory, mirrored into an object store: what changed is put there, and what is gone is taken away.

What was put is remembered beside the files (`.mirrored`), so a publishing that changes nothing asks nobody. What is
new is put before what lists it, and taken away after it; what fails is tried again by the next publishing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from newsletter.publish.kinds import FOREVER, kept_for, type_of
from newsletter.publish.packing import ENDING
from newsletter.publish.writer import Writer

REMEMBERED = ".mirrored"
FIRST = ("images", "theme", "releases", "reports", "editions")  # what the others show or list
AT_ONCE = 500  # files, after which it is remembered that they are there
INDEX = "index.html"
Marks = dict[str, list[int]]  # time (ns) and size of each file that was put


class Bucket(Protocol):
    """An object store. Both raise MirrorError where it does not answer, or refuses."""

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
            return (INDEX,)
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

        Raises MirrorError; what was put until then is not put again.
        """
        marks = self._remembered()
        changes = list(_changes(marks, dict(self._files())))
        for start in range(0, len(changes), AT_ONCE):
            carried: list[Change] = []
            try:
                for change in changes[start : start + AT_ONCE]:
                    self._carry(change)
                    carried.append(change)
            finally:
                tell([change.path for change in carried])
                self._remember(marks, carried)

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
        self._writer.write(REMEMBERED, json.dumps(marks).encode())

    def _remembered(self) -> Marks:
        try:
            found = json.loads(self._writer.read(REMEMBERED) or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _files(self) -> Iterator[tuple[str, list[int]]]:
        """What everybody may ask for, but the notices of what is withdrawn: an object store has no status 410."""
        for folder, folders, names in os.walk(self._directory):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if not name.startswith(".") and not name.endswith((ENDING, ".gone.html")):
                    path = Path(folder, name)
                    stat = path.stat()
                    yield path.relative_to(self._directory).as_posix(), [stat.st_mtime_ns, stat.st_size]


def _changes(before: Mapping[str, list[int]], now: Mapping[str, list[int]]) -> Iterable[Change]:
    changed = [Change(name, mark) for name, mark in now.items() if before.get(name) != mark]
    gone = [Change(name, None) for name in before if name not in now]
    return [*sorted(changed, key=_rank), *sorted(gone, key=_rank, reverse=True)]


def _rank(change: Change) -> tuple[int, str]:
    folder = PurePosixPath(change.name).parts[0]
    return FIRST.index(folder) if folder in FIRST else len(FIRST), change.name
