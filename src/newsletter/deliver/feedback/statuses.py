"""What enhanced status codes (RFC 3463, 5248, 7293, 7372, 7505) and SMTP codes (RFC 5321, 4.2) say of the reason.

A code is worth what it says alone: `x.1.1` is plain, `x.7.1` only says that somebody did not want to. The first digit
is left out: 4 or 5 decides whether it may change, not why it is.
"""

from __future__ import annotations

from typing import Final

from newsletter.deliver.feedback.returned import Reason

# said plainly: only words that are plainer still stand against these
PLAIN: Final[dict[str, Reason]] = {
    "1.1": Reason.USER_UNKNOWN,
    "1.2": Reason.HOST_UNKNOWN,
    "1.3": Reason.USER_UNKNOWN,  # a mailbox that nobody can have
    "1.6": Reason.MOVED,
    "1.7": Reason.SENDER,
    "1.8": Reason.SENDER,
    "1.10": Reason.HOST_UNKNOWN,  # null MX; Exchange Online: no such recipient. Gone either way
    "2.2": Reason.MAILBOX_FULL,
    "2.3": Reason.TOO_BIG,
    "3.1": Reason.SYSTEM,
    "3.4": Reason.TOO_BIG,
    "4.1": Reason.NETWORK,
    "4.2": Reason.NETWORK,
    "4.3": Reason.NETWORK,
    "4.4": Reason.HOST_UNKNOWN,  # no way to the domain; 4.4.4 may still find one
    "4.5": Reason.BUSY,
    "4.6": Reason.NETWORK,  # a loop
    "4.7": Reason.EXPIRED,
    "4.300": Reason.EXPIRED,  # Exchange Online
    "4.310": Reason.HOST_UNKNOWN,
    "4.316": Reason.EXPIRED,
    "6.1": Reason.CONTENT,
    "6.2": Reason.CONTENT,
    "6.3": Reason.CONTENT,
    "6.5": Reason.CONTENT,
    "6.7": Reason.CONTENT,
    "6.9": Reason.CONTENT,
    "7.2": Reason.NOT_ALLOWED,
    "7.8": Reason.AUTHENTICATION,
    "7.13": Reason.DISABLED,
    "7.17": Reason.MOVED,  # the mailbox has another owner (RFC 7293)
    "7.18": Reason.MOVED,  # and so has the domain
    "7.20": Reason.AUTHENTICATION,
    "7.21": Reason.AUTHENTICATION,
    "7.22": Reason.AUTHENTICATION,
    "7.23": Reason.AUTHENTICATION,
    "7.24": Reason.AUTHENTICATION,
    "7.25": Reason.BLOCKED,  # reverse DNS
    "7.26": Reason.AUTHENTICATION,
    "7.27": Reason.SENDER,
    "7.28": Reason.BUSY,
    "7.509": Reason.AUTHENTICATION,  # Exchange Online from here
    "7.511": Reason.BLOCKED,
    "7.515": Reason.AUTHENTICATION,
    "7.606": Reason.BLOCKED,
    "7.708": Reason.BLOCKED,
    "7.750": Reason.SENDER,
}

# vague: the words are asked first
VAGUE: Final[dict[str, Reason]] = {
    "1.4": Reason.UNEXPLAINED,
    "2.1": Reason.DISABLED,
    "2.4": Reason.SYSTEM,
    "7.0": Reason.POLICY,
    "7.1": Reason.POLICY,
    "7": Reason.POLICY,  # any other of its subject
    "6": Reason.CONTENT,
    "5.3": Reason.BUSY,
    "5.4": Reason.PROTOCOL,
    "4": Reason.NETWORK,
    "3": Reason.SYSTEM,
}

# the bare SMTP code: the last to be asked. 550 and 554 can be anything
SMTP: Final[dict[int, Reason]] = {
    421: Reason.BUSY,
    422: Reason.MAILBOX_FULL,
    431: Reason.SYSTEM,
    432: Reason.SYSTEM,
    441: Reason.NETWORK,
    442: Reason.NETWORK,
    446: Reason.NETWORK,
    447: Reason.EXPIRED,
    450: Reason.BUSY,
    451: Reason.SYSTEM,
    452: Reason.SYSTEM,
    500: Reason.PROTOCOL,
    502: Reason.PROTOCOL,
    503: Reason.PROTOCOL,
    504: Reason.PROTOCOL,
    521: Reason.NOT_ALLOWED,  # RFC 7504: a host that takes no mail now
    523: Reason.TOO_BIG,
    525: Reason.DISABLED,
    530: Reason.AUTHENTICATION,
    535: Reason.AUTHENTICATION,
    551: Reason.MOVED,  # "user not local; please try …"
    552: Reason.MAILBOX_FULL,
    556: Reason.HOST_UNKNOWN,  # RFC 7504: a domain that takes no mail
}
