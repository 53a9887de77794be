"""Every word that a mail or a finding says is there in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import newsletter.edition
from newsletter.resources import folder

KEYWORDS: dict[str, Any] = {"_": None, "say": None, "count": (1, 2)}


def used() -> set[str | tuple[str, ...]]:
    """The messages of the edition room and of its templates."""
    room = Path(newsletter.edition.__path__[0])
    templates = [path for name in ("email", "text") for path in (folder("templates") / name).iterdir()]
    return {*_messages("python", room.rglob("*.py")), *_messages("jinja2", templates)}


def _messages(method: str, paths: Any) -> Iterator[str | tuple[str, ...]]:
    for path in paths:
        with path.open("rb") as file:
            for _, message, _, _ in extract(method, file, KEYWORDS):
                yield message if isinstance(message, str) else tuple(message[:2])


def catalogue(language: str) -> dict[str | tuple[str, ...], Any]:
    with (folder("locales") / language / "mail.po").open("rb") as file:
        return {
            tuple(entry.id) if isinstance(entry.id, list | tuple) else entry.id: entry.string
            for entry in read_po(file, locale=language)
            if entry.id
        }


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_message_is_there_and_no_other(language: str) -> None:
    assert catalogue(language).keys() == used()


@pytest.mark.parametrize("language", ["de", "en"])
def test_translations_are_not_empty_and_keep_their_values(language: str) -> None:
    for message, text in catalogue(language).items():
        pairs = zip(message, text, strict=True) if isinstance(message, tuple) else [(message, text)]
        for one, other in pairs:
            assert other.strip()
            assert sorted(re.findall(r"%\(\w+\)s", one)) == sorted(re.findall(r"%\(\w+\)s", other))


def test_english_says_what_the_messages_say() -> None:
    assert all(text == message for message, text in catalogue("en").items())
