"""A plain, blocking connection to the mail server, for the doctor."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.config import Smtp
from newsletter.errors import TransportError

SECONDS = 20


@contextmanager
def relay(settings: Smtp) -> Iterator[smtplib.SMTP]:
    """The mail server, greeted and signed in to. Raises TransportError with its answer where it cannot be used."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        with _open(settings, context) as client:
            if settings.security == "starttls":
                client.starttls(context=context)
            if settings.username:
                client.login(settings.username, settings.password.get_secret_value())
            yield client
    except (OSError, smtplib.SMTPException) as error:
        where = f"{settings.host}:{settings.port} ({settings.security})"
        raise TransportError(f"the mail server {where} cannot be used: {error}") from error


def _open(settings: Smtp, context: ssl.SSLContext) -> smtplib.SMTP:
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=SECONDS, context=context)
    return smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)
