"""Recalling a release: it leaves every edition that is not over, also one that is being sent.

What is not approved yet, or not frozen, is rendered anew and goes through its gate again. What is being sent is paused
first, so that no fence is granted; then whoever was not sent the mail gets the variant without the release, cut from
the same sheets, and once the gate has seen these it goes on. What somebody has already, the ledger tells by the variant
that they were sent. Each step may be repeated: a crash in between leaves it paused, and the next tick does it again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog

from newsletter.app.alarms import AlarmBoard
from newsletter.app.awaiting import NOTHING_LEFT
from newsletter.app.desk import EditionDesk
from newsletter.edition.variants import variant_key
from newsletter.errors import NewsletterError
from newsletter.model import AlarmKind, Edition, EditionState
from newsletter.said import Said
from newsletter.store.editions import Editions
from newsletter.store.recalls import Recalls
from newsletter.store.sheets import Sheets

log = structlog.get_logger()

RECALLING = Said("a release is being taken out of it")


class Recall:
    """Takes what may no longer be shown out of editions. `stop` settles the deliveries of a cancelled one."""

    def __init__(
        self,
        desk: EditionDesk,
        editions: Editions,
        sheets: Sheets,
        recalls: Recalls,
        alarms: AlarmBoard,
        stop: Callable[[datetime], None],
    ) -> None:
        self._desk = desk
        self._editions = editions
        self._sheets = sheets
        self._recalls = recalls
        self._alarms = alarms
        self._stop = stop

    def take_out(self, now: datetime) -> list[str]:
        """Take out what may not be shown at `now`; the editions that changed. One that fails never stops the others."""
        hidden = self._recalls.hidden(now)
        changed = [id for id, ids in hidden.items() if self._guarded(id, partial(self._from, id, ids, now), now)]
        failed = self._recalls.hidden(now)
        for edition in self._editions.in_state(EditionState.HELD, EditionState.SENDING, EditionState.PAUSED):
            if edition.id not in failed:
                self._guarded(edition.id, partial(self._finish, edition, now), now)
        return changed

    def _guarded(self, id: str, work: Callable[[], None], now: datetime) -> bool:
        try:
            work()
        except Exception as error:  # whatever it is: the other editions go on, and a person hears of it
            why = error.said if isinstance(error, NewsletterError) else type(error).__name__
            unknown = not isinstance(error, NewsletterError)
            log.error("a release could not be taken out", edition=id, error=str(why), exc_info=unknown)
            if carried := self._recalls.hidden(now).get(id):  # else another process was faster
                still = "edition %(edition)s still carries %(releases)s, which may not be shown: %(why)s"
                message = Said(still, edition=id, releases=", ".join(carried), why=why)
                self._alarms.sound(f"edition:{id}:recall", AlarmKind.EDITION_HELD, message, now)
            return False
        self._alarms.resolve(f"edition:{id}:recall")
        return True

    def _from(self, id: str, releases: Collection[str], now: datetime) -> None:
        edition = self._editions.get(id)
        log.info("taken out of an edition", edition=id, releases=list(releases), state=edition.state)
        if edition.state is EditionState.APPROVED:
            edition = self._editions.move(id, EditionState.HELD, now, RECALLING)
        if edition.state in (EditionState.COMPOSED, EditionState.HELD):
            self._desk.prepare(edition, now, gate=edition.reason == RECALLING)
        else:
            self._from_sent(edition, releases, now)

    def _finish(self, edition: Edition, now: datetime) -> None:
        """What is left to do of one out of which something was taken, now or before a crash."""
        interrupted = edition.reason == RECALLING
        if edition.state is not EditionState.HELD:
            self._redirect(edition, now)  # also what was past its fence then, and is to be tried again now
            if interrupted and edition.state is EditionState.PAUSED:
                self._go_on(edition, now)
        elif interrupted:
            self._desk.prepare(edition, now, gate=True)

    def _from_sent(self, edition: Edition, releases: Collection[str], now: datetime) -> None:
        """Of an edition whose audience is frozen."""
        if edition.state is EditionState.SENDING:
            edition = self._editions.move(edition.id, EditionState.PAUSED, now, RECALLING)
        left = replace(edition, carried=tuple(one for one in edition.carried if one.release not in releases))
        if not left.carried:
            self._editions.move(edition.id, EditionState.CANCELLED, now, NOTHING_LEFT)
            return self._stop(now)
        self._redirect(left, now)
        return self._recalls.drop(edition.id, releases)

    def _redirect(self, edition: Edition, now: datetime) -> None:
        """Let nobody be sent a variant with more than the edition carries."""
        carried = {one.release for one in edition.carried}
        rows = self._sheets.variants(edition.id)
        known = {row.key for row in rows}
        for row in rows:
            left = [release for release in row.selection if release in carried]
            if len(left) == len(row.selection):
                continue
            instead = variant_key(row.language, row.format, left) if left else None
            if instead is not None and instead not in known:
                self._desk.keep(edition, [self._desk.variant(edition, row.language, row.format, left)], now)
            self._recalls.redirect(edition.id, row.key, instead, now)

    def _go_on(self, edition: Edition, now: datetime) -> None:
        """Send the rest, if the gate lets it."""
        carried = {one.release for one in edition.carried}
        rows = [row for row in self._sheets.variants(edition.id) if carried.issuperset(row.selection)]
        variants = [self._desk.variant(edition, row.language, row.format, row.selection) for row in rows]
        blocking = [finding for finding in self._desk.found_in(edition, variants) if finding.blocks]
        if blocking and edition.override is None:
            said = Said(
                "edition %(edition)s is paused, for a release is being taken out of it: %(first)s. %(remedy)s; then "
                "`newsletter editions resume %(edition)s`",
                edition=edition.id,
                first=blocking[0].message,
                remedy=blocking[0].remedy,
            )
            return self._alarms.sound(f"edition:{edition.id}:held", AlarmKind.EDITION_HELD, said, now)
        self._editions.move(edition.id, EditionState.SENDING, now)
        return None
