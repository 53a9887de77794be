"""Tokens that stand in mailed addresses: HMAC with purpose and key id, lowercase base32, of fixed length.

A token is `key id (1 byte) | subject (8) | expiry (5, only dated purposes) | MAC (16)`: 40 characters, or 48 when
dated. It proves that we made it for this purpose and subject; it holds no address. The key file has one
secret a line, the newest last: the last one signs, all verify, and the first one also makes the hashes that must never
change (addresses, Message-IDs), so lines are added and never taken away.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from newsletter.errors import SettingsError, TokenError

MAC_BYTES = 16
ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648, in lowercase
PAIRS: Final = tuple(first + second for first in ALPHABET for second in ALPHABET)


class Purpose(StrEnum):
    """What a token may be used for; a token of one purpose is worth nothing for another."""

    CONFIRM = "confirm"  # subject: subscription
    UNSUBSCRIBE = "unsubscribe"  # subject: subscription; never expires and can only leave
    PREFERENCES = "preferences"  # subject: subscription
    BOUNCE = "bounce"  # subject: delivery; the VERP envelope sender
    DATA = "data"  # subject: subscriber; dated, for seeing, exporting, erasing
    INVITATION = "invitation"  # subject: the number of an editor's invitation; dated
    ADDRESS = "address"  # subject: the notice that asks at a new address
    UNDO = "undo"  # subject: subscription; dated, and can only take back that it was left
    TICKET = "ticket"  # subject: a number of its own; dated, for one form


LASTS: Final[Mapping[Purpose, timedelta]] = MappingProxyType(
    {
        Purpose.DATA: timedelta(hours=24),  # as long as no second one is sent; over 20 hours, as WCAG 2.2.1 asks
        Purpose.UNDO: timedelta(hours=24),
        Purpose.INVITATION: timedelta(days=3),
        Purpose.TICKET: timedelta(hours=24),
    }
)
"""For how long tokens of dated purposes hold."""
DATED = frozenset(LASTS)


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of the key file, oldest first; each at least 32 bytes."""

    secrets: tuple[bytes, ...]

    @classmethod
    def read(cls, path: Path) -> Keys:
        """Read a key file. Raises SettingsError where it is missing, empty or holds a short secret."""
        try:
            lines = path.read_text("ascii").split()
        except (OSError, UnicodeDecodeError) as error:
            hint = "run `newsletter init` or restore it from your backup"
            raise SettingsError([f"security.key_file: cannot read {path} ({error}): {hint}"]) from error
        try:
            found = tuple(base64.b64decode(line, validate=True) for line in lines)
        except ValueError as error:
            raise SettingsError([f"security.key_file: {path} holds a line that is not base64"]) from error
        if not found or min(map(len, found)) < 32:
            raise SettingsError([f"security.key_file: {path} needs at least one secret of 32 bytes, a line each"])
        return cls(found)

    @staticmethod
    def new_line() -> str:
        """One more line for a key file."""
        return base64.b64encode(secrets.token_bytes(32)).decode("ascii")

    def _by_id(self, key_id: int) -> list[bytes]:
        return [secret for secret in self.secrets if _key_id(secret) == key_id]

    def token(self, purpose: Purpose, subject: int, *, expires: datetime | None = None) -> str:
        """A token for `subject`. `expires` is given exactly when the purpose is dated."""
        if (purpose in DATED) != (expires is not None):
            raise ValueError(f"{purpose}: an expiry is for dated purposes, and needed there")
        secret = self.secrets[-1]
        data = struct.pack(">BQ", _key_id(secret), subject)
        if expires is not None:
            data += int(expires.timestamp()).to_bytes(5, "big")
        return _base32(data + _mac(secret, purpose, data))

    def subject(self, purpose: Purpose, token: str, *, now: datetime) -> int:
        """The subject of a token. Raises TokenError when it is malformed, forged, of another purpose, or too old."""
        return self.opened(purpose, token, now=now)[0]

    def opened(self, purpose: Purpose, token: str, *, now: datetime) -> tuple[int, datetime | None]:
        """The subject of a token and, where its purpose is dated, until when it holds. Raises as `subject` does."""
        dated = purpose in DATED
        if len(token) != (48 if dated else 40):
            raise TokenError("the token is incomplete")
        try:
            raw = base64.b32decode(token.upper())
        except ValueError as error:
            raise TokenError("the token is damaged") from error
        data, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
        if not any(hmac.compare_digest(mac, _mac(secret, purpose, data)) for secret in self._by_id(data[0])):
            raise TokenError("the token is not ours")
        expires = int.from_bytes(data[9:14], "big")
        if dated and expires < now.timestamp():
            raise TokenError("the token is too old")
        until = datetime.fromtimestamp(expires, UTC) if dated else None
        return int(struct.unpack(">Q", data[1:9])[0]), until

    def address_hash(self, email: str) -> str:
        """The keyed hash that stands for an address where the address itself must not stay (32 hex characters)."""
        return _hmac(self.secrets[0], b"address\0" + email.strip().lower().encode()).hex()[:32]

    def message_id(self, delivery: int, dated: datetime, domain: str) -> str:
        """The Message-ID of a delivery, with angle brackets: the same at every attempt, so a repeat is recognisable."""
        return f"<{self.mark(delivery, dated)}@{domain}>"

    def mark(self, delivery: int, dated: datetime) -> str:
        """What names a delivery in its Message-ID (before the @) and to providers: 32 characters."""
        text = f"message-id\0{delivery}\0{int(dated.timestamp())}".encode()
        return _base32(_hmac(self.secrets[0], text)[:20])


def _base32(data: bytes) -> str:
    """Base32 (RFC 4648) in lowercase of whole groups of 5 bytes: every mail has a few, base64 takes twice as long."""
    number = int.from_bytes(data, "big")
    return "".join([PAIRS[number >> shift & 1023] for shift in range(8 * len(data) - 10, -1, -10)])


@lru_cache
def _key_id(secret: bytes) -> int:
    return hashlib.sha256(b"key id\0" + secret).digest()[0]


def _mac(secret: bytes, purpose: Purpose, data: bytes) -> bytes:
    return _hmac(secret, purpose.encode() + b"\0" + data)[:MAC_BYTES]


def _hmac(secret: bytes, text: bytes) -> bytes:
    """HMAC-SHA256; every mail has several of the same secret, so the first half of the work is kept."""
    begun = _begun(secret).copy()
    begun.update(text)
    return begun.digest()


@lru_cache
def _begun(secret: bytes) -> hmac.HMAC:
    return hmac.new(secret, digestmod="sha256")
