"""A mailbox that returned mail comes to, over IMAP (RFC 3501): each unread mail is taken, then marked as read."""

from __future__ import annotations

import base64
import imaplib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from newsletter.app.taking import FAILED, taken
from newsletter.config import Feedback
from newsletter.deliver.feedback.mime import MOST_BYTES
from newsletter.deliver.trust import trusting
from newsletter.errors import NewsletterError

AT_ONCE: Final = 500  # mails a look
BEYOND: Final = re.compile(r"[^\x20-\x7e]+")
SECONDS: Final = 60  # to wait for each answer
PORTS: Final = {"tls": 993, "starttls": 143, "none": 143}
SEEN, FLAGGED = "\\Seen", "\\Flagged"  # read; and a person should look at it
Failure = (OSError, ValueError, imaplib.IMAP4.error)


class ImapMailbox:
    """A folder of a mailbox. `take` does what a mail asks for and says what that was.

    `house_ca_file` is whom the server may be vouched for by where the settings name nobody.
    """

    def __init__(self, settings: Feedback, take: Callable[[bytes], str], house_ca_file: Path | None = None) -> None:
        self._settings = settings
        self._house_ca_file = house_ca_file
        self._take = take

    def look(self) -> Counter[str]:
        """Take what is unread; how often what was done. Raises NewsletterError where the mailbox cannot be read.

        A mail that cannot be made sense of is flagged and never stops the others; where the database cannot be written,
        what is left stays unread.
        """
        done: Counter[str] = Counter()
        with self._opened() as client:
            for uid in _unread(client)[:AT_ONCE]:
                raw = _fetched(client, uid)
                if raw is None:
                    continue  # somebody else removed it
                what = taken(partial(self._take, raw), uid)
                flags = f"{SEEN} {FLAGGED}" if what == FAILED else SEEN
                client.uid("STORE", uid, "+FLAGS.SILENT", f"({flags})")
                done[what] += 1
        return done

    def find(self, message_id: str) -> bytes | None:
        """The mail with a Message-ID, read or not, if it came. Raises NewsletterError."""
        with self._opened() as client:
            _, found = client.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"')
            uids = found[0].decode("ascii").split() if found and found[0] else []
            return _fetched(client, uids[-1]) if uids else None

    def waiting(self) -> int:
        """How many mails are unread. Raises NewsletterError where the mailbox cannot be read."""
        with self._opened() as client:
            return len(_unread(client))

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        own = self._settings
        where = f"mail.feedback: {own.host}, folder {own.folder}"
        try:
            client = self._connected()
        except Failure as error:
            raise NewsletterError(f"{where} cannot be used: {_said(error)}") from error
        try:
            _sign_in(client, own.username, own.password.get_secret_value())
            code, said = client.select(_quoted(own.folder))
            if code != "OK":
                raise NewsletterError(f"{where} cannot be opened: {_said(said[0])}")
            yield client
        except Failure as error:
            raise NewsletterError(f"{where} cannot be used: {_said(error)}") from error
        finally:
            with suppress(*Failure):
                client.logout()

    def _connected(self) -> imaplib.IMAP4:
        own = self._settings
        context = trusting(own.ca_file, self._house_ca_file)
        port = own.port or PORTS[own.security]
        if own.security == "tls":
            return imaplib.IMAP4_SSL(own.host, port, ssl_context=context, timeout=SECONDS)
        client = imaplib.IMAP4(own.host, port, timeout=SECONDS)
        if own.security == "starttls":
            client.starttls(context)
        return client


def _unread(client: imaplib.IMAP4) -> list[str]:
    _, found = client.uid("SEARCH", "UNSEEN")
    return found[0].decode("ascii").split() if found and found[0] else []


def _fetched(client: imaplib.IMAP4, uid: str) -> bytes | None:
    """The mail as far as it is looked at; reading it does not mark it as read."""
    _, parts = client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    return next((bytes(part[1]) for part in parts or () if isinstance(part, tuple)), None)


def _sign_in(client: imaplib.IMAP4, user: str, password: str) -> None:
    """LOGIN carries ASCII only."""
    if user.isascii() and password.isascii():
        client.login(user, password)
    else:
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())


def _quoted(folder: str) -> str:
    """As IMAP writes names: letters beyond ASCII in modified UTF-7 (RFC 3501, 5.1.3)."""
    plain = folder.replace("&", "&-")
    coded = BEYOND.sub(lambda found: "&" + _base64(found[0].encode("utf-16-be")) + "-", plain)
    return '"' + coded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii").rstrip("=").replace("/", ",")


def _said(error: object) -> str:
    """A server's words, or the system's; they hold no password."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    text = error.decode("utf-8", "replace") if isinstance(error, bytes) else str(error)
    return " ".join(text.removeprefix("b'").rstrip("'").split())[:200]
