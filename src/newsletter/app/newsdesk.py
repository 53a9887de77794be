"""The news desk: what editors decide about releases. A decision takes effect at once, in editions, pages and feeds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from newsletter.app.decisions import take_effect
from newsletter.errors import BadInput, StateError
from newsletter.model import EditionState, OwnWords, Release, ReleaseState
from newsletter.said import Said
from newsletter.store.own_words import OwnWording

if TYPE_CHECKING:
    from newsletter.app.program import Program


class NewsDesk:
    """Takes decisions about releases. Each raises NotFound for an id nobody has."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.own = OwnWording(program.database)

    def withhold(self, id: str, reason: str) -> Release:
        """Keep a release out of everything. Raises StateError where it is withdrawn."""
        return self._done(self._program.releases.withhold(id, reason, self._program.now()))

    def embargo(self, id: str, until: datetime | None) -> Release:
        """Show a release from a moment on only, or (None) end its embargo. Raises StateError where it is withdrawn."""
        return self._done(self._program.releases.embargo(id, until, self._program.now()))

    def withdraw(self, id: str, reason: str) -> Release:
        """Take a release back, with a notice in feeds and pages."""
        return self._done(self._program.releases.withdraw(id, reason, self._program.now()))

    def restore(self, id: str) -> Release:
        """Show a release again that was withheld or withdrawn."""
        return self._done(self._program.releases.show(id, self._program.now()))

    def correct(self, id: str) -> Release:
        """Say that a release was corrected. Raises StateError where it is not live."""
        return self._done(self._program.releases.correct(id, self._program.now()))

    def word(self, id: str, by: str, headline: str, kicker: str, teaser: str, *, correction: bool = False) -> Release:
        """Let a release say this; what is as its source says it goes on following the source.

        With `correction` people are told. Editions that wait are rendered anew. Raises BadInput without a headline, and
        StateError where a correction is told of what is not live; then nothing is kept.
        """
        program, now = self._program, self._program.now()
        found = program.releases.get(id)
        if not headline:
            raise BadInput("a release has a headline: write one")
        if correction and found.state is not ReleaseState.LIVE:
            withdrawn = "release %(release_id)s is %(state)s: it cannot be corrected"
            raise StateError(withdrawn, release_id=id, state=Said(found.state))
        pairs = (headline, found.headline), (kicker, found.kicker or ""), (teaser, found.teaser or "")
        self.own.keep(OwnWords(id, by, now, *(None if own == its else own for own, its in pairs)))
        if correction:
            found = program.releases.correct(id, now)
        self._render_again(id, now)
        return self._done(found)

    def _render_again(self, release: str, now: datetime) -> None:
        """Editions that carry it and wait say what it says now; approved ones go as they are."""
        editions = self._program.editions
        for edition in editions.in_state(EditionState.COMPOSED, EditionState.HELD):
            if release in {one.release for one in edition.carried}:
                self._program.desk.prepare(edition, now)

    def _done(self, release: Release) -> Release:
        take_effect(self._program)
        return release
