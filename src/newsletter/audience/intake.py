"""One file of people on its way in: who is to be subscribed, and what becomes of the other rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newsletter.audience.foreign import Place
from newsletter.audience.importing import Arrival, ImportReport, Record, Refusal, Table
from newsletter.errors import BadInput, NotFound
from newsletter.model import Enrolment


@dataclass(frozen=True, slots=True)
class Numbered:
    """An enrolment and the row it stands in."""

    record: Record
    who: Enrolment


class Intake:
    """Reads a table once. `blocked` are the hashes of those to whom nothing was sent where they come from."""

    def __init__(self, table: Table, arrive: Callable[[Record], Arrival]) -> None:
        self._table = table
        self._arrive = arrive
        self._refused: list[Refusal] = []
        self._passed = 0
        self.blocked: list[str] = []

    def __iter__(self) -> Iterator[Numbered]:
        """Who is to be subscribed."""
        for record in self._table:
            try:
                place, email_hash, who = self._arrive(record)
            except (BadInput, NotFound) as error:
                self.refuse(record, error.said)
                continue
            self._passed += who is None
            if place is Place.BLOCKED:
                self.blocked.append(email_hash)
            if who is not None:
                yield Numbered(record, who)

    def refuse(self, record: Record, reason: str) -> None:
        """Note that a row is left out."""
        self._refused.append(Refusal(record.line, reason, record.cells))

    def report(self, added: int, already: int, suppressed: int, program: str | None) -> ImportReport:
        """What became of the file."""
        refused = tuple(sorted(self._refused, key=lambda one: one.line))
        table = self._table
        return ImportReport(added, already, refused, table.ignored, self._passed, suppressed, table.header, program)
