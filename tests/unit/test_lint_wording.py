"""Every word of the rules that mails and feeds share, of those of feeds, and of `lint` is there in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import newsletter
from newsletter.resources import folder

KEYWORDS: dict[str, Any] = {"_": None, "say": None, "count": (1, 2)}
CODE = Path(newsletter.__path__[0])
FILES = [*(CODE / "rules").rglob("*.py"), *(CODE / "publish/rules").rglob("*.py"), CODE / "cli/lint.py"]


def used() -> Iterator[str | tuple[str, ...]]:
    for path in FILES:
        with path.open("rb") as file:
            for _, message, _, _ in extract("python", file, KEYWORDS):
                yield message if isinstance(message, str) else tuple(message[:2])


def catalogue(language: str) -> dict[str | tuple[str, ...], Any]:
    with (folder("locales") / language / "lint.po").open("rb") as file:
        return {
            tuple(entry.id) if isinstance(entry.id, list | tuple) else entry.id: entry.string
            for entry in read_po(file, locale=language)
            if entry.id
        }


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_message_is_there_and_no_other(language: str) -> None:
    assert catalogue(language).keys() == set(used())


@pytest.mark.parametrize("language", ["de", "en"])
def test_translations_keep_their_values(language: str) -> None:
    for message, text in catalogue(language).items():
        for one, other in zip(message, text, strict=True) if isinstance(message, tuple) else [(message, text)]:
            assert other.strip()
            assert sorted(re.findall(r"%\(\w+\)s|%%", one)) == sorted(re.findall(r"%\(\w+\)s|%%", other))


def test_english_says_what_the_messages_say() -> None:
    assert all(text == message for message, text in catalogue("en").items())
