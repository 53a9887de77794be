"""Alarms reach a person: once an event, by log and by mail, and not through the queue that may be what is broken."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

import structlog

from newsletter.app.relay import relay
from newsletter.config import Settings
from newsletter.errors import TransportError
from newsletter.model import Alarm, AlarmKind
from newsletter.store.alarms import Alarms

log = structlog.get_logger()

REMIND_AFTER = timedelta(days=1)


class AlarmBoard:
    """Raises alarms, tells people of them, and reminds them daily while they stand."""

    def __init__(self, settings: Settings, alarms: Alarms) -> None:
        self._settings = settings
        self._alarms = alarms

    def sound(self, key: str, kind: AlarmKind, message: str, now: datetime) -> None:
        """Raise an alarm unless it stands already; `message` says what, where and what to do, and holds no address."""
        if self._alarms.sound(Alarm(key, kind, message, now)):
            log.error("alarm", key=key, kind=str(kind), message=message)

    def resolve(self, key: str) -> None:
        """Take an alarm back whose cause is gone."""
        if self._alarms.resolve(key):
            log.info("alarm resolved", key=key)

    def standing(self) -> list[Alarm]:
        """All that stand, the oldest first."""
        return self._alarms.standing()

    def tell(self, now: datetime) -> int:
        """Mail what nobody was told of for a day to `[alerts] to`, in one mail; how many alarms that were."""
        due = [a for a in self.standing() if a.told_at is None or a.told_at <= now - REMIND_AFTER]
        if not due or not self._settings.alerts.to or self._settings.mail.transport == "log":
            return 0
        try:
            self._send(due, now)
        except TransportError as error:
            log.error("alarms could not be mailed", alarms=len(due), error=str(error))
            return 0
        for alarm in due:
            self._alarms.told(alarm.key, now)
        return len(due)

    def _send(self, alarms: list[Alarm], now: datetime) -> None:
        with relay(self._settings.mail.smtp) as client:
            client.send_message(self._message(alarms, now))

    def _message(self, alarms: list[Alarm], now: datetime) -> EmailMessage:
        site, mail = self._settings.site, self._settings.mail
        message = EmailMessage()
        message["From"] = mail.sender
        message["To"] = ", ".join(self._settings.alerts.to)
        more = f" and {len(alarms) - 1} more" if len(alarms) > 1 else ""
        message["Subject"] = " ".join(f"[{site.title}] {alarms[0].kind}{more}".split())
        message["Date"] = format_datetime(now)
        message["Message-ID"] = make_msgid(domain=parseaddr(mail.sender)[1].rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        lines = [f"{alarm.kind}, since {alarm.raised_at:%Y-%m-%d %H:%M} UTC:\n{alarm.message}\n" for alarm in alarms]
        message.set_content("\n".join(lines) + "\n`newsletter status` shows what stands.\n")
        return message
