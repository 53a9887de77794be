"""Whose delivery a returned mail is about. Only what we made ourselves proves it, so that nobody can forge one.

That is the token in the address that it came to (VERP), wherever a server repeats it; or, without one, the Message-ID
of the mail that it returns, which the store holds against that reader's deliveries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from newsletter.deliver.feedback.addresses import ADDRESS, once
from newsletter.deliver.feedback.mime import MOST_BYTES, Mail, Part, fields
from newsletter.errors import TokenError
from newsletter.tokens import Keys, Purpose

TOKEN: Final = "[a-z2-7]{40}"  # noqa: S105 - its form
MOST_TOKENS: Final = 40
MESSAGE_ID: Final = re.compile(r"<[a-z2-7]{32}@[a-z0-9.-]{1,253}>")
ENVELOPE: Final = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
MOST_ENCLOSED: Final = 64 * 1024  # bytes of an enclosed mail in which its header is looked for


@dataclass(frozen=True, slots=True)
class Origin:
    """What a returned mail proves, or lets be looked up.

    `delivery`: a token of ours names it. `leaving`: the subscription whose reader wrote to its address to unsubscribe.
    `message_ids` and `addresses`: what the returned mail was and whom it went to, which prove something only together.
    """

    delivery: int | None = None
    leaving: int | None = None
    message_ids: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class Origins:
    """Reads origins. `return_path` is the setting of that name: with `{token}`, addresses carry one."""

    def __init__(self, keys: Keys, return_path: str | None) -> None:
        self._keys = keys
        before, token, after = (return_path or "").partition("{token}")
        pattern = f"{re.escape(before)}({TOKEN}){re.escape(after)}"
        self._address = re.compile(pattern, re.IGNORECASE) if token else None
        self._bare = re.compile(TOKEN, re.IGNORECASE)

    def of(self, raw: bytes, mail: Mail, recipients: Sequence[str], now: datetime) -> Origin:
        """The origin of a mail that came to `recipients` (its envelope's, as far as the mail server says)."""
        came_to = [*recipients, *(value for name in ENVELOPE for value in mail.headers.fields.get(name, ()))]
        returned = list(_returned_headers(mail))
        return Origin(
            delivery=self._first(Purpose.BOUNCE, self._tokens("\n".join(came_to), _text(raw)), now),
            leaving=self._leaving(came_to, mail, now),
            message_ids=once(MESSAGE_ID.findall("\n".join(returned).lower())),
            addresses=once(ADDRESS.findall("\n".join(_values(returned, "to")))),
        )

    def _leaving(self, came_to: Sequence[str], mail: Mail, now: datetime) -> int | None:
        """The token stands in the address that was written to; where that carries none, in the subject."""
        if self._address is None:
            return self._first(Purpose.UNSUBSCRIBE, iter(self._bare.findall(mail.headers.get("subject"))), now)
        return self._first(Purpose.UNSUBSCRIBE, self._tokens("\n".join(came_to)), now)

    def _tokens(self, *texts: str) -> Iterator[str]:
        if self._address is not None:
            yield from (found[1] for text in texts for found in self._address.finditer(text))

    def _first(self, purpose: Purpose, tokens: Iterator[str], now: datetime) -> int | None:
        for token, _ in zip(tokens, range(MOST_TOKENS), strict=False):
            try:
                return self._keys.subject(purpose, token.lower(), now=now)
            except TokenError:
                continue
        return None


def _text(raw: bytes) -> str:
    """Lines that a server folded within an address are whole again."""
    return raw[:MOST_BYTES].decode("latin-1").replace("=\r\n", "").replace("=\n", "")


def _returned_headers(mail: Mail) -> Iterator[str]:
    """The header of each enclosed mail, and what reports say of it."""
    for part in mail.parts:
        if part.enclosed:
            yield _head(part)
        elif part.headers.type in ("message/feedback-report", "message/delivery-status", "text/plain"):
            yield part.text()


def _head(part: Part) -> str:
    text = part.body[:MOST_ENCLOSED].decode("utf-8", "replace").lstrip("\n")
    return text.partition("\n\n")[0]


def _values(heads: Sequence[str], name: str) -> Iterator[str]:
    for head in heads:
        yield from fields(head).fields.get(name, ())
