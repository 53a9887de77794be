"""One file of people on its way in: who is to be subscribed, and what becomes of the other rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from newsletter.audience.fate import LEFT_OUT, Fate
from newsletter.audience.foreign import Place
from newsletter.audience.importing import Arrival, ImportReport, Record, Refusal, Table
from newsletter.errors import BadInput, NotFound
from newsletter.model import Enrolment
from newsletter.said import Said


@dataclass(frozen=True, slots=True)
class Numbered:
    """An enrolment and the row it stands in."""

    record: Record
    who: Enrolment


class Intake:
    """Reads a table once. `done` is how many of its people are settled.

    `blocked` are the hashes of those to whom nothing was sent where they come from.
    """

    def __init__(self, table: Table, arrive: Callable[[Record], Arrival]) -> None:
        self._table = table
        self._arrive = arrive
        self._refused: list[Refusal] = []
        self._passed = self._added = self._already = self.done = 0
        self.blocked: list[str] = []

    def chunks(self, size: int) -> Iterator[list[Numbered]]:
        """Who is to be subscribed, so many at once."""
        people = self._people()
        while chunk := list(islice(people, size)):
            yield chunk

    def settle(self, chunk: Sequence[Numbered], added: int, fates: Sequence[Fate]) -> None:
        """Note what became of some: how many came in, and the fate of each."""
        self._added += added
        self._already += fates.count(Fate.ALREADY)
        for row, fate in zip(chunk, fates, strict=True):
            if fate in LEFT_OUT:
                self._refuse(row.record, Said(fate))
        self.done += len(chunk)

    def report(self, suppressed: int, program: str | None) -> ImportReport:
        """What became of the file."""
        refused = tuple(sorted(self._refused, key=lambda one: one.line))
        ignored, header = self._table.ignored, self._table.header
        return ImportReport(self._added, self._already, refused, ignored, self._passed, suppressed, header, program)

    def _people(self) -> Iterator[Numbered]:
        for record in self._table:
            try:
                place, email_hash, who = self._arrive(record)
            except (BadInput, NotFound) as error:
                self._refuse(record, error.said)
                continue
            self._passed += who is None
            if place is Place.BLOCKED:
                self.blocked.append(email_hash)
            if who is not None:
                yield Numbered(record, who)

    def _refuse(self, record: Record, reason: str) -> None:
        self._refused.append(Refusal(record.line, reason, record.cells))
