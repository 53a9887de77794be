"""What a mail server's answer means for a delivery: a decision is a value, made by code and never by wording.

A temporary refusal waits, a missing mailbox is told by its enhanced code (RFC 3463) alone, and what is said about the
sender stops the run and blames no reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?=\s|\Z)")
NO_SUCH_MAILBOX = frozenset({"5.1.1", "5.1.10"})
MAILBOX_FULL = "5.2.2"
MAILBOX = ("4.1.", "4.2.", "5.2.")  # enhanced codes that speak of one mailbox
MESSAGE_TOO_BIG = "5.3.4"
ADDRESSES = re.compile(r"<?[^\s<>:;,]+@[^\s<>:;,]+>?")
LONGEST_ANSWER = 300  # characters kept in the ledger


class Fate(StrEnum):
    """What became of one attempt to hand a message over."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNKNOWN = "unknown"  # no such mailbox, for good: failed, and the address is suppressed
    BARRED = "barred"  # it is the sender who is refused: the run pauses, nobody is suppressed
    UNCERTAIN = "uncertain"  # the fence was passed and no answer came
    AGAIN = "again"  # the server ends the connection before it looked at the message: try on another
    UNFIT = "unfit"  # this transport cannot carry this message to this address
    REFUSED = "refused"  # the fence said no: nothing was sent, the ledger has dealt with it


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer to one command; `text` is its lines made one."""

    code: int
    text: str

    @property
    def positive(self) -> bool:
        return 200 <= self.code < 400

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code, as `5.1.1`, where the server gave one."""
        found = ENHANCED.match(self.text)
        return found[1] if found else None

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A fate and the answer that decided it, free of addresses. `wait`: how long the server wants to be left alone;
    `crowded`: what is said for now is not about one mailbox, so that its neighbours would hear the same."""

    fate: Fate
    answer: str
    wait: timedelta | None = None
    crowded: bool = False


def judge(command: str, reply: Reply) -> Outcome:
    """What the answer to `command` (MAIL, RCPT, DATA, or `.` for the end of the message) means for the delivery.

    421 is not for here, unless it answers the end of the message: elsewhere it is the connection that is refused.
    """
    fate = _fate(command, reply)
    crowded = fate is Fate.DEFERRED and not (reply.enhanced or "").startswith(MAILBOX)
    return Outcome(fate, redacted(str(reply) if command == "." else f"{command}: {reply}"), crowded=crowded)


def _fate(command: str, reply: Reply) -> Fate:
    if command == "." and 200 <= reply.code < 300:
        return Fate.ACCEPTED
    if command == "." and reply.code < 400:
        return Fate.UNCERTAIN  # an answer that means nothing here
    if reply.code < 500 or reply.enhanced == MAILBOX_FULL:
        return Fate.DEFERRED
    if reply.enhanced in NO_SUCH_MAILBOX:
        return Fate.UNKNOWN
    if reply.enhanced == MESSAGE_TOO_BIG:
        return Fate.FAILED
    return Fate.BARRED if _about_the_sender(command, reply) else Fate.FAILED


def _about_the_sender(command: str, reply: Reply) -> bool:
    """Policy and authentication (5.7.x, 530, 535), and whatever is refused before a recipient was named."""
    return command == "MAIL" or reply.code in (530, 535) or (reply.enhanced or "").startswith("5.7.")


def redacted(answer: str) -> str:
    """A server's words as they may be kept: addresses taken out, one line, of bounded length."""
    if not answer.isprintable():
        answer = "".join(char if char.isprintable() else " " for char in answer)
    line = " ".join(answer.split())
    return ADDRESSES.sub("<address>", line)[:LONGEST_ANSWER]
