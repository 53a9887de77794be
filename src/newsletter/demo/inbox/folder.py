"""The folder of received mails: `<nnn>-<recipient>.eml`, the bytes as they came, never changed afterwards.

The number counts arrivals and goes on where an earlier run ended; the recipient is the envelope's, percent-encoded
where a file name could not hold it.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote

LONGEST = 200  # characters of a recipient in a file name; file systems take 255 bytes in all
_NAME = re.compile(r"(\d{3,})-(.*)\.eml", re.ASCII)
_UNFINISHED = ".part"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail as it lies in the folder; `received` in UTC, `size` in bytes."""

    path: Path
    number: int
    recipient: str
    received: datetime
    size: int

    @property
    def raw(self) -> bytes:
        """The mail's bytes as received, dot-unstuffed, with the line ends they came with."""
        return self.path.read_bytes()


def received_mails(directory: Path) -> list[ReceivedMail]:
    """Return what lies in the folder, in the order of arrival; none where there is no folder yet."""
    found = []
    with suppress(FileNotFoundError), os.scandir(directory) as entries:
        for entry in entries:
            if name := _NAME.fullmatch(entry.name):
                facts = entry.stat()
                received = datetime.fromtimestamp(facts.st_mtime, UTC)
                found.append(ReceivedMail(Path(entry.path), int(name[1]), unquote(name[2]), received, facts.st_size))
    return sorted(found, key=lambda mail: mail.number)


def prepare(directory: Path) -> int:
    """Make the folder, clear away what a killed run left unfinished, and return the next free number."""
    directory.mkdir(parents=True, exist_ok=True)
    for leftover in directory.glob(f"*{_UNFINISHED}"):
        leftover.unlink()
    return max((mail.number for mail in received_mails(directory)), default=0) + 1


def keep(directory: Path, number: int, recipient: str, content: bytes) -> Path:
    """Write a mail so that it is whole and on the disk when this returns. Raises OSError; nothing is left then."""
    name = f"{number:03}-{quote(recipient, safe='@+', errors='surrogateescape')[:LONGEST]}"
    unfinished, path = directory / f"{name}{_UNFINISHED}", directory / f"{name}.eml"
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    _sync(directory)
    return path


def _sync(directory: Path) -> None:
    """The name is on the disk only when the folder is: fsync(2)."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
