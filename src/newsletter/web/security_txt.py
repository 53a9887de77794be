"""`/.well-known/security.txt`: where to write who found a hole (RFC 9116)."""

from __future__ import annotations

from datetime import datetime, timedelta

from newsletter.config import Settings
from newsletter.i18n import languages

HOLDS = timedelta(days=180)  # RFC 9116, 2.5.5: less than a year; it is made anew with every answer
PATH = "/.well-known/security.txt"


def security_txt(settings: Settings, now: datetime) -> str | None:
    """The file; None where the settings name nobody. Its time is a day's first moment, so that its bytes stay a day."""
    contact = settings.site.security_contact
    if contact is None:
        return None
    expires = (now + HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(languages())}",
        f"Canonical: {settings.site.base_url}{PATH}",
    )
    return "".join(f"{line}\n" for line in lines)
