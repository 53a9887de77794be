"""The import desk: a list is looked at, tried, and taken in; by the same verb as on the command line.

It may take longer than a request waits: then it goes on by itself, and tells how far it is. It is done in small
transactions, so that mail and pages go on beside it. What breaks off is begun anew: nobody comes in twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Final

from newsletter.app.errands import Errands
from newsletter.app.uploads import Upload, Uploads
from newsletter.audience.exporting import refused_lines
from newsletter.audience.foreign import export_of, recognised
from newsletter.audience.importing import COLUMNS, Defaults, ImportReport, Table, decoded
from newsletter.errors import BadInput, NewsletterError, StateError
from newsletter.said import Said

if TYPE_CHECKING:
    from newsletter.app.program import Program

FIRST: Final = 10  # refused rows that a page shows
SHOWN: Final = 5  # rows by which people recognise columns
MOST_COLUMNS: Final = 200
BROKE_OFF: Final = Said("it broke off: the program was ended meanwhile")
PATIENCE: Final = 5.0  # seconds that a request waits


@dataclass(frozen=True, slots=True)
class Look:
    """What a list looks like: its columns' names, its first rows, how it was read, about how many rows there are.

    `fields` are what columns may hold.
    """

    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    encoding: str
    delimiter: str
    count: int
    fields: tuple[str, ...]


class ImportDesk:
    """Lists of editors. Each verb raises NotFound for a list that is not theirs, or is gone."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._uploads = Uploads(program.settings.store.journal.parent / "imports")
        self._rows: dict[str, int] = {}
        self._ending = False
        self.errands = Errands(program.now, PATIENCE)

    def keep(
        self, content: BinaryIO, name: str, by: str, among: Collection[str] | None, program: str | None = None
    ) -> Upload:
        """Take a file and guess what its columns mean; `program` as for the command. Raises BadInput for no table."""
        self.tidy()
        id = self._uploads.keep(content)
        try:
            table = Table(decoded(self._uploads.list_of(id).read_bytes())[0])
            if not any(table.header) or len(table.header) > MOST_COLUMNS:
                raise BadInput("the file’s first line does not name its columns")
            export = recognised(table.header) if program is None else export_of(program) if program else None
            kind = "" if export is None else export.name.lower()
            upload = Upload(
                id,
                by,
                self._program.now(),
                name,
                kind,
                None if among is None else tuple(sorted(among)),
                tuple(_guessed(table, kind)),
            )
            self._uploads.save(upload)
        except BaseException:
            self._uploads.drop(id)
            raise
        return upload

    def get(self, id: str, by: str) -> Upload:
        """One of somebody's lists; one whose work broke off with the program is as it was before."""
        found = self._uploads.get(id, by)
        if found.state in ("trying", "importing") and not self.busy(id):
            return replace(found, state="failed", problem=BROKE_OFF)
        return found

    def of(self, by: str) -> list[Upload]:
        """All lists of somebody, the latest first."""
        return [self.get(one.id, by) for one in self._uploads.of(by)]

    def look(self, upload: Upload) -> Look:
        """What it looks like. Raises NotFound where it is in already: the file is gone."""
        text, encoding = decoded(self._content(upload))
        table = Table(text)
        rows = [record.cells for record, _ in zip(table, range(SHOWN), strict=False)]
        return Look(table.header, rows, encoding, table.delimiter, len(table), tuple(_fields(upload.program)))

    def busy(self, id: str) -> bool:
        """Whether it is being worked on."""
        errand = self.errands.latest(f"import:{id}")
        return errand is not None and errand.ended_at is None

    def rows_done(self, id: str) -> int:
        """How many of its rows are done by now."""
        return self._rows.get(id, 0)

    async def attempt(self, upload: Upload, language: str) -> Upload:
        """Find out what would become of it, writing nothing; what is left out is told in this language."""
        return await self._begin(replace(upload, state="trying", language=language), dry_run=True)

    async def take_in(self, upload: Upload, language: str) -> Upload:
        """Subscribe everybody in it; the file is gone after that."""
        if upload.state != "tried":
            raise StateError("this list was not tried as it is now: try it first")
        return await self._begin(replace(upload, state="importing", language=language), dry_run=False)

    def refused(self, upload: Upload) -> bytes:
        """The rows that are left out, as CSV with line and reason; nothing where there are none."""
        try:
            return self._uploads.refused_of(upload.id).read_bytes()
        except FileNotFoundError:
            return b""

    def drop(self, upload: Upload) -> None:
        """Leave nothing of it. Raises StateError while it is being worked on."""
        if self.busy(upload.id):
            raise StateError("this list is being worked on; wait for its end")
        self._uploads.drop(upload.id)

    def tidy(self) -> int:
        """Drop lists that have had their day; how many."""
        return self._uploads.tidy(self._program.now())

    def end(self) -> None:
        """Let what is being worked on break off soon: the program is ended, and does not wait for a long list."""
        self._ending = True

    # --- inside

    async def _begin(self, upload: Upload, *, dry_run: bool) -> Upload:
        if self.busy(upload.id):
            raise StateError("this list is being worked on; wait for its end")
        self._rows[upload.id] = 0
        await asyncio.to_thread(self._uploads.save, replace(upload, problem=""))
        await self.errands.run(f"import:{upload.id}", lambda: asyncio.to_thread(self._work, upload, dry_run=dry_run))
        return self.get(upload.id, upload.by)

    def _work(self, upload: Upload, *, dry_run: bool) -> None:
        """Do it, on record; how it ended is written down with the list."""
        action = "subscriber.tried" if dry_run else "subscriber.imported"
        try:
            with self._program.audit.action(upload.by, action, upload.id) as record:
                report = self._read(upload, dry_run=dry_run)
                record.update(_sums(report), file=upload.name)
        except NewsletterError as error:
            self._uploads.save(replace(upload, state="failed", problem=error.said))
            return
        except BaseException as error:
            self._uploads.save(replace(upload, state="failed", problem=type(error).__name__))
            raise
        self._uploads.write_refused(upload.id, refused_lines(report, upload.language))
        first = tuple((one.line, one.reason) for one in report.refused[:FIRST])
        state = "tried" if dry_run else "done"
        self._uploads.save(replace(upload, state=state, sums=_sums(report), first=first, problem=""))
        if not dry_run:
            self._uploads.list_of(upload.id).unlink(missing_ok=True)

    def _read(self, upload: Upload, *, dry_run: bool) -> ImportReport:
        return self._program.register.import_csv(
            self._content(upload),
            self._program.now(),
            Defaults(upload.newsletter or None, upload.consent),
            lambda rows: self._done(upload.id, rows),
            upload.program,
            dry_run=dry_run,
            columns=upload.columns,
            among=upload.among,
        )

    def _done(self, id: str, rows: int) -> None:
        if self._ending:
            raise StateError(BROKE_OFF)
        self._rows[id] = rows

    def _content(self, upload: Upload) -> bytes:
        try:
            return self._uploads.list_of(upload.id).read_bytes()
        except FileNotFoundError as error:
            raise StateError("this list is in already; its file is gone") from error


def _guessed(table: Table, program: str) -> list[str | None]:
    """What each column may hold, by its name; addresses are known by what they look like, too."""
    names = table.guessed(_fields(program))
    rows = [record.cells for record, _ in zip(table, range(SHOWN), strict=False)]
    for at in range(len(names)) if "email" not in names else ():
        if names[at] is None and 2 * sum("@" in cell for row in rows for cell in row[at : at + 1]) > len(rows):
            names[at] = "email"
            break
    return names


def _fields(program: str) -> dict[str, Collection[str]]:
    """What columns may hold, each with the names that it goes by."""
    return dict(export_of(program).columns if program else COLUMNS)


def _sums(report: ImportReport) -> dict[str, int]:
    return {
        "added": report.added,
        "already": report.already,
        "refused": len(report.refused),
        "passed": report.passed,
        "suppressed": report.suppressed,
    }
