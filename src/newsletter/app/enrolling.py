"""Files of subscribers that editors upload: kept aside, looked at, tried, imported, and gone within a day.

A file lies under a random name beside the journal, readable by the program alone; no address serves it. What came of it
is held as the work of all editors is (errands.py); a restart forgets that, and the file can be looked at again.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from newsletter.app.errands import Errand, Errands
from newsletter.audience.foreign import recognised
from newsletter.audience.importing import COLUMNS, Defaults, ImportReport, Table, text_of
from newsletter.errors import BadInput, NotFound

if TYPE_CHECKING:
    from newsletter.app.program import Program

KEPT: Final = timedelta(days=1)
LARGEST: Final = 32 * 1024 * 1024  # bytes: some 300,000 people
FIRST_ROWS: Final = 5
NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Look:
    """What a file seems to be: its columns, what each may hold, its first rows; `program` whose export it is."""

    header: tuple[str, ...]
    guessed: tuple[str | None, ...]
    rows: tuple[tuple[str, ...], ...]
    program: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is to be read, and what holds for rows that do not say it themselves."""

    consent: str
    newsletter: str | None = None
    program: str | None = None
    columns: tuple[str | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan; `dry`: would become."""

    plan: Plan
    dry: bool
    report: ImportReport


class Enrolling:
    """Takes files in and works on them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._folder = program.settings.store.journal.parent / "imports"
        self.errands = Errands(program.now)
        self.done: dict[str, int] = {}
        """Rows that were worked on, by the file's name."""

    def keep(self, upload: BinaryIO) -> str:
        """Take a file in; the name it is kept under. Raises BadInput for what is empty, too large or no table."""
        self.tidy(self._program.now())
        data = upload.read(LARGEST + 1)
        if not data.strip():
            raise BadInput("the file is empty")
        if len(data) > LARGEST:
            raise BadInput(f"the file has more than {LARGEST // 1024 // 1024} MB: import it in parts")
        Table(text_of(data))
        name = secrets.token_hex(16)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / name
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(data)
        return name

    def look(self, name: str) -> Look:
        """What a file seems to be. Raises NotFound where it is gone."""
        table = Table(text_of(self._read(name)))
        export = recognised(table.header)
        rows = tuple(record.cells for record in islice(table, FIRST_ROWS))
        return Look(table.header, tuple(table.guessed(COLUMNS)), rows, export.name if export else None)

    async def work(self, name: str, plan: Plan, *, dry: bool) -> Errand:
        """Import a file, or tell what would become of it. Raises NotFound where it is gone."""
        await asyncio.to_thread(self._path, name)
        return await self.errands.run(name, partial(asyncio.to_thread, self._import, name, plan, dry))

    def latest(self, name: str) -> Errand | None:
        """What is being done with a file, or was done last."""
        return self.errands.latest(name)

    def tidy(self, now: datetime) -> int:
        """Delete files that nobody came back for; how many."""
        old = [path for path in self._files() if path.stat().st_mtime < (now - KEPT).timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _import(self, name: str, plan: Plan, dry: bool) -> Outcome:
        self.done[name] = 0
        report = self._program.register.import_csv(
            self._read(name),
            self._program.now(),
            Defaults(plan.newsletter, plan.consent),
            partial(self.done.__setitem__, name),
            plan.program,
            columns=plan.columns,
            dry_run=dry,
        )
        if not dry:
            self._path(name).unlink(missing_ok=True)
        return Outcome(plan, dry, report)

    def _read(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def _path(self, name: str) -> Path:
        path = self._folder / name
        if not NAME.fullmatch(name) or not path.is_file():
            raise NotFound("this file is gone: it was imported, or lay here for a day; upload it again")
        return path

    def _files(self) -> Sequence[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []
