"""From a claim and its compiled variant to the one person's Message: links, Message-ID, envelope sender."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from newsletter.deliver.dkim import Signer, body_hash
from newsletter.deliver.headers import address_of
from newsletter.deliver.message import Message
from newsletter.deliver.splice import SAFE_LINK, Compiled, Person
from newsletter.errors import SettingsError
from newsletter.model import Claim
from newsletter.tokens import LASTS, Keys, Purpose

LINKS: Final[Mapping[str, tuple[Purpose, str]]] = MappingProxyType(
    {
        "unsubscribe_url": (Purpose.UNSUBSCRIBE, "unsubscribe"),
        "preferences_url": (Purpose.PREFERENCES, "preferences"),
        "confirm_url": (Purpose.CONFIRM, "confirm"),
        "data_url": (Purpose.DATA, "data"),
        "address_url": (Purpose.ADDRESS, "address"),
    }
)
"""A person's blanks: what their token is for, and the first word of the address."""
PATH = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]+\Z")


class Writer:
    """Writes messages for people, signed by each of `signers`. `base_url` is the public address, `return_path` may hold
    `{token}` (VERP); `leave_by_mail`: what comes to the return path is read, so that a mail can unsubscribe (RFC 2369).

    Raises SettingsError where one of them cannot be mailed.
    """

    def __init__(
        self,
        keys: Keys,
        base_url: str,
        return_path: str | None = None,
        signers: Sequence[Signer] = (),
        *,
        leave_by_mail: bool = False,
    ) -> None:
        self._keys = keys
        self._signers = signers
        self._base_url = base_url.rstrip("/")
        self._return_path = return_path
        self._leave_by_mail = leave_by_mail
        problems = []
        if not SAFE_LINK.match(base_url):
            problems.append("site.base_url: write it in ASCII (xn--…, %C3%A4), without quotes, & or blanks")
        if return_path is not None and not PATH.match(self._path(Purpose.BOUNCE, 0) or ""):
            problems.append(
                "mail.return_path: an ASCII address, with the token (40 characters) at most 64 before the @"
            )
        if problems:
            raise SettingsError(problems)

    @property
    def signs(self) -> bool:
        """Whether writing a message takes its time."""
        return bool(self._signers)

    def write(self, claim: Claim, compiled: Compiled) -> Message:
        """One person's message. Raises BadInput or RenderError where this person cannot be written to."""
        recipient, utf8 = address_of(claim.email)
        names = compiled.blanks | {"unsubscribe_url"} if compiled.leavable else compiled.blanks
        person = Person(
            to=recipient,
            message_id=self._keys.message_id(claim.delivery, claim.dated, compiled.domain),
            dated=claim.dated,
            urls={name: self.link(name, claim) for name in names},
            mailto=self._mailto(claim.subscription) if compiled.leavable and self._leave_by_mail else None,
        )
        sender = self._path(Purpose.BOUNCE, claim.delivery) or compiled.sender
        data = compiled.message(person)
        return Message(claim, sender, recipient, utf8, [*self._signatures(data, claim.dated), *data])

    def mark(self, delivery: int, dated: datetime) -> str:
        """What names a delivery's mails (see `Keys.mark`)."""
        return self._keys.mark(delivery, dated)

    def link(self, name: str, claim: Claim) -> str:
        """The address that fills a person's blank; dated as the mail is: a repeat is the same."""
        purpose, place = LINKS[name]
        subject = claim.subscription
        if purpose is Purpose.DATA:
            subject = claim.subscriber
        elif purpose is Purpose.ADDRESS:
            subject = claim.notice or 0
        expires = claim.dated + LASTS[purpose] if purpose in LASTS else None
        return f"{self._base_url}/{place}/{self._keys.token(purpose, subject, expires=expires)}"

    def _signatures(self, data: list[bytes], dated: datetime) -> list[bytes]:
        if not self._signers:
            return []
        own, shared, hashed = b"".join(data[:2]), data[2], body_hash(data[3:])
        return [signer.field(own, shared, hashed, dated) for signer in self._signers]

    def _mailto(self, subscription: int) -> str | None:
        """The token is in the address; where the return path has no place for one, in the subject."""
        path = self._path(Purpose.UNSUBSCRIBE, subscription)
        if path is None:
            return None
        subject = "unsubscribe"
        if path == self._return_path:
            subject += f"%20{self._keys.token(Purpose.UNSUBSCRIBE, subscription)}"
        return f"mailto:{quote(path, safe='@+')}?subject={subject}"

    def _path(self, purpose: Purpose, subject: int) -> str | None:
        path = self._return_path
        if path is None or "{token}" not in path:
            return path
        return path.replace("{token}", self._keys.token(purpose, subject))
