"""DKIM (RFC 6376) where the relay does not sign: with RSA, and Ed25519 (RFC 8463) beside it where there is such a key.

Both List-Unsubscribe fields are signed, as RFC 8058 asks for. The fields that could be added to mislead somebody are
signed once more than they are there, even where there are none (8.15), so that another one breaks the signature. Bodies
are quoted-printable, which no server rewrites: so they are signed as they are; a message's body is hashed once for all
keys, and of what the readers of a variant share only once for all of them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from newsletter.errors import SettingsError

SIGNED = (
    *(b"from", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id"),
    *(b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted"),
    *(b"mime-version", b"content-type", b"content-transfer-encoding", b"content-language"),
)
ONCE = frozenset(  # one more would be shown, or believed, or obeyed, or change how the body is read
    {b"from", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"list-unsubscribe"}
    | {b"list-unsubscribe-post", b"mime-version", b"content-type", b"content-transfer-encoding"}
)
AGAIN = b":".join(name for name in SIGNED if name in ONCE)
LEAST_BITS = 2048  # of an RSA key: providers distrust less
LINE = 72  # characters of the signature in a line
_FIELD = re.compile(rb"([!-9;-~]+):([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)\r\n")
_SPACE = re.compile(rb"[ \t]+")
Fields = dict[bytes, bytes]


class Key(Protocol):
    """A private key that signs."""

    @property
    def algorithm(self) -> bytes:
        """Its name in `a=`."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature of header fields in canonical form."""
        ...

    def record(self) -> str:
        """The TXT record that lets others verify it."""
        ...


@dataclass(frozen=True, slots=True)
class RsaKey:
    private: rsa.RSAPrivateKey
    algorithm: bytes = b"rsa-sha256"

    def sign(self, data: bytes) -> bytes:
        """See Key."""
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def record(self) -> str:
        """See Key."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        public = self.private.public_key().public_bytes(serialization.Encoding.DER, form)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


@dataclass(frozen=True, slots=True)
class EdKey:
    private: ed25519.Ed25519PrivateKey
    algorithm: bytes = b"ed25519-sha256"

    def sign(self, data: bytes) -> bytes:
        """See Key: what is signed is the hash (RFC 8463, 3)."""
        return self.private.sign(hashlib.sha256(data).digest())

    def record(self) -> str:
        """See Key."""
        public = self.private.public_key().public_bytes_raw()
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs messages for a domain with the key that lies in its DNS under `selector`."""

    domain: str
    selector: str
    key: Key

    @property
    def place(self) -> str:
        """Where the record lies in the DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    def field(self, own: bytes, shared: bytes, hashed: bytes, dated: datetime) -> bytes:
        """The DKIM-Signature of a message: a person's `own` fields, those that are `shared`, and its `body_hash`.

        `shared` may end with the empty line. The same message gets the same field.
        """
        fields = _fields(own)
        to_sign = _to_sign(shared, tuple(fields))
        head, relaxed = _head(self.key.algorithm, self.domain, self.selector, int(dated.timestamp()), to_sign.names)
        body = base64.b64encode(hashed)
        signature = self.key.sign(b"%bdkim-signature:%b%b; b=" % (to_sign.filled(fields), relaxed, body))
        return b"%b%b;\r\n b=%b\r\n" % (head, body, _folded(base64.b64encode(signature)))


@dataclass(frozen=True, slots=True)
class ToSign:
    """The names that are signed, and their fields in relaxed form with a `%b` for each of a person's own."""

    names: tuple[bytes, ...]
    form: bytes
    own: tuple[bytes, ...]

    def filled(self, fields: Fields) -> bytes:
        """The fields of one message."""
        return self.form % tuple([fields[name] for name in self.own])


def body_hash(body: Sequence[bytes]) -> bytes:
    """SHA-256 of a body in simple form (3.4.3): as it is, but for empty lines at its end.

    No slice is copied. The first one is what the readers of a variant share, so what it leads to is kept.
    """
    last = next((place for place in reversed(range(len(body))) if body[place].strip(b"\r\n")), -1)
    if last < 1:
        return hashlib.sha256((body[0].rstrip(b"\r\n") if last == 0 else b"") + b"\r\n").digest()
    state = _begun(body[0]).copy()
    for piece in body[1:last]:
        state.update(piece)
    state.update(body[last].rstrip(b"\r\n") + b"\r\n")
    return state.digest()


def read_key(path: Path, setting: str) -> Key:
    """The private key in a PEM file. Raises SettingsError, which says what to do."""
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise SettingsError([f"newsletter.toml: {setting}: cannot be read: {error}"]) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        made = "openssl genrsa -out dkim.pem 2048, or openssl genpkey -algorithm ed25519"
        raise SettingsError(
            [f"newsletter.toml: {setting}: {path} is no private key in PEM without a password: {made}"]
        ) from error
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return EdKey(private)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise SettingsError([f"newsletter.toml: {setting}: DKIM knows RSA and Ed25519 keys, and this is another"])
    if private.key_size < LEAST_BITS:
        raise SettingsError(
            [f"newsletter.toml: {setting}: the key has {private.key_size} bits; {LEAST_BITS} are the least"]
        )
    return RsaKey(private)


@lru_cache(maxsize=64)  # the readers of a variant share it
def _head(algorithm: bytes, domain: str, selector: str, dated: int, names: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    """A field as far as the body's hash, as it is written and in relaxed form."""
    listed = b":\r\n ".join((b":".join(names), AGAIN))
    head = b"DKIM-Signature: v=1; a=%b; c=relaxed/simple; d=%b; s=%b;\r\n t=%d; h=%b;\r\n bh=" % (
        algorithm,
        domain.encode("idna"),
        selector.encode("ascii"),
        dated,
        listed,
    )
    return head, _relaxed(head.partition(b":")[2])


@lru_cache(maxsize=64)  # they share this, too
def _to_sign(shared: bytes, own: tuple[bytes, ...]) -> ToSign:
    fields = {name: value.replace(b"%", b"%%") for name, value in _fields(shared).items()} | dict.fromkeys(own, b"%b")
    names = tuple(name for name in SIGNED if name in fields)
    form = b"".join(b"%b:%b\r\n" % (name, fields[name]) for name in names)
    return ToSign(names, form, tuple(name for name in names if name in own))


def _fields(block: bytes) -> Fields:
    """Header fields in relaxed form (RFC 6376, 3.4.2), by name in small letters."""
    return {found[1].lower(): _relaxed(found[2]) for found in _FIELD.finditer(block)}


def _relaxed(value: bytes) -> bytes:
    return _SPACE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


@lru_cache(maxsize=16)  # hashes under way; claims come in their variants' order
def _begun(data: bytes) -> hashlib._Hash:
    return hashlib.sha256(data)


def _folded(signature: bytes) -> bytes:
    return b"\r\n ".join(signature[at : at + LINE] for at in range(0, len(signature), LINE))
