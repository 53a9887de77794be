"""Tokens prove purpose and subject, and nothing else passes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.errors import SettingsError, TokenError
from newsletter.tokens import DATED, Keys, Purpose

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
KEYS = Keys((b"a" * 32, b"b" * 32))


@given(st.integers(0, 2**63 - 1), st.sampled_from(sorted(set(Purpose) - DATED)))
def test_a_token_gives_back_its_subject_and_stands_in_addresses(subject: int, purpose: Purpose) -> None:
    token = KEYS.token(purpose, subject)
    assert KEYS.subject(purpose, token, now=NOW) == subject
    assert len(token) == 40
    assert token == token.lower()
    assert token.isalnum()


def test_a_token_is_worth_nothing_for_another_purpose() -> None:
    token = KEYS.token(Purpose.CONFIRM, 7)
    with pytest.raises(TokenError):
        KEYS.subject(Purpose.UNSUBSCRIBE, token, now=NOW)


def test_every_flipped_bit_is_noticed() -> None:
    raw = bytearray(base64.b32decode(KEYS.token(Purpose.UNSUBSCRIBE, 7).upper()))
    for position in range(len(raw) * 8):
        forged = bytearray(raw)
        forged[position // 8] ^= 1 << position % 8
        with pytest.raises(TokenError):
            KEYS.subject(Purpose.UNSUBSCRIBE, base64.b32encode(forged).decode().lower(), now=NOW)


@pytest.mark.parametrize("token", ["", "a", "!" * 40, "a" * 39, "a" * 41, "ä" * 40, "a" * 48])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenError):
        KEYS.subject(Purpose.UNSUBSCRIBE, token, now=NOW)


def test_a_dated_token_ends() -> None:
    token = KEYS.token(Purpose.DATA, 7, expires=NOW + timedelta(hours=1))
    assert KEYS.subject(Purpose.DATA, token, now=NOW) == 7
    with pytest.raises(TokenError):
        KEYS.subject(Purpose.DATA, token, now=NOW + timedelta(hours=2))


def test_old_keys_still_verify_and_hashes_stay_after_rotation() -> None:
    before = Keys((b"a" * 32,))
    assert KEYS.subject(Purpose.UNSUBSCRIBE, before.token(Purpose.UNSUBSCRIBE, 7), now=NOW) == 7
    assert before.address_hash("Ada@Musterstadt.example ") == KEYS.address_hash("ada@musterstadt.example")
    assert before.message_id(1, NOW, "musterstadt.example") == KEYS.message_id(1, NOW, "musterstadt.example")


def test_a_key_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"{Keys.new_line()}\n{Keys.new_line()}\n")
    assert len(Keys.read(path).secrets) == 2


@pytest.mark.parametrize("text", ["", "nicht base64!\n", base64.b64encode(b"short").decode()])
def test_a_bad_key_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"security\.key_file"):
        Keys.read(path)


def test_a_dated_token_says_until_when_it_holds() -> None:
    until = NOW + timedelta(hours=1)
    for purpose in DATED:
        token = KEYS.token(purpose, 7, expires=until)
        assert KEYS.opened(purpose, token, now=NOW) == (7, until)
        with pytest.raises(TokenError):
            KEYS.opened(purpose, token, now=until + timedelta(seconds=1))


@given(st.integers(0, 2**63 - 1))
def test_tokens_are_what_the_standard_calls_base32(subject: int) -> None:
    token = KEYS.token(Purpose.CONFIRM, subject)
    assert base64.b32encode(base64.b32decode(token.upper())).decode() == token.upper()
    assert len(base64.b32decode(KEYS.mark(subject, NOW).upper())) == 20
