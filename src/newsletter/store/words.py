"""The words that releases are found by, folded (no case, no accents: NFKD): both databases compare them alike.

A German compound is found by its parts: „Brücke“ finds „Radbrücke“. Full-text indexes find how words begin, so each
word is kept with all its ends (radbrucke, adbrucke … cke).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from sqlalchemy import Connection, select

from newsletter.model import OwnWords, Release
from newsletter.store.conflict import insert
from newsletter.store.editor_tables import own_words
from newsletter.store.tables import search_texts

MOST_WORDS = 8
LONGEST_WORD = 60  # characters
ENDINGS = ("ern", "en", "er", "es", "em", "e", "n", "s")  # inflections of German; the plural of English
SHORTEST_STEM = 4
SHORTEST_END = 3  # a shorter word is found where it stands alone: "EU", but not in "heute"
MOST_PARTS = 300_000  # bytes of a release: PostgreSQL takes a megabyte


def folded(text: str) -> str:
    """The text without case and accents; NUL, which PostgreSQL does not take, is a space."""
    spread = unicodedata.normalize("NFKD", text.replace("\0", " ").casefold())
    plain = "".join(character for character in spread if not unicodedata.combining(character))
    return plain.casefold()  # again: ™ is TM by now


def stems(query: str) -> list[str]:
    """What of a query is looked for: its first words, folded, without their inflection."""
    return list(dict.fromkeys(_stem(word) for word in _words(query[:1000])))[:MOST_WORDS]


def parts(text: str) -> str:
    """Every word of a text and all its ends, each once, with a space between; what is too much is left out."""
    kept, room = [], MOST_PARTS
    for part in dict.fromkeys(end for word in dict.fromkeys(_words(text)) for end in _ends(word)):
        room -= len(part.encode()) + 1
        if room < 0:
            break
        kept.append(part)
    return " ".join(kept)


def keep_words(connection: Connection, release: Release) -> None:
    """Let a release be found by the words it has now, an editor's before its source's.

    Belongs into the transaction that writes either.
    """
    said = _said(connection, release)
    headline = f"{said.kicker or ''} {said.headline}"
    found = {"headline": parts(headline), "parts": parts(f"{headline} {said.teaser or ''} {said.body_text or ''}")}
    query = insert(connection, search_texts).values(release=release.id, **found)
    connection.execute(query.on_conflict_do_update(index_elements=["release"], set_=found))


def _said(connection: Connection, release: Release) -> Release:
    row = connection.execute(select(own_words).where(own_words.c.release == release.id)).one_or_none()
    return release if row is None else OwnWords(**row._mapping).said(release)


def _words(text: str) -> Iterator[str]:
    spaced = "".join(character if character.isalnum() else " " for character in folded(text))
    for word in spaced.split():  # Japanese has no blanks
        yield from (word[start : start + LONGEST_WORD] for start in range(0, len(word), LONGEST_WORD))


def _ends(word: str) -> Iterator[str]:
    yield word
    yield from (word[start:] for start in range(1, len(word) - SHORTEST_END + 1))


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
