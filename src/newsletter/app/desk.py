"""The edition desk: what is due becomes an edition, is rendered, checked, and approved or held.

Rendering comes before the edition is written down, so that a release that cannot be rendered is left out and stays due.
What a crash leaves composed is rendered again from what it carries and goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from typing import Any

import structlog

from newsletter.app.alarms import AlarmBoard
from newsletter.app.awaiting import NOTHING_LEFT, WAITS, Awaiting
from newsletter.app.clock import SlotClock
from newsletter.config import Newsletter, Settings
from newsletter.edition import rules
from newsletter.edition.compose import compose, edition_of, immediate_id, slot_id
from newsletter.edition.content import EditionContent
from newsletter.edition.render import render_sheets
from newsletter.edition.report import checked, report
from newsletter.edition.slots import slots_to_compose
from newsletter.edition.variants import fill, selection, variant_key
from newsletter.errors import NewsletterError, NotFound
from newsletter.i18n import languages
from newsletter.model import (
    AlarmKind,
    Cadence,
    Edition,
    EditionState,
    Finding,
    Format,
    Release,
    Sheet,
    Variant,
)
from newsletter.said import Said
from newsletter.store.editions import Editions
from newsletter.store.freeze import Choice, Freezer
from newsletter.store.records import Records
from newsletter.store.releases import Releases
from newsletter.store.sheets import Sheets
from newsletter.store.state import State

log = structlog.get_logger()

FIRST_LOOK = timedelta(hours=1)
"""A new cadence serves a slot that lies this little back, so that starting at five past seven misses nothing."""

NOBODY = timedelta(minutes=5)
"""How far back a release may lie that the first subscriber of `immediate` still gets."""


Pair = tuple[str, Format]


@dataclass(frozen=True, slots=True)
class Row:
    """One cadence of one newsletter, and since when it runs."""

    newsletter: Newsletter
    cadence: Cadence
    began: datetime


class EditionDesk:
    """Composes editions and takes them as far as `approved` or `held`."""

    def __init__(
        self,
        settings: Settings,
        releases: Releases,
        editions: Editions,
        sheets: Sheets,
        records: Records,
        state: State,
        freezer: Freezer,
        alarms: AlarmBoard,
    ) -> None:
        self._settings = settings
        self._releases = releases
        self._editions = editions
        self._sheets = sheets
        self._records = records
        self._state = state
        self._freezer = freezer
        self._alarms = alarms
        self._clock = SlotClock(state, editions, alarms)
        self.awaiting = Awaiting(settings, editions, alarms)

    def rows(self, now: datetime) -> list[Row]:
        """Every cadence of every newsletter; the first call says when each began."""
        pairs = ((newsletter, cadence) for newsletter in self._settings.newsletters for cadence in newsletter.cadences)
        return [Row(*pair, self._clock.began(pair[0].id, pair[1], now)) for pair in pairs]

    def compose_due(self, now: datetime) -> list[Edition]:
        """Compose what is due at `now`. A cadence that fails is reported and never stops the others."""
        made: list[Edition] = []
        for edition in self._editions.in_state(EditionState.COMPOSED):  # left behind by a crash
            made += self._guarded(f"edition:{edition.id}", partial(self.prepare, edition, now), now)
        made += self._guarded("approvals", partial(self.awaiting.look, now), now)
        for row in self.rows(now):
            work = self._immediate if row.cadence is Cadence.IMMEDIATE else self._slots
            made += self._guarded(f"compose:{row.newsletter.id}:{row.cadence}", partial(work, row, now), now)
        return made

    def content_of(self, edition: Edition) -> EditionContent:
        """What an edition carries, as it is rendered. Raises NotFound where its newsletter is gone."""
        newsletter = self._settings.newsletter(edition.newsletter)
        if newsletter is None:
            raise NotFound(f"edition {edition.id}: newsletter.toml has no newsletter {edition.newsletter!r} any more")
        releases = self.shown([one.release for one in edition.carried], newsletter)
        content = self.arranged(newsletter, edition.cadence, edition.slot, releases, ordered=edition.ordered)
        return replace(content, id=edition.id, subject=edition.subject, intro=edition.intro)

    def shown(self, releases: Iterable[str], newsletter: Newsletter) -> list[Release]:
        """The releases of these ids as the newsletter shows them. Raises NotFound for one that there is not."""
        return [self._releases.get(id).as_in(newsletter.feeds) for id in releases]

    def arranged(
        self,
        newsletter: Newsletter,
        cadence: Cadence,
        slot: datetime,
        releases: Sequence[Release],
        *,
        ordered: bool = False,
    ) -> EditionContent:
        """These releases in the order in which an edition has them: as they are where they are `ordered`."""
        order = [slug for feed in newsletter.feeds for slug in self._settings.feeds[feed].topics.values()]
        return compose(self._settings.site, newsletter, cadence, slot, releases, order, ordered=ordered)

    def variant(self, edition: Edition, language: str, format: Format, chosen: Sequence[str] | None = None) -> Variant:
        """A variant of a composed edition; of all its releases where none are chosen."""
        cards = chosen if chosen is not None else [carried.release for carried in edition.carried]
        return fill(self._sheets.get(edition.id, language, format), cards)

    def check(self, edition: Edition, choices: Iterable[Choice]) -> tuple[list[Variant], tuple[Finding, ...]]:
        """The variants that these choices come to, and what the rules find in each; the whole edition is always one."""
        content = self.content_of(edition)
        variants: dict[str, Variant] = {}
        for language, format, topics in [(self._settings.site.language, Format.STANDARD, ()), *choices]:
            chosen = selection(content.releases, topics)
            key = variant_key(language, format, chosen)
            if chosen and key not in variants:
                variants[key] = self.variant(edition, language, format, chosen)
        return list(variants.values()), self.found_in(edition, variants.values())

    def found_in(self, edition: Edition, variants: Iterable[Variant]) -> tuple[Finding, ...]:
        """What the rules find in these variants of an edition."""
        content = self.content_of(edition)
        return rules.merge(
            finding
            for variant in variants
            for finding in rules.check(variant, content.releases, content.site, content.newsletter)
        )

    def report(self, edition: Edition) -> dict[str, Any]:
        """The accessibility report of an edition, as it was checked last."""
        return report(edition, self._records.get(edition.id), self._settings.site.language)

    def keep(self, edition: Edition, variants: Iterable[Variant], now: datetime) -> None:
        """Write down which variants of an edition were checked now, and by what."""
        self._records.save(checked(edition.id, now))
        self._sheets.save_variants(variants)

    def _guarded(self, key: str, work: Callable[[], list[Edition]], now: datetime) -> list[Edition]:
        try:
            done = work()
        except Exception as error:  # whatever it is: the other rows go on, and a person hears of it
            known = isinstance(error, NewsletterError)
            why = error.said if isinstance(error, NewsletterError) else type(error).__name__
            log.error("composing failed", row=key, error=str(why), exc_info=not known)
            said = Said("%(row)s could not be composed: %(why)s", row=key, why=why)
            self._alarms.sound(key, AlarmKind.EDITION_HELD, said, now)
            return []
        self._alarms.resolve(key)
        return done

    def _immediate(self, row: Row, now: datetime) -> list[Edition]:
        """Each release at once. While nobody wants that, nothing gathers for whoever comes first."""
        if not self._freezer.wishes(row.newsletter.id, row.cadence):
            if now - row.began > NOBODY:
                self._state.begin_again(row.newsletter.id, row.cadence, now)
            return []
        ids = {immediate_id(row.newsletter, release): release for release in self.due(row, now)}
        known = self._editions.known(ids)  # held or cancelled: it stays due, and is not rendered at every tick
        made: list[Edition] = []
        for id, release in ids.items():
            if id not in known:
                made += self._guarded(f"compose:{id}", partial(self._add, row, now, [release], (), now), now)
        return made

    def _slots(self, row: Row, now: datetime) -> list[Edition]:
        """Of several missed slots the latest composes, the earlier ones are skipped (DESIGN, decision 4)."""
        after = self._clock.last_slot(row.newsletter.id, row.cadence, now) or row.began - FIRST_LOOK
        slots = slots_to_compose(row.newsletter, row.cadence, after, now, self._settings.site.zone)
        if not slots:
            return []
        missed = tuple(self._skipped(row, slot, now) for slot in slots[:-1])
        made = self._add(row, slots[-1], self.due(row, now), missed, now)
        self._clock.advance(row.newsletter.id, row.cadence, slots[-1])
        return made

    def due(self, row: Row, now: datetime) -> list[Release]:
        """What no edition of the row carries yet."""
        return self._releases.due(row.newsletter.id, row.newsletter.feeds, row.cadence, now, since=row.began)

    def _skipped(self, row: Row, slot: datetime, now: datetime) -> Edition:
        return Edition(
            id=slot_id(row.newsletter, row.cadence, slot),
            newsletter=row.newsletter.id,
            cadence=row.cadence,
            slot=slot,
            state=EditionState.SKIPPED,
            composed_at=now,
            reason=Said("missed: a later slot carries what was due"),
        )

    def _add(
        self, row: Row, slot: datetime, due: Sequence[Release], missed: Sequence[Edition], now: datetime
    ) -> list[Edition]:
        content = self.arranged(row.newsletter, row.cadence, slot, due)
        content, sheets = self.render(content, now) if due else (content, {})
        edition = edition_of(content, now)
        if not self._editions.add(edition, missed) or edition.state is EditionState.SKIPPED:
            return []
        return [self._finish(edition, sheets, now)]

    def prepare(self, edition: Edition, now: datetime, *, gate: bool = False) -> list[Edition]:
        """Render again what is composed or held: it carries its releases as they are now, those that may be seen.

        What a person held stays held, whatever is found in it; unless it is `gate` alone that decides.
        """
        by_hand = edition.state is EditionState.HELD and not any(finding.blocks for finding in edition.findings)
        content = self.content_of(edition)
        content = content.without([release.id for release in content.releases if not release.visible(now)])
        content, sheets = self.render(content, now) if content.releases else (content, {})
        edition = self._editions.carry(edition.id, edition_of(content, now).carried)
        waits = edition.extra and edition.state is EditionState.COMPOSED
        reason = WAITS if waits else edition.reason if by_hand and not gate else None
        if not edition.carried:
            self._editions.move(edition.id, EditionState.CANCELLED, now, NOTHING_LEFT)
            return []
        return [self._finish(edition, sheets, now, held=reason)]

    def render(self, content: EditionContent, now: datetime) -> tuple[EditionContent, dict[Pair, Sheet]]:
        """Every sheet of what can be rendered; a person is told of what cannot."""
        content, sheets, left_out = render_sheets(content, pairs(), templates=self._settings.templates)
        for release, why in left_out.items():
            said = Said("left out of %(edition)s: %(why)s", edition=content.id, why=why)
            self._alarms.sound(f"release:{release}", AlarmKind.EDITION_HELD, said, now)
        return content, sheets

    def _finish(self, edition: Edition, sheets: dict[Pair, Sheet], now: datetime, held: str | None = None) -> Edition:
        findings = self.save(edition, sheets, now)
        if held is not None:
            return self._editions.hold(edition.id, findings, held, now)
        if self.awaiting.asks(edition) and not any(finding.blocks for finding in findings):
            return self.awaiting.ask(edition, findings, now)
        return self.judge(edition, findings, now)

    def save(self, edition: Edition, sheets: dict[Pair, Sheet], now: datetime) -> tuple[Finding, ...]:
        """Keep the sheets of an edition, and what its audience's variants are made of; what the rules find in those."""
        for sheet in sheets.values():
            self._sheets.save(sheet)
        variants, findings = self.check(
            edition, self._freezer.wishes(edition.newsletter, edition.cadence, edition.follows)
        )
        self.keep(edition, variants, now)
        return findings

    def judge(self, edition: Edition, findings: tuple[Finding, ...], now: datetime) -> Edition:
        """Hold an edition in which something blocks, and tell; approve any other."""
        blocking = [finding for finding in findings if finding.blocks]
        if not blocking:
            self._editions.note(edition.id, findings)
            return self._editions.move(edition.id, EditionState.APPROVED, now)
        why = blocked_by(blocking)
        held = "edition %(edition)s is held. %(why)s What to do: %(remedy)s"
        said = Said(held, edition=edition.id, why=why, remedy=blocking[0].remedy)
        self._alarms.sound(f"edition:{edition.id}:held", AlarmKind.EDITION_HELD, said, now)
        return self._editions.hold(edition.id, findings, why, now)


def blocked_by(blocking: Sequence[Finding]) -> Said:
    """Why an edition is held in which these were found."""
    first = blocking[0]
    told = {"rule": first.rule, "where": first.where, "first": first.message}
    return Said("%(n)s findings block it, the first: %(rule)s at %(where)s: %(first)s", n=len(blocking), **told)


def pairs() -> list[Pair]:
    """Every sheet an edition may be asked for: a subscriber may choose another until the audience is frozen."""
    return list(product(languages(), Format))
