"""The journal: what no restored backup may forget, outside the database, in hashes (DESIGN, decision 9).

A line each, appended and synced before the database commits what it says: `<moment> <kind> <what…> <crc32>`. A torn
last line says nothing, because nothing was committed after it. Kinds: `left`, `erased`, `suppressed` (address hash,
newsletter or `*`), `sent` (edition, newsletter, cadence, slot, releases as `<address hash>:<revision>`) and `lifted`
(address hash, newsletters or `-`), which alone is written after the commit: what crashes between leaves the goodbye.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newsletter.errors import StoreError
from newsletter.model import Cadence, Carried

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Goodbye:
    """That somebody ended a newsletter (None: every one). `kind` is left, erased or suppressed."""

    at: datetime
    kind: str
    email_hash: str
    newsletter: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """That an edition's first mail was about to go out. `carried` names releases by the hash of their address."""

    at: datetime
    edition: str
    newsletter: str
    cadence: Cadence
    slot: datetime
    carried: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class Lifted:
    """That an address was taken off the suppression list; `newsletters` are those that it gets again."""

    at: datetime
    email_hash: str
    newsletters: tuple[str, ...]


Entry = Goodbye | Sent | Lifted
GOODBYES = ("left", "erased", "suppressed")


def address_hash(url: str) -> str:
    """A release's address as the journal names it."""
    return hashlib.sha256(url.encode()).hexdigest()[:32]


class Journal:
    """An append-only file, shared by all processes. Raises StoreError when it cannot be written or read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def goodbye(self, kind: str, email_hash: str, newsletter: str | None, at: datetime) -> None:
        """Note durably that somebody ended a newsletter (None: every one); `kind`: left | erased | suppressed."""
        if kind not in GOODBYES:
            raise ValueError(f"the journal knows no {kind}")
        self._append(at, kind, email_hash, newsletter or EVERY)

    def lifted(self, email_hash: str, newsletters: Sequence[str], at: datetime) -> None:
        """Note durably that an address was taken off the suppression list, and gets these newsletters again.

        Call it once that is committed: one that is missing does no harm, one that never came about would.
        """
        self._append(at, "lifted", email_hash, ",".join(newsletters) or "-")

    def sent(self, sent: Sent) -> None:
        """Note durably that an edition's first mail is about to go out."""
        releases = ",".join(f"{one.release}:{one.revision}" for one in sent.carried) or "-"
        self._append(sent.at, "sent", sent.edition, sent.newsletter, sent.cadence, _written(sent.slot), releases)

    def entries(self) -> Iterator[Entry]:
        """What it says, in order. Raises StoreError at a damaged line that is not the torn last one."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"the journal {self._path} cannot be read: {error.strerror}") from error
        for number, line in enumerate(content.split(b"\n")[:-1], 1):
            entry = _parsed(line)
            if entry is None:
                raise StoreError(f"the journal {self._path} is damaged in line {number}: mend or remove that line")
            yield entry

    def _append(self, at: datetime, *words: str) -> None:
        if any(not word or set(word) & set(" \t\r\n") for word in words):
            raise ValueError("a word of the journal holds no space")
        text = " ".join((_written(at), *words))
        line = f"{text} {zlib.crc32(text.encode()):08x}\n".encode()
        try:
            with self._opened() as file:
                _mend(file)
                os.write(file, line)
                os.fsync(file)
        except OSError as error:
            raise StoreError(f"the journal {self._path} cannot be written: {error.strerror}; free its disk") from error

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The file, locked against other processes; its folder is synced when it is new."""
        new = not self._path.exists()
        if new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if new:
                _sync_folder(self._path.parent)
            yield file
        finally:
            os.close(file)


def _mend(file: int) -> None:
    """Cut off a line that a crash or a full disk left torn: it was never relied on."""
    size = os.fstat(file).st_size
    tail = os.pread(file, min(size, 1 << 16), max(0, size - (1 << 16)))
    os.ftruncate(file, size - (len(tail) - tail.rfind(b"\n") - 1))


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _parsed(line: bytes) -> Entry | None:
    try:
        text, check = line.decode("ascii").rsplit(" ", 1)
        if int(check, 16) != zlib.crc32(text.encode()):
            return None
        at, kind, *words = text.split(" ")
        moment = datetime.fromisoformat(at)
        if kind in GOODBYES:
            email_hash, newsletter = words
            return Goodbye(moment, kind, email_hash, None if newsletter == EVERY else newsletter)
        if kind == "lifted":
            email_hash, newsletters = words
            return Lifted(moment, email_hash, () if newsletters == "-" else tuple(newsletters.split(",")))
        edition, newsletter, cadence, slot, releases = words
        return Sent(moment, edition, newsletter, Cadence(cadence), datetime.fromisoformat(slot), _carried(releases))
    except ValueError:
        return None


def _carried(text: str) -> tuple[Carried, ...]:
    if text == "-":
        return ()
    pairs = (pair.split(":") for pair in text.split(","))
    return tuple(Carried(release, int(revision)) for release, revision in pairs)
