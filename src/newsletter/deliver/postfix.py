"""A Postfix's log, asked whether it took a mail: `cleanup` names the Message-ID, `qmgr` that it is in the queue.

A message that was not whole when the connection broke has the first line, never the second.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

from newsletter.errors import TransportError

MOST: Final = 64 * 1024 * 1024  # bytes of the end of the log that are looked at: about 400,000 mails
PACKED: Final = (".gz", ".xz", ".zst", ".bz2")
NAMED: Final = re.compile(rb"/cleanup\[\d+\]: ([0-9A-Za-z]+): message-id=<([a-z2-7]{32})@")
QUEUED: Final = re.compile(rb"/qmgr\[\d+\]: ([0-9A-Za-z]+): from=<")


class PostfixLog:
    """The log at a path, with those before it that are still plain (`….1`)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def taken(self, marks: Sequence[str], since: datetime) -> Mapping[str, str | None]:
        """See `Inquiry`: of what is not there it tells only where the log reaches back far enough."""
        return await asyncio.to_thread(self._taken, frozenset(marks), since.timestamp())

    def _taken(self, marks: frozenset[str], since: float) -> dict[str, str | None]:
        try:
            before = [
                file for file in self._path.parent.glob(f"{self._path.name}[.-]*") if file.stat().st_mtime >= since
            ]
            files = [*(file for file in before if file.suffix not in PACKED), self._path]
            files.sort(key=lambda file: file.stat().st_mtime)
            found = queued(chain.from_iterable(map(_lines, files)), marks)
            whole = len(files) == len(before) + 1 and all(file.stat().st_size <= MOST for file in files)
        except OSError as error:
            raise TransportError(f"mail.smtp.log: {self._path} cannot be read: {error.strerror}") from error
        said: dict[str, str | None] = dict.fromkeys(marks) if whole else {}
        return said | {mark: f"found in the mail server's log, queued as {id}" for mark, id in found.items()}


def queued(lines: Iterable[bytes], marks: frozenset[str]) -> dict[str, str]:
    """Which of the marked mails came into the queue, and the queue's own id of each."""
    named: dict[bytes, str] = {}
    found: dict[str, str] = {}
    for line in lines:
        if match := NAMED.search(line):
            mark = match[2].decode("ascii")
            if mark in marks:
                named[match[1]] = mark
        elif (match := QUEUED.search(line)) and match[1] in named:
            found[named[match[1]]] = match[1].decode("ascii")
    return found


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - MOST, 0))
        yield from file
