"""One mail of an edition to one address, for a person to look at: beside the ledger, and subscribing nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from newsletter.audience.address import normalised
from newsletter.deliver import transports
from newsletter.deliver.message import Message, compile_variant
from newsletter.deliver.verdict import Fate, Outcome
from newsletter.errors import StateError, TransportError
from newsletter.model import Claim, Format

if TYPE_CHECKING:
    from newsletter.app.program import Program

MARK = "[Test]"  # before the subject
NOBODY = 0  # the subscription and the delivery that its links and its Message-ID are made for


async def send_test(program: Program, edition: str, address: str, format: Format, language: str | None) -> str:
    """Send an edition with all its releases, as it is now; what the mail server answered.

    Its personal links lead nowhere. Raises BadInput for what is no address, NotFound, StateError where nothing is
    mailed at all, TransportError where the mail server does not take it.
    """
    if program.settings.mail.transport == "log":
        raise StateError('mail.transport is "log": nothing leaves; set it to "smtp"')
    message = _message(program, edition, normalised(address), format, language)
    session = await transports.find(program.settings.mail).session()
    try:
        outcome = await session.deliver(message, _granted, lambda: None)
    finally:
        await session.close()
    return _taken(outcome)


def _message(program: Program, edition: str, email: str, format: Format, language: str | None) -> Message:
    found, now = program.editions.get(edition), program.now()
    variant = program.desk.variant(found, language or program.settings.site.language, format)
    marked = replace(variant, subject=f"{MARK} {variant.subject}")
    claim = Claim(
        delivery=NOBODY,
        token=0,
        edition=edition,
        notice=None,
        variant=variant.key,
        subscriber=NOBODY,
        subscription=NOBODY,
        email=email,
        dated=now,
        attempts=0,
        lease_until=now,
    )
    return program.mailroom.writer().write(claim, compile_variant(marked, program.mailroom.envelope(found.newsletter)))


async def _granted() -> bool:
    """There is no ledger to ask: who calls this asked for one mail."""
    return True


def _taken(outcome: Outcome) -> str:
    if outcome.fate is not Fate.ACCEPTED:
        raise TransportError(f"the mail server did not take it: {outcome.answer}")
    return outcome.answer
