"""What a part of the proof is given: databases and a mail server to work with, and the record of what was done."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from newsletter.store.database import open_database
from tests.proof.children import How
from tests.proof.mailserver import mail_server
from tests.proof.outcome import Outcome
from tests.proof.record import Record
from tests.proof.stage import Stage, Stuck
from tests.servers.postgres import Postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)


@dataclass
class Proof:
    """One part on one kind of database. `mutant` is the rule that is broken, to see the proof turn red."""

    part: str
    kind: str
    quick: bool
    record: Record
    server: Postgres
    mutant: str | None = None
    sum: Outcome = field(default_factory=Outcome)
    red: list[str] = field(default_factory=list)

    @property
    def brief(self) -> bool:
        """Whether a little of each is enough. Not for a mutant: it has until the end to be caught."""
        return self.quick and not self.mutant

    def case(self, name: str, work: Callable[[], Outcome]) -> Outcome:
        """Do a case, where it was not done before. A mutant's first red one ends the part."""
        outcome = self.record.get(name)
        if outcome is None:
            try:
                outcome = work()
            except Stuck:
                outcome = Outcome(lost=1)
            self.record.add(name, outcome)
        self.sum += outcome
        if outcome.red:
            self.red.append(name)
            if self.mutant:
                raise CaughtError(f"{self.part}/{self.kind}/{name}: {outcome}")
        return outcome

    @contextmanager
    def stage(self, readers: int, how: How | None = None, *, slowest: float = 0.0) -> Iterator[Stage]:
        """A fresh database and a mail server that takes up to twice `slowest` seconds for an answer."""
        with tempfile.TemporaryDirectory(prefix="newsletter-proof-") as place, ExitStack() as ends:
            folder = Path(place)
            url = self.database(folder)
            open_database(url).close()
            how = replace(how or How(), mutant=self.mutant)
            server = ends.enter_context(mail_server(folder, slowest, over=how.over))
            yield Stage(url, folder, server, readers, how)

    def database(self, folder: Path) -> str:
        """The address of a database of this kind that is not there yet."""
        if self.kind == SQLITE:
            return f"sqlite:///{folder}/newsletter.db"
        return self.server.create()


class CaughtError(Exception):
    """A mutant turned the proof red."""
