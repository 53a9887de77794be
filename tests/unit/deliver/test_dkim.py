"""Signatures that dkimpy verifies: with RSA and Ed25519, over every shape of message, and broken by any change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.deliver.dkim import ONCE, Signer, body_hash, read_key
from newsletter.deliver.message import Envelope, compile_variant
from newsletter.deliver.writer import Writer
from newsletter.errors import SettingsError
from newsletter.model import Claim, Variant
from newsletter.tokens import Keys
from tests.unit.deliver.test_message import DATED, ENVELOPE, NAUGHTY, variant

DOMAIN = "musterstadt.example"
KEYS = Keys((b"k" * 32,))
CLAIM = Claim(7, 1, "presse-daily", None, "de-standard-1", 3, 5, "leser@stadt.example", DATED, 0, DATED)


def pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none)


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> list[Signer]:
    folder = tmp_path_factory.mktemp("keys")
    (folder / "rsa.pem").write_bytes(pem(rsa.generate_private_key(65537, 2048)))
    (folder / "ed.pem").write_bytes(pem(ed25519.Ed25519PrivateKey.generate()))
    return [
        Signer(DOMAIN, "n1", read_key(folder / "rsa.pem", "mail.dkim.key_file")),
        Signer(DOMAIN, "e1", read_key(folder / "ed.pem", "mail.dkim.second.key_file")),
    ]


def dns(signers: list[Signer]) -> Callable[..., bytes | None]:
    records = {f"{one.place}.".encode(): one.key.record().encode() for one in signers}
    return lambda name, timeout=5: records.get(name)


def written(signers: list[Signer], made: Variant, envelope: Envelope = ENVELOPE) -> bytes:
    writer = Writer(KEYS, "https://news.musterstadt.example", None, signers)
    return b"".join(writer.write(CLAIM, compile_variant(made, envelope)).data)


def verified(message: bytes, signers: list[Signer]) -> list[bool]:
    """What dkimpy says of each signature."""

    def verifies(place: int) -> bool:
        try:
            return bool(dkim.DKIM(message).verify(idx=place, dnsfunc=dns(signers)))
        except dkim.ValidationError:  # so it tells a body that was changed
            return False

    return list(map(verifies, range(len(signers))))


@pytest.mark.parametrize(
    "made",
    [
        variant(),
        variant(html=None),
        variant(text="Ende mit leeren Zeilen\n\n\n"),
        variant(subject="100 % mehr: %b, %s und %%"),
        variant(subject="Ä" * 200, text="..\n.\nDot\n" + "Wort " * 500),
        replace(variant(html=None), text=("Ohne Lücken.\n\n\n",)),
    ],
)
def test_each_signature_is_right(made: Variant, signers: list[Signer]) -> None:
    assert verified(written(signers, made), signers) == [True, True]


def test_a_notice_is_signed_too(signers: list[Signer]) -> None:
    notice = replace(variant(html=None), text=("Bitte bestätigen.\n",))
    message = written(signers, notice, replace(ENVELOPE, list_id=None))
    assert b"auto-submitted" in message.partition(b"bh=")[0]
    assert verified(message, signers) == [True, True]


def test_the_fields_to_unsubscribe_are_signed_and_those_that_mislead_once_more(signers: list[Signer]) -> None:
    head = written(signers, variant(), replace(ENVELOPE, reply_to=None)).partition(b"bh=")[0].replace(b"\r\n ", b"")
    listed = head.partition(b"h=")[2].partition(b";")[0].split(b":")
    assert {b"list-unsubscribe", b"list-unsubscribe-post", b"list-id"} <= set(listed)
    names = (b"from", b"subject", b"to", b"list-unsubscribe", b"reply-to", b"cc", b"list-id")
    assert [listed.count(name) for name in names] == [2, 2, 2, 2, 1, 1, 1]


@pytest.mark.parametrize("name", sorted(ONCE))
@pytest.mark.parametrize("leavable", [True, False])
@pytest.mark.parametrize("at_the_end", [True, False])
def test_no_field_can_be_added(name: bytes, leavable: bool, at_the_end: bool, signers: list[Signer]) -> None:
    """Neither to those that are there nor where there is none: no Reply-To, no address to unsubscribe."""
    envelope = replace(ENVELOPE, reply_to=None) if leavable else Envelope(ENVELOPE.sender)
    head, _, body = written(signers, variant(), envelope).partition(b"\r\n\r\n")
    added = name.title() + b": <https://evil.example/>"
    fields = [head, added] if at_the_end else [added, head]
    assert verified(b"\r\n".join([*fields, b"", body]), signers) == [False, False]


@pytest.mark.parametrize("body", [[b"a\r\n", b"\r\n", b"\r\n"], [b"a\r\n"], [b"a", b"\r\n\r\n"], [b"", b"a\r\n\r\n"]])
def test_empty_lines_at_the_end_are_no_part_of_it(body: list[bytes]) -> None:
    assert body_hash(body) == hashlib.sha256(b"a\r\n").digest()


@pytest.mark.parametrize("body", [[], [b""], [b"\r\n", b"\r\n"]])
def test_an_empty_body_is_one_line_end(body: list[bytes]) -> None:
    assert body_hash(body) == hashlib.sha256(b"\r\n").digest()


@given(st.lists(st.sampled_from([b"", b"\r\n", b"Wort\r\n", b"=C3=A4", b" \r\n"]), max_size=12))
def test_however_it_is_cut_the_hash_is_that_of_the_whole(body: list[bytes]) -> None:
    assert body_hash(body) == hashlib.sha256(b"".join(body).rstrip(b"\r\n") + b"\r\n").digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: Neues", b"Subject: Altes"),
        (b"From: ", b"From: x@evil.example\r\nFrom: "),
        (b"MIME-Version", b"Subject: Noch einer\r\nMIME-Version"),
        (b"/unsubscribe/", b"/unsubscribed/"),
        (b"Gr=C3=BC=C3=9Fe", b"Grusse"),
        (b"--\r\n", b"--\r\nmore\r\n"),
    ],
)
def test_any_change_breaks_it(old: bytes, new: bytes, signers: list[Signer]) -> None:
    message = written(signers, variant())
    assert old in message
    assert verified(message.replace(old, new, 1), signers) == [False, False]


def test_the_same_message_is_signed_the_same(signers: list[Signer]) -> None:
    assert written(signers, variant()) == written(signers, variant())
    assert f"t={int(DATED.timestamp())}".encode() in written(signers, variant())


@settings(max_examples=40, deadline=timedelta(seconds=5))
@given(subject=NAUGHTY, text=NAUGHTY)
def test_whatever_stands_in_it(subject: str, text: str, signers: list[Signer]) -> None:
    message = written(signers, variant(subject=subject, text=text + "\n"))
    assert verified(message, signers) == [True, True]
    assert max(map(len, message.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no key", "is no private key in PEM"),
        (pem(rsa.generate_private_key(65537, 1024)), "has 1024 bits; 2048 are the least"),  # noqa: S505
        (pem(ec.generate_private_key(ec.SECP256R1())), "RSA and Ed25519"),
    ],
)
def test_a_key_that_will_not_do_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(SettingsError, match=said):
        read_key(tmp_path / "key.pem", "mail.dkim.key_file")


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"mail\.dkim\.key_file: cannot be read"):
        read_key(tmp_path / "none.pem", "mail.dkim.key_file")
