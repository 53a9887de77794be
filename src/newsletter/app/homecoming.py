"""A test mail to our own return path: does it come back, how soon, and what does the server there say of it."""

from __future__ import annotations

import email
import email.policy
import re
import time
from typing import TYPE_CHECKING, Final

from newsletter.app.directly import send_home
from newsletter.app.returns import place_of
from newsletter.errors import NewsletterError, StateError

if TYPE_CHECKING:
    from newsletter.app.program import Program

PATIENCE: Final = 60.0  # seconds
LOOK: Final = 1.0
RESULT: Final = re.compile(r"\b(spf|dkim|dmarc)=(\w+)")  # RFC 8601


def come_home(program: Program, patience: float = PATIENCE) -> str:
    """Send it and wait for it; what was found. Raises NewsletterError where it does not come, or fails there."""
    place = place_of(program.settings, str)
    if place is None:
        raise StateError("a test mail can be looked for in a Maildir or over IMAP only: set [mail.feedback]")
    began = time.monotonic()
    message_id = send_home(program, program.now())
    while (raw := place.find(message_id)) is None:
        if time.monotonic() - began > patience:
            raise NewsletterError(
                f"it was sent, and did not come to [mail.feedback] within {patience:.0f} s: look at the way of mail "
                "to mail.return_path"
            )
        time.sleep(min(LOOK, patience))
    took = time.monotonic() - began
    return f"came back after {took:.0f} s; {_verdict(raw)}"


def _verdict(raw: bytes) -> str:
    """What the receiving server checked. Raises NewsletterError where one of it failed."""
    headers = email.message_from_bytes(raw, policy=email.policy.compat32)
    said = " ".join(str(value) for value in headers.get_all("Authentication-Results", []))
    results = dict(RESULT.findall(said.lower()))
    if not results:
        return "the server there does not say whether SPF, DKIM and DMARC are good"
    text = ", ".join(f"{name} {result}" for name, result in results.items())
    if failed := [name for name, result in results.items() if result in ("fail", "permerror", "softfail")]:
        raise NewsletterError(f"it came back, but {' and '.join(failed)} failed there: {text}")
    return text
