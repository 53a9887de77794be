"""Files of people on their way in: each in a folder of its own that nobody else on the machine can read.

Never served as they are; gone as soon as they are in, and after a day in any case. What came of them stays as long.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

from newsletter.errors import NotFound, StoreError
from newsletter.said import document, said_from

KEPT: Final = timedelta(days=1)
ID: Final = re.compile(r"[0-9a-f]{32}")
ABOUT, LIST, REFUSED = "about.json", "list.csv", "refused.csv"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file, what its columns mean, and how far it is. `program`: whose export it is; "": of one's own.

    `among`: the newsletters it may bring people to, None for all. `state`: new, trying, tried, importing, done or
    failed; with it `sums` (of a dry run, too), `first` (the first refused rows with their reasons) and `problem`.
    `language`: that of who began the work, in which the refused rows are handed back.
    """

    id: str
    by: str
    at: datetime
    name: str
    program: str
    among: tuple[str, ...] | None
    columns: tuple[str | None, ...]
    newsletter: str = ""
    consent: str = ""
    state: str = "new"
    sums: dict[str, int] = field(default_factory=dict)
    first: tuple[tuple[int, str], ...] = ()
    problem: str = ""
    language: str = "en"


class Uploads:
    """All of them, in one folder. Raises StoreError where it cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: BinaryIO) -> str:
        """Keep a file; what it is called from now on."""
        id = secrets.token_hex(16)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._folder / id).mkdir(mode=0o700)
            with _private(self._folder / id / LIST) as out:
                shutil.copyfileobj(content, out, 1024 * 1024)
        except OSError as error:
            self.drop(id)
            raise StoreError(f"{self._folder} cannot be written: {error.strerror}") from error
        return id

    def get(self, id: str, by: str) -> Upload:
        """One of somebody's. Raises NotFound for one that is gone, or somebody else's."""
        found = self._read(id) if ID.fullmatch(id) else None
        if found is None or found.by != by:
            raise NotFound("this list is not here (any more): a list is kept for a day at most")
        return found

    def of(self, by: str) -> list[Upload]:
        """All of somebody's, the latest first."""
        found = [one for id in self._ids() if (one := self._read(id)) is not None and one.by == by]
        return sorted(found, key=lambda one: one.at, reverse=True)

    def save(self, upload: Upload) -> None:
        """Write down how far it is. One that is gone meanwhile stays gone."""
        place = self._folder / upload.id
        if not place.is_dir():
            return
        said = [document(one) for one in (*(reason for _, reason in upload.first), upload.problem)]
        values = asdict(upload) | {"at": upload.at.isoformat(), "said": said}
        with _private(place / f".{ABOUT}") as out:
            out.write(json.dumps(values).encode())
        (place / f".{ABOUT}").replace(place / ABOUT)

    def list_of(self, id: str) -> Path:
        """Where its file lies."""
        return self._folder / id / LIST

    def refused_of(self, id: str) -> Path:
        """Where the rows lie that are left out."""
        return self._folder / id / REFUSED

    def write_refused(self, id: str, lines: Iterable[str]) -> None:
        """Keep the rows that are left out."""
        with _private(self.refused_of(id)) as out:
            out.writelines(line.encode() for line in lines)

    def drop(self, id: str) -> None:
        """Leave nothing of it."""
        shutil.rmtree(self._folder / id, ignore_errors=True)

    def tidy(self, now: datetime) -> int:
        """Drop those that have had their day, also those that never came to be; how many."""
        late = [id for id in self._ids() if _made(self._folder / id, self._read(id)) < (now - KEPT).timestamp()]
        for id in late:
            self.drop(id)
        return len(late)

    def _ids(self) -> list[str]:
        return [path.name for path in self._folder.iterdir()] if self._folder.is_dir() else []

    def _read(self, id: str) -> Upload | None:
        try:
            values: dict[str, Any] = json.loads((self._folder / id / ABOUT).read_bytes())
        except (OSError, ValueError):
            return None
        values["at"] = datetime.fromisoformat(values["at"])
        values["among"] = None if values["among"] is None else tuple(values["among"])
        *reasons, problem = values.pop("said", None) or [None] * (len(values["first"]) + 1)
        first = tuple(
            (line, said_from(reason, said)) for (line, reason), said in zip(values["first"], reasons, strict=True)
        )
        values |= {"first": first, "problem": said_from(values["problem"], problem)}
        return replace(Upload(**values), columns=tuple(values["columns"]))


def _private(path: Path) -> BinaryIO:
    """A file to be written, that its owner alone can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _made(place: Path, upload: Upload | None) -> float:
    if upload is not None:
        return upload.at.timestamp()
    try:
        return place.stat().st_mtime
    except OSError:
        return 0.0
