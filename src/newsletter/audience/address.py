"""Mail addresses: one spelling for each, and one that may be shown."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from email_validator import EmailNotValidError, validate_email

from newsletter.errors import BadInput
from newsletter.said import Said

PLAIN: Final = re.compile(r"([a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*)@([a-z0-9.-]+)", re.ASCII | re.IGNORECASE)
LONGEST: Final = 64  # RFC 5321, 4.5.3.1.1: octets before the @-sign


def normalised(text: str) -> str:
    """The one spelling of an address, by which a person is known; raises BadInput where nobody could be written to.

    The domain is in its ASCII form (RFC 5890), so that a look-alike in another script is seen and an ASCII local part
    needs no SMTPUTF8. The local part is in small letters: no server in use tells `Max@` from `max@`, people do not
    either, and nobody shall be written to twice.
    """
    plain = PLAIN.fullmatch(text := text.strip())
    if plain and len(plain[1]) <= LONGEST and (domain := _domain(plain[2])):
        return f"{plain[1].lower()}@{domain}"
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise BadInput("no mail address: %(why)s", why=error) from error
    local = found.local_part.lower()
    if len(local.encode()) > LONGEST:
        why = Said("The part before the @-sign is too long.")
        raise BadInput("no mail address: %(why)s", why=why)
    return f"{local}@{found.ascii_domain}"


@lru_cache(maxsize=10_000)
def _domain(text: str) -> str | None:
    """A domain as it is written after any plain local part, the longest too; None: not so, and the address tells why.

    Lists have few domains for many people, and looking at one costs most of what looking at an address does.
    """
    try:
        return validate_email(f"{'x' * LONGEST}@{text}", check_deliverability=False, strict=True).ascii_domain
    except EmailNotValidError:
        return None


def masked(email: str) -> str:
    """`m…@example.org`: enough for its owner to recognise, and for nobody else."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"
