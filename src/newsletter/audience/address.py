"""Mail addresses: one spelling for each, and one that may be shown."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from newsletter.errors import BadInput
from newsletter.said import Said


def normalised(text: str) -> str:
    """The one spelling of an address, by which a person is known; raises BadInput where nobody could be written to.

    The domain is in its ASCII form (RFC 5890), so that a look-alike in another script is seen and an ASCII local part
    needs no SMTPUTF8. The local part is in small letters: no server in use tells `Max@` from `max@`, people do not
    either, and nobody shall be written to twice.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise BadInput("no mail address: %(why)s", why=error) from error
    local = found.local_part.lower()
    if len(local.encode()) > 64:  # RFC 5321, 4.5.3.1.1 counts octets
        why = Said("The part before the @-sign is too long.")
        raise BadInput("no mail address: %(why)s", why=why)
    return f"{local}@{found.ascii_domain}"


def masked(email: str) -> str:
    """`m…@example.org`: enough for its owner to recognise, and for nobody else."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"
