"""The mailroom: what is approved gets its audience, and every mail its bytes; then delivery is let loose on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from email.utils import parseaddr
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from newsletter.collect.route import Route
from newsletter.config import Settings
from newsletter.config.mail import Dkim, Mail
from newsletter.deliver import transports
from newsletter.deliver.dkim import Signer, read_key
from newsletter.deliver.headers import address_of
from newsletter.deliver.message import Envelope
from newsletter.deliver.pace import Caps, Pace, Window
from newsletter.deliver.worker import Deliverer, Progress
from newsletter.deliver.writer import Writer
from newsletter.edition.letters import render_notice
from newsletter.edition.notices import render_confirmation
from newsletter.edition.variants import fill, selection, variant_key
from newsletter.errors import NewsletterError, NotFound, StateError
from newsletter.model import (
    OPEN,
    AlarmKind,
    Blank,
    Claim,
    DeliveryState,
    Edition,
    EditionState,
    LedgerLine,
    NoticeKind,
    Pieces,
    Settled,
    Variant,
)
from newsletter.said import Said
from newsletter.store.budget import Budget
from newsletter.store.deliveries import Terms
from newsletter.store.freeze import Choice
from newsletter.store.ledger import lines, page
from newsletter.store.settling import SETTLED_AT_ONCE, Doubting, in_doubt, settle

if TYPE_CHECKING:
    from newsletter.app.program import Program

log = structlog.get_logger()


class Mailroom:
    """Freezes audiences, loads variants for delivery, and reads the ledger."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def deliverer(self) -> Deliverer:
        """A delivery of its own; there is one in a process."""
        program, settings = self._program, self._program.settings
        return Deliverer(
            program.deliveries,
            self.transport(),
            self,
            self.writer(),
            now=program.now,
            alarms=program.alarms,
            pace=Pace(_caps(settings), Budget(program.database)),
        )

    def transport(self) -> transports.Transport:
        """Whoever takes the mail, as the settings say. Raises SettingsError."""
        settings = self._program.settings
        network = settings.network
        return transports.find(settings.mail, Route(network).transport, self._program.now, network.ca_file)

    async def send_all(self) -> Progress:
        """Send all that is due now."""
        return await self.deliverer().run_until_idle()

    def freeze_approved(self) -> None:
        """Give every approved edition its audience; one that fails is reported and never stops the others."""
        now = self._program.now()
        for edition in self._program.editions.in_state(EditionState.APPROVED):
            if edition.goes_at > now:
                continue
            try:
                self._freeze(edition)
            except Exception as error:  # whatever it is: the other editions go on, and a person hears of it
                why = error.said if isinstance(error, NewsletterError) else type(error).__name__
                unknown = not isinstance(error, NewsletterError)
                log.error("an audience could not be frozen", edition=edition.id, error=str(why), exc_info=unknown)
                message = Said("edition %(edition)s could not get its audience: %(why)s", edition=edition.id, why=why)
                self._program.alarms.sound(f"edition:{edition.id}:frozen", AlarmKind.EDITION_HELD, message, now)
            else:
                self._program.alarms.resolve(f"edition:{edition.id}:frozen")

    def load(self, claim: Claim) -> tuple[Variant, Envelope]:
        """The variant of a claim, as frozen (see `deliver.ledger.Variants`)."""
        if claim.edition is not None:
            return self._edition_variant(claim.edition, claim.variant)
        return self._notice_variant(claim)

    def sample(self, variant: Variant) -> tuple[str, str | None, str]:
        """Subject, HTML and text with a person's links pointing at nobody."""
        html = None if variant.html is None else _joined(variant.html, self._program.settings.site.base_url)
        return variant.subject, html, _joined(variant.text, self._program.settings.site.base_url)

    def ledger(self, edition: str) -> dict[str, Any]:
        """Every delivery of an edition, and the sums."""
        program = self._program
        found = program.editions.get(edition)
        counts = program.editions.counts(edition)
        rows = lines(program.database, edition, self._message_ids(found.newsletter))
        return {
            "edition": edition,
            "planned": sum(counts.values()),
            "counts": {str(state): count for state, count in sorted(counts.items())},
            "complete": not any(counts.get(state) for state in OPEN),
            "deliveries": [asdict(line) for line in rows],
        }

    def deliveries(self, edition: str, after: int, limit: int, state: DeliveryState | None = None) -> list[LedgerLine]:
        """So many deliveries of an edition whose id is above `after`, in that order. Raises NotFound."""
        newsletter = self._program.editions.get(edition).newsletter
        return page(self._program.database, edition, self._message_ids(newsletter), after, limit, state)

    def settle(self, edition: str, ids: Sequence[int] | None, what: Settled, by: str) -> int:
        """Decide what became of uncertain mails (all of an edition where no `ids` are given); how many.

        Who has one that goes out once more gets it twice. `by` ("NAME: REASON") is kept.
        Raises NotFound, and StateError where an edition that was stopped is to go on.
        """
        found, now = self._program.editions.get(edition), self._program.now()
        if what is Settled.AGAIN and found.state is EditionState.CANCELLED:
            raise StateError("edition %(edition)s was cancelled: nothing of it is sent any more", edition=edition)
        database, chosen = self._program.database, None if ids is None else set(ids)
        every = database.read(lambda rows: in_doubt(rows, edition))
        wanted = [id for id in every if chosen is None or id in chosen]
        some = (wanted[start : start + SETTLED_AT_ONCE] for start in range(0, len(wanted), SETTLED_AT_ONCE))
        decided = (partial(settle, edition=edition, ids=ids, what=what, by=by, now=now) for ids in some)
        return sum(database.write(one) for one in decided)

    def _message_ids(self, newsletter: str) -> Callable[[int, datetime], str]:
        domain = _domain(self.envelope(newsletter).sender)
        return lambda id, dated: self._program.keys.message_id(id, dated, domain)

    def writer(self) -> Writer:
        """Writes messages as the settings say."""
        mail = self._program.settings.mail
        return Writer(
            self._program.keys,
            self._program.settings.site.base_url,
            mail.return_path,
            signers(mail.dkim),
            leave_by_mail=mail.feedback is not None,
        )

    def envelope(self, newsletter: str) -> Envelope:
        """What stands around a newsletter's editions. Raises NotFound."""
        settings = self._program.settings
        found = settings.newsletter(newsletter)
        if found is None:
            raise NotFound(f"newsletter.toml has no newsletter {newsletter!r} any more")
        host = urlsplit(settings.site.base_url).hostname
        return Envelope(
            sender=found.sender or settings.mail.sender,
            reply_to=found.reply_to or settings.mail.reply_to,
            list_id=(found.title, f"{found.id}.{host}"),
        )

    def _freeze(self, edition: Edition) -> None:
        known = {row.key for row in self._program.sheets.variants(edition.id)}
        content = self._program.desk.content_of(edition)

        def variant_of(choice: Choice) -> str | None:
            language, format, topics = choice
            wanted = frozenset(selection(content.releases, topics))
            chosen = [one.release for one in edition.carried if one.release in wanted]  # in the order of the sheet
            key = variant_key(language, format, chosen)
            if chosen and key not in known:
                self._admit(edition, choice)
                known.add(key)
            return key if chosen else None

        self._program.freezer.freeze(edition.id, variant_of, self._program.now())

    def _admit(self, edition: Edition, choice: Choice) -> None:
        """Check a variant that nobody wanted when the edition was composed. Raises StateError where it is held."""
        desk = self._program.desk
        variants, findings = desk.check(edition, [choice])
        if any(finding.blocks for finding in findings) and edition.override is None:
            desk.judge(edition, findings, self._program.now())
            held = "edition %(edition)s is held: a variant that is new in its audience has findings"
            raise StateError(held, edition=edition.id)
        desk.keep(edition, variants, self._program.now())

    def _edition_variant(self, edition: str, key: str) -> tuple[Variant, Envelope]:
        sheets = self._program.sheets
        row = next((row for row in sheets.variants(edition) if row.key == key), None)
        if row is None:
            raise NotFound(f"edition {edition} has no variant {key}")
        found = self._program.editions.get(edition)
        carried = {one.release for one in found.carried}  # less than when it was frozen, where some were withdrawn
        sheet = sheets.get(edition, row.language, row.format)
        variant = fill(sheet, [release for release in row.selection if release in carried])
        if not variant.selection:  # it was sent, nobody knows whether it arrived, and its releases are withdrawn since
            raise StateError(f"nothing is left of variant {key} of edition {edition}")
        return variant, self.envelope(found.newsletter)

    def _notice_variant(self, claim: Claim) -> tuple[Variant, Envelope]:
        program = self._program
        found = program.audience.read(lambda rows: rows.subscription(claim.subscription))
        if found is None:
            raise NotFound(f"notice {claim.notice} is for no subscription")
        subscription = found[0]
        newsletter = program.offer.newsletter(subscription.newsletter)
        topics = {topic.slug: topic.title for topic in program.offer.topics(newsletter)}
        about = (program.settings.site, newsletter, subscription, subscription.language)
        kind = NoticeKind(claim.variant.partition("-")[0])
        if kind is NoticeKind.CONFIRMATION:
            variant = render_confirmation(*about, topics=topics, templates=program.settings.templates)
        else:
            variant = render_notice(kind, *about, templates=program.settings.templates)
        envelope = self.envelope(newsletter.id)
        return variant, Envelope(envelope.sender, envelope.reply_to)


def _caps(settings: Settings) -> Caps:
    mail = settings.mail
    window = Window(*mail.window, settings.site.zone) if mail.window else None
    return Caps(mail.max_per_minute, mail.max_per_hour, mail.max_per_day, window)


def terms_of(mail: Mail) -> Terms:
    """How deliveries are claimed, and what becomes of those in doubt."""
    return Terms(doubting=Doubting(mail.when_uncertain == "resend", transports.ask_after(mail)))


def signers(dkim: Dkim | None) -> list[Signer]:
    """Who signs, as the settings say. Raises SettingsError where a key cannot be used."""
    if dkim is None:
        return []
    found = [Signer(dkim.domain, dkim.selector, read_key(dkim.key_file, "mail.dkim.key_file"))]
    if dkim.second is not None:
        key = read_key(dkim.second.key_file, "mail.dkim.second.key_file")
        found.append(Signer(dkim.domain, dkim.second.selector, key))
    return found


def _domain(sender: str) -> str:
    return address_of(parseaddr(sender)[1])[0].rpartition("@")[2]


def _joined(pieces: Pieces, base_url: str) -> str:
    return "".join(f"{base_url}/{piece.name}" if isinstance(piece, Blank) else piece for piece in pieces)
