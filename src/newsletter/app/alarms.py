"""Alarms reach a person: once an event, by log and by mail, and not through the queue that may be what is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr

import structlog

from newsletter.app.fetching import poster
from newsletter.config import Settings
from newsletter.errors import BadInput, SettingsError, TransportError
from newsletter.i18n import Words
from newsletter.model import Alarm, AlarmKind
from newsletter.store.alarms import Alarms

log = structlog.get_logger()

REMIND_AFTER = timedelta(days=1)


Post = Callable[[str, str, Sequence[str], datetime], None]
"""Mails subject and text to addresses, at once; raises TransportError, BadInput, SettingsError."""


class AlarmBoard:
    """Raises alarms, tells people of them, and reminds them daily while they stand."""

    def __init__(self, settings: Settings, alarms: Alarms, post: Post) -> None:
        self._settings = settings
        self._alarms = alarms
        self._post = post
        self._words = Words(settings.site.language)

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
        """Tell `[alerts]` what nobody was told of for a day, by one mail and one call; how many alarms that were."""
        due = [a for a in self.standing() if a.told_at is None or a.told_at <= now - REMIND_AFTER]
        if not due or not any([self._mailed(due, now), self._called(due)]):
            return 0
        for alarm in due:
            self._alarms.told(alarm.key, now)
        return len(due)

    def _mailed(self, due: Sequence[Alarm], now: datetime) -> bool:
        addresses = [parseaddr(mailbox)[1] for mailbox in self._settings.alerts.to]
        if not addresses or self._settings.mail.transport == "log":
            return False
        try:
            self._post(self._subject(due), self._text(due), addresses, now)
        except (TransportError, BadInput, SettingsError) as error:
            log.error("alarms could not be mailed", alarms=len(due), error=str(error))
            return False
        return True

    def _called(self, due: Sequence[Alarm]) -> bool:
        """`text` is what chats show (Mattermost, Rocket.Chat, Slack); the rest is for programs."""
        address = self._settings.alerts.webhook
        if address is None:
            return False
        alarms = [
            {"key": one.key, "kind": str(one.kind), "message": one.message, "raised_at": one.raised_at.isoformat()}
            for one in due
        ]
        try:
            poster(self._settings.network)(
                address, {"text": f"{self._subject(due)}\n{self._text(due)}", "alarms": alarms}
            )
        except OSError as error:
            log.error("alarms could not be told to the webhook", alarms=len(due), error=str(error))
            return False
        return True

    def _subject(self, alarms: Sequence[Alarm]) -> str:
        words, kind = self._words, self._words.say(alarms[0].kind)
        more = len(alarms) - 1
        about = words.say("%(kind)s and %(n)s more", kind=kind, n=more) if more else kind
        return f"[{self._settings.site.title}] {about}"

    def _text(self, alarms: Sequence[Alarm]) -> str:
        words = self._words
        lines = [f"{in_words(words, alarm)}\n" for alarm in alarms]
        return "\n".join(lines) + "\n" + words.say("`newsletter status` shows what stands.") + "\n"


def in_words(words: Words, alarm: Alarm) -> str:
    """An alarm for people, in these words: its kind, since when, what is wrong and what to do."""
    since = f"{alarm.raised_at:%Y-%m-%d %H:%M} UTC"
    head = words.say("%(kind)s, since %(since)s:", kind=words.say(alarm.kind), since=since)
    return f"{head}\n{words.tell(alarm.message)}"
