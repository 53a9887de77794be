"""Mails that come back: read, traced to the delivery that they are about, and followed up.

Taking one twice does what taking it once does: a mail server may hand it over again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.app.imap import ImapMailbox
from newsletter.app.lmtp import LmtpListener
from newsletter.app.maildir import Maildir
from newsletter.config import Settings
from newsletter.deliver.feedback.consequence import Consequence, consequence, sign
from newsletter.deliver.feedback.mime import open_mail
from newsletter.deliver.feedback.origin import Origin, Origins
from newsletter.deliver.feedback.read import read_returned
from newsletter.deliver.feedback.returned import Kind, Returned
from newsletter.deliver.hook import Event
from newsletter.errors import NewsletterError, NotFound, StoreError
from newsletter.model import AlarmKind
from newsletter.said import Said
from newsletter.store.returned import ReturnedMail, Returning
from newsletter.tokens import Purpose

if TYPE_CHECKING:
    from newsletter.app.program import Program

ALARM = "feedback"
TELLING = (Kind.BOUNCE, Kind.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was made of a mail. It names the delivery, never an address."""

    consequence: Consequence
    kind: Kind
    reason: str | None = None
    status: str | None = None
    delivery: int | None = None


def place_of(settings: Settings, take: Callable[[bytes], str]) -> Maildir | ImapMailbox | None:
    """The Maildir or mailbox that the settings say, if it is one of these."""
    feedback = settings.mail.feedback
    if feedback is not None and feedback.kind == "imap":
        return ImapMailbox(feedback, take, settings.network.ca_file)
    if feedback is not None and feedback.kind == "maildir" and feedback.path is not None:
        return Maildir(feedback.path, take)
    return None


class Returns:
    """Takes mails that come back."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._origins = Origins(program.keys, program.settings.mail.return_path)
        self._rows = ReturnedMail(program.database)

    def take(self, raw: bytes, recipients: Sequence[str] = ()) -> Taken:
        """Do what a mail asks for that came to `recipients`. Whatever its bytes, only StoreError is raised."""
        now, mail, returned = self._program.now(), open_mail(raw), read_returned(raw)
        origin = self._origins.of(raw, mail, recipients, now)
        if returned.kind is Kind.OTHER and origin.leaving is not None:
            return self._unsubscribed(origin.leaving)
        if returned.kind not in TELLING:
            return Taken(Consequence.NOTHING, returned.kind)
        found = self._found(origin, returned)
        if found is None:
            return Taken(Consequence.FORGED, returned.kind, returned.reason, returned.status)
        return self._follow(found, returned)

    def told(self, event: Event) -> Taken:
        """Do what a provider's event asks for, whose call was found to be the provider's. Raises StoreError."""
        returned = event.returned
        hashes = [self._program.keys.address_hash(event.address)]
        found = self._rows.by_message_id(hashes, [f"<{event.mark}@mark>"], self._program.keys.message_id)
        if found is None:
            return Taken(Consequence.FORGED, returned.kind, returned.reason, returned.status)
        return self._follow(found, returned)

    def look(self) -> Counter[str]:
        """Take what came to the Maildir or mailbox of the settings, if there is one; how often what was done.

        One that cannot be read is an alarm. Raises StoreError.
        """
        alarms, place = self._program.alarms, self.place()
        if place is None:
            return Counter()
        try:
            done = place.look()
        except StoreError:
            raise
        except NewsletterError as error:
            message = Said("returned mail is not read: %(why)s", why=error.said)
            alarms.sound(ALARM, AlarmKind.MAILBOX_UNREADABLE, message, self._program.now())
            return Counter()
        alarms.resolve(ALARM)
        return done

    def place(self) -> Maildir | ImapMailbox | None:
        """The Maildir or mailbox that is looked into."""
        return place_of(self._program.settings, lambda raw: self.take(raw).consequence)

    def listener(self) -> LmtpListener | None:
        """Who takes returned mail by LMTP, where the settings say so."""
        feedback = self._program.settings.mail.feedback
        return LmtpListener(feedback, self.take) if feedback is not None and feedback.kind == "lmtp" else None

    def _follow(self, found: Returning, returned: Returned) -> Taken:
        program, now = self._program, self._program.now()
        said = ": ".join(word for word in (returned.reason, returned.status) if word)
        self._rows.note(found.delivery, sign(returned), said or "unexplained", returned.permanent, now)
        what = consequence(returned, self._rows.bounced_in_a_row(found.subscriber))
        if what is Consequence.SUPPRESSED:
            program.register.give_up(found.email_hash, f"{returned.kind}: {said}", now)
        elif what is Consequence.LEFT:
            program.register.complained(found.email_hash, f"{returned.kind}: {said}", now)
        return Taken(what, returned.kind, returned.reason, returned.status, found.delivery)

    def _unsubscribed(self, subscription: int) -> Taken:
        program = self._program
        token = program.keys.token(Purpose.UNSUBSCRIBE, subscription)
        try:
            program.subscribing.leave(token, program.now(), how="mail")
        except NotFound:
            return Taken(Consequence.FORGED, Kind.OTHER)
        return Taken(Consequence.UNSUBSCRIBED, Kind.OTHER)

    def _found(self, origin: Origin, returned: Returned) -> Returning | None:
        if origin.delivery is not None:
            return self._rows.delivery(origin.delivery)
        addresses = (*origin.addresses, *returned.recipients)
        hashes = sorted({self._program.keys.address_hash(address) for address in addresses})
        if not hashes or not origin.message_ids:
            return None
        return self._rows.by_message_id(hashes, origin.message_ids, self._program.keys.message_id)
