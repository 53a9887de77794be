"""Mail to a relay over SMTP: `[mail.smtp]`."""

from __future__ import annotations

from pathlib import Path

from newsletter.config import Mail
from newsletter.deliver.postfix import PostfixLog
from newsletter.deliver.server import Server
from newsletter.deliver.smtp import SmtpSession, open_session
from newsletter.deliver.transports import Inquiry


class SmtpTransport:
    """Sessions with one relay."""

    def __init__(self, server: Server, connections: int, inquiry: Inquiry | None = None) -> None:
        self.connections = connections
        self.inquiry = inquiry
        self._server = server

    async def session(self) -> SmtpSession:
        """See `Transport`."""
        return await open_session(self._server)


def transport(settings: Mail, house_ca_file: Path | None = None) -> SmtpTransport:
    smtp = settings.smtp
    server = Server(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        ca_file=smtp.ca_file,
        house_ca_file=house_ca_file,
        username=smtp.username,
        password=smtp.password.get_secret_value(),
        auth=smtp.auth,
        password_file=smtp.password_file,
    )
    return SmtpTransport(server, smtp.connections, PostfixLog(smtp.log) if smtp.log else None)
