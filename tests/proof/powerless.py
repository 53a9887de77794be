"""What a disk holds after the power failed: all that was synced, and of the rest whatever happened to get there.

Read from a log of a process's system calls (`strace -y -xx`). A write belongs to the disk once an fsync or fdatasync of
its file that began after it has ended. Of what came later each write is there, or not, or torn between two sectors,
whatever became of the others.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename"
OPTIONS = ("-y", "-xx", "-s", "1048576", "-e", f"trace={CALLS}")
SECTOR = 512  # bytes that a disk writes as one
LINE = re.compile(r"^(?P<thread>\d+) +(?P<rest>.*)$")
DONE = re.compile(r"^(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
BEGUN = re.compile(r"^(?P<call>\w+)\((?P<arguments>.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"^<\.\.\. (?P<call>\w+) resumed>(?P<arguments>.*)\) += (?P<result>-?\d+)")
FILE = re.compile(r"^\d+<(?P<name>[^>]*)>(?:, )?(?P<rest>.*)$", re.DOTALL)
TEXT = re.compile(r'"(?P<text>(?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True)
class Call:
    """A system call; `begin` and `end` are lines of the log."""

    name: str
    arguments: str
    result: int
    begin: int
    end: int


@dataclass
class File:
    """What is on disk of it, and what was written since. A change is an offset and bytes; None: cut to that length."""

    durable: bytearray | None  # None: not there
    changes: list[tuple[int, int, bytes | None]] = field(default_factory=list)  # line of its begin, offset, bytes
    size: int = 0
    unlinked: bool = False

    def change(self, line: int, offset: int, data: bytes | None) -> None:
        """Somebody wrote, or cut."""
        self.changes.append((line, offset, data))
        self.size = offset if data is None else max(self.size, offset + len(data))

    def sync(self, since: int) -> None:
        """All that was written before that line is on disk."""
        self.durable = self.durable if self.durable is not None else bytearray()
        for _, offset, data in (one for one in self.changes if one[0] < since):
            _apply(self.durable, offset, data)
        self.changes = [one for one in self.changes if one[0] >= since]

    def after(self, chance: random.Random) -> bytes | None:
        """What a disk may hold when the power fails now; None: no such file."""
        if self.durable is None and chance.random() < 0.5:
            return None
        if self.unlinked and chance.random() < 0.5:
            return None
        content = bytearray(self.durable or b"")
        kept = chance.choice((0.0, 0.5, 0.9))
        for _, offset, data in self.changes:
            if chance.random() < kept:
                _apply(content, offset, _torn(data, offset, chance))
        return bytes(content)


def calls(log: str) -> Iterator[Call]:
    """The calls of a log that have ended, in the order of their ends."""
    begun: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(log.splitlines()):
        if not (found := LINE.match(line)):
            continue
        thread, rest = found["thread"], found["rest"]
        if one := BEGUN.match(rest):
            begun[thread] = one["arguments"], number
        elif one := RESUMED.match(rest):
            arguments, begin = begun.pop(thread, ("", number))
            yield Call(one["call"], arguments + one["arguments"], int(one["result"]), begin, number)
        elif one := DONE.match(rest):
            yield Call(one["call"], one["arguments"], int(one["result"]), number, number)


def disk_after(log: str, before: Mapping[str, bytes], folder: Path, chance: random.Random) -> dict[str, bytes]:
    """The files of a folder, by name, as the power failing at the log's end may leave them; `before`: at its start."""
    files = {name: File(bytearray(content), size=len(content)) for name, content in before.items()}
    for call in (one for one in calls(log) if one.result >= 0):
        _follow(files, call, folder)
    left = {name: file.after(chance) for name, file in files.items()}
    return {name: content for name, content in left.items() if content is not None}


def _follow(files: dict[str, File], call: Call, folder: Path) -> None:
    if call.name in ("unlink", "rename"):
        path = Path(_text(call.arguments).decode())
        if path.parent == folder and path.name in files:
            files[path.name].unlinked = True
        return
    opened = call.name == "openat"
    path = Path(_text(call.arguments).decode()) if opened else _path(call)
    if path.parent != folder or path.name.endswith("-shm"):  # shared memory: every opening makes it anew
        return
    if opened and "O_CREAT" not in call.arguments:
        return
    file = files.setdefault(path.name, File(None))
    if opened and file.unlinked:
        files[path.name] = File(None)
    elif call.name in ("fsync", "fdatasync"):
        file.sync(call.begin)
    elif call.name == "ftruncate":
        file.change(call.begin, int(call.arguments.rsplit(", ", 1)[1]), None)
    elif call.name in ("write", "pwrite64"):
        at = int(call.arguments.rsplit(", ", 1)[1]) if call.name == "pwrite64" else file.size  # appended
        file.change(call.begin, at, _text(call.arguments)[: call.result])


def _path(call: Call) -> Path:
    found = FILE.match(call.arguments)
    return Path(bytes.fromhex(found["name"].replace("\\x", "")).decode() if found else "")


def _text(arguments: str) -> bytes:
    found = TEXT.search(arguments)
    return bytes.fromhex(found["text"].replace("\\x", "")) if found else b""


def _torn(data: bytes | None, offset: int, chance: random.Random) -> bytes | None:
    """Now and then only the first sectors of a write got there."""
    if data is None or chance.random() < 0.7:
        return data
    sectors = range(SECTOR - offset % SECTOR, len(data), SECTOR)
    return data[: chance.choice(sectors)] if sectors else data


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data
