"""A mail server of the test's own, which a test can make hold its answer in the middle of a run."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.process import free_port

LINK = re.compile(r"https?://[^\s<>\"')]+")


@dataclass(frozen=True)
class Mail:
    """A mail as it was received, for one recipient of its envelope."""

    recipient: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The text part."""
        body = self.message.get_body(("plain",))
        return "" if body is None else str(body.get_content())

    @property
    def html(self) -> str:
        """The HTML part; "" where there is none."""
        body = self.message.get_body(("html",))
        return "" if body is None else str(body.get_content())

    @property
    def links(self) -> list[str]:
        """Every web address of the mail, headers too; each once."""
        said = " ".join(map(str, self.message.values()))
        found = LINK.findall(f"{said} {self.text} {self.html}")
        return list(dict.fromkeys(link.rstrip(".,") for link in found))

    def link(self, about: str) -> str:
        """The first address that contains `about`."""
        return next(link for link in self.links if about in link)


class Mailserver:
    """Takes every mail; after `hold_after` of them it keeps what comes next and says nothing until `release`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[Mail] = []
        self.holding = Event()
        self.hold_after: int | None = None

    def to(self, recipient: str) -> list[Mail]:
        """What came for somebody, oldest first."""
        return [mail for mail in self.mails if mail.recipient == recipient]

    def release(self) -> None:
        """Answers again."""
        self.hold_after = None
        self.holding.clear()

    async def handle_EHLO(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [answers[0], "250-PIPELINING", *answers[1:]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        for recipient in envelope.rcpt_tos:
            self.mails.append(Mail(recipient, bytes(envelope.original_content or b"")))
        while self.hold_after is not None and len(self.mails) > self.hold_after:
            self.holding.set()
            await asyncio.sleep(0.02)
        return "250 2.0.0 Kept"


class _Controller(Controller):
    def factory(self) -> SMTP:
        """Lines of any length are taken: that they are short is for the test to see."""
        server = SMTP(self.handler, enable_SMTPUTF8=True, hostname="localhost")
        server.line_length_limit = 2**20
        return server


@contextmanager
def mailserver() -> Iterator[Mailserver]:
    """A server with an empty mailbox, until the block ends."""
    server = Mailserver()
    controller = _Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        server.release()
        controller.stop()


def defects(message: EmailMessage) -> list[str]:
    """Everything that a strict parser complains about, in any part or header."""
    found: list[str] = []
    for part in message.walk():
        found += [repr(defect) for defect in part.defects]
        headers: Callable[[], list[tuple[str, object]]] = part.items
        found += [f"{name}: {defect!r}" for name, value in headers() for defect in getattr(value, "defects", ())]
    return found
