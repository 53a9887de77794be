"""The words for what comes back: its kind, and the reason. Both vocabularies are closed; new words may be added."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a mail that came back is."""

    BOUNCE = "bounce"  # a mail server could not deliver, or not yet
    COMPLAINT = "complaint"  # a reader pressed "spam" or "unsubscribe", or a mailbox provider reports a mail
    AUTO_REPLY = "auto-reply"  # a machine answered for a person (RFC 3834), a read receipt: it arrived
    OTHER = "other"  # anything else, reports of success too


class Reason(StrEnum):
    """Why a mail was not delivered."""

    # the address itself is gone for good
    USER_UNKNOWN = "user-unknown"  # no such mailbox, or none can have this name
    HOST_UNKNOWN = "host-unknown"  # no such domain, or one that takes no mail at all (RFC 7505)
    MOVED = "moved"  # the person is elsewhere now
    # the mailbox is there, and may take mail again
    DISABLED = "disabled"  # locked, suspended, inactive
    MAILBOX_FULL = "mailbox-full"
    TOO_BIG = "too-big"
    NOT_ALLOWED = "not-allowed"  # the recipient takes no mail from us: members only, refused by a rule of theirs
    # the way there
    DELAYED = "delayed"  # not delivered yet; the server goes on trying
    EXPIRED = "expired"  # given up after a time of trying
    NETWORK = "network"  # connection, name service, loops
    BUSY = "busy"  # too many connections or mails at a time
    SYSTEM = "system"  # the server's own trouble: settings, disk, programs
    PROTOCOL = "protocol"  # the servers do not understand each other
    # what is said about us or about the mail
    AUTHENTICATION = "authentication"  # SPF, DKIM, DMARC, or a sign-in
    BLOCKED = "blocked"  # the sending machine or network: block lists, reputation, reverse DNS
    SENDER = "sender"  # the sender's address is refused
    RELAY = "relay"  # a server that does not carry mail for this domain
    SPAM = "spam"
    VIRUS = "virus"
    POLICY = "policy"
    CONTENT = "content"  # the form of the mail, against a standard or a taste
    UNEXPLAINED = "unexplained"


class Complaint(StrEnum):
    """What a complaint is about: the feedback types of RFC 5965, 7.3 and RFC 6591."""

    ABUSE = "abuse"
    AUTH_FAILURE = "auth-failure"  # a report about forgery: no reader complains
    FRAUD = "fraud"
    NOT_SPAM = "not-spam"
    OPT_OUT = "opt-out"
    VIRUS = "virus"
    OTHER = "other"


GONE: Final = frozenset({Reason.USER_UNKNOWN, Reason.HOST_UNKNOWN, Reason.MOVED})


@dataclass(frozen=True, slots=True)
class Returned:
    """What a mail that came back says.

    `permanent` is True where every one of `recipients` is gone for good, False where one may take mail again, None
    where nothing is said about it (no bounce, or one that gives no reason). `status` is an enhanced status code
    (RFC 3463).
    """

    kind: Kind
    recipients: tuple[str, ...] = ()
    permanent: bool | None = None
    status: str | None = None
    reason: Reason | Complaint | None = None
