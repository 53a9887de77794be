"""A language is a folder: with its catalogues in `locales/` mails, pages and settings have it; nothing else changes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from newsletter import i18n
from newsletter.config import Site
from newsletter.edition.rules import check
from newsletter.model import Format
from newsletter.publish.content import fit
from newsletter.publish.pages import Pages
from newsletter.resources import folder
from tests.unit.edition.samples import NEWSLETTER, RELEASES, SITE, filled, variant
from tests.unit.publish.sample import BRIDGE

WORDS = {"ar": "كلمة", "fr": "mot"}
VALUES = re.compile(r"%\(\w+\)s|%%")


def said(message: str, language: str, number: int) -> str:
    """A message in a language: a word and its number in place of ours, and its values."""
    return " ".join((f"{WORDS[language]} {number}", *VALUES.findall(message)))


def add_language(locales: Path, language: str) -> None:
    """The folder of a language with a message for each of the German one's."""
    (locales / language).mkdir()
    for path in (locales / "de").glob("*.po"):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
        for number, message in enumerate(catalogue):
            if message.id:
                ids = message.id if isinstance(message.id, tuple | list) else [message.id]
                texts = [said(text, language, number) for text in ids]
                message.string = [texts[0], *[texts[-1]] * 5] if len(ids) > 1 else texts[0]
        with (locales / language / path.name).open("wb") as file:
            write_po(file, catalogue)


@pytest.fixture(params=["ar", "fr"])
def language(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    locales = tmp_path / "locales"
    shutil.copytree(folder("locales"), locales)
    add_language(locales, request.param)
    monkeypatch.setattr(i18n, "folder", lambda name: locales if name == "locales" else folder(name))
    forget()
    yield request.param
    monkeypatch.undo()
    forget()


def forget() -> None:
    i18n.languages.cache_clear()
    i18n.translations.cache_clear()


@pytest.mark.parametrize("format", list(Format))
def test_mails_are_in_it(language: str, format: Format) -> None:
    mail = variant(language=language, format=format)
    assert check(mail, RELEASES, SITE, NEWSLETTER) == ()
    assert WORDS[language] in filled(mail.text)
    if mail.html is not None:
        direction = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in filled(mail.html)
        assert f'role="article" lang="{language}" dir="{direction}"' in filled(mail.html)


def test_settings_know_it(language: str) -> None:
    assert Site.model_validate(SITE.model_dump() | {"language": language}).language == language


def test_pages_are_in_it(language: str) -> None:
    pages = Pages(Site.model_validate(SITE.model_dump() | {"language": language}))
    page = pages.render("release.html", language, release=fit(BRIDGE, language), feed=None)
    direction = ' dir="rtl"' if language == "ar" else ""
    assert f'<html lang="{language}"{direction}>' in page
    assert re.search(rf'<a class="skip" href="#main">{WORDS[language]} \d+</a>', page)
