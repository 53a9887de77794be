"""The words that releases are found by, folded (no case, no accents: NFKD): both databases compare them alike."""

from __future__ import annotations

import unicodedata

from sqlalchemy import Connection

from newsletter.model import Release
from newsletter.store.conflict import insert
from newsletter.store.tables import search_texts

MOST_WORDS = 8
LONGEST_WORD = 60  # characters
ENDINGS = ("ern", "en", "er", "es", "em", "e", "n", "s")  # inflections of German; the plural of English
SHORTEST_STEM = 4


def folded(text: str) -> str:
    """The text without case and accents; NUL, which PostgreSQL does not take, is a space."""
    spread = unicodedata.normalize("NFKD", text.replace("\0", " ").casefold())
    return "".join(character for character in spread if not unicodedata.combining(character))


def stems(query: str) -> list[str]:
    """What of a query is looked for: its first words, folded, without their inflection."""
    spaced = "".join(character if character.isalnum() else " " for character in folded(query[:1000]))
    return list(dict.fromkeys(_stem(word[:LONGEST_WORD]) for word in spaced.split()))[:MOST_WORDS]


def keep_words(connection: Connection, release: Release) -> None:
    """Let a release be found by the words it has now: for the transaction that writes it."""
    headline = f"{release.kicker or ''} {release.headline}"
    whole = f"{headline} {release.teaser or ''} {release.body_text or ''}"
    words = {
        "headline": folded(headline),
        "words": folded(whole),
    }
    query = insert(connection, search_texts).values(release=release.id, **words)
    connection.execute(query.on_conflict_do_update(index_elements=["release"], set_=words))


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
