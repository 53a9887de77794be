"""Mail beside the ledger: an edition for a person to look at, and alarms, which must not wait in line."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from newsletter.audience.address import normalised
from newsletter.deliver.message import Envelope, Message, compile_variant
from newsletter.deliver.transports import Transport
from newsletter.deliver.verdict import Fate, Outcome
from newsletter.errors import StateError, TransportError
from newsletter.model import Claim, Format, Variant
from newsletter.tokens import Purpose

if TYPE_CHECKING:
    from newsletter.app.program import Program

MARK = "[Test]"  # before the subject
NOBODY = 0  # the subscription and the delivery that their links and their Message-IDs are made for


async def send_test(program: Program, edition: str, address: str, format: Format, language: str | None) -> str:
    """Send an edition with all its releases, as it is now; what the mail server answered.

    Its personal links lead nowhere. Raises BadInput for what is no address, NotFound, StateError where nothing is
    mailed at all, TransportError where the mail server does not take it.
    """
    found, now, to = program.editions.get(edition), program.now(), normalised(address)
    if program.settings.mail.transport == "log":
        raise StateError('mail.transport is "log": nothing leaves; set it to "smtp", or to a provider')
    variant = program.desk.variant(found, language or program.settings.site.language, format)
    marked = replace(variant, subject=f"{MARK} {variant.subject}")
    compiled = compile_variant(marked, program.mailroom.envelope(found.newsletter))
    message = program.mailroom.writer().write(_claim(to, variant.key, now, found.id), compiled)
    (answer,) = await _send(program.mailroom.transport(), [message])
    return answer


def send_notice(program: Program, subject: str, text: str, addresses: Sequence[str], now: datetime) -> None:
    """Send a text to people of the house; blocks, outside of an event loop.

    Raises TransportError, BadInput, SettingsError.
    """
    variant = Variant("alarm", "", "en", Format.STANDARD, (), subject, None, (text,))
    compiled = compile_variant(variant, Envelope(program.settings.mail.sender))
    writer = program.mailroom.writer()
    messages = [writer.write(_claim(address, variant.key, now), compiled) for address in addresses]
    asyncio.run(_send(program.mailroom.transport(), messages))


def send_home(program: Program, now: datetime) -> str:
    """Send a mail to our own return path, as a bounce would come; its Message-ID. Blocks, as `send_notice`."""
    mail = program.settings.mail
    if mail.return_path is None:
        raise StateError("mail.return_path is not set: there is no address that a mail could come back to")
    text = "`newsletter doctor --test-mail` sent this to see whether mail comes back. Nobody has to do anything.\n"
    variant = Variant("home", "", "en", Format.STANDARD, (), f"{MARK} newsletter doctor", None, (text,))
    writer = program.mailroom.writer()
    home = mail.return_path.replace("{token}", program.keys.token(Purpose.BOUNCE, NOBODY))
    message = writer.write(_claim(home, variant.key, now), compile_variant(variant, Envelope(mail.sender)))
    asyncio.run(_send(program.mailroom.transport(), [message]))
    domain = parseaddr(mail.sender)[1].rpartition("@")[2]
    return program.keys.message_id(NOBODY, now, domain)


def _claim(email: str, variant: str, now: datetime, edition: str | None = None) -> Claim:
    return Claim(
        delivery=NOBODY,
        token=0,
        edition=edition,
        notice=None,
        variant=variant,
        subscriber=NOBODY,
        subscription=NOBODY,
        email=email,
        dated=now,
        attempts=0,
        lease_until=now,
    )


async def _send(transport: Transport, messages: Sequence[Message]) -> list[str]:
    session = await transport.session()
    try:
        return [_taken(await session.deliver(message, _granted, lambda: None)) for message in messages]
    finally:
        await session.close()


async def _granted() -> bool:
    """There is no ledger to ask: who calls this asked for these very mails."""
    return True


def _taken(outcome: Outcome) -> str:
    if outcome.fate is not Fate.ACCEPTED:
        raise TransportError(f"the mail server did not take it: {outcome.answer}")
    return outcome.answer
