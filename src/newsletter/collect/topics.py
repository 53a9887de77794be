"""What a release is about: its kicker as a topic, under the slug that the settings give it or one of its own."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from newsletter.model import Topic

MAX_KICKER = 60  # characters; what is longer is a sentence, not a topic
MAX_TOPICS = 12
_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe", "ł": "l"}
_GERMAN = str.maketrans(_LETTERS)
_DATE = re.compile(r"\d{1,2}\.\s?(?:\d{1,2}\.|\w+)\s?\d{2,4}|\d{4}-\d\d-\d\d")


def slugify(text: str) -> str:
    """`text` as it stands in addresses: `Bürger & Ämter` becomes `buerger-aemter`, another script a short hash."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).casefold().translate(_GERMAN))
    slug = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")[:MAX_KICKER]
    if slug or not text.strip():
        return slug.strip("-")
    return f"t-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:10]}"


def topics_of(kicker: str | None, tags: Iterable[str], known: Mapping[str, str]) -> tuple[Topic, ...]:
    """The topic of the kicker, then those of the tags that the settings name; each once. `known`: name → slug."""
    found: dict[str, Topic] = {}
    for topic in _named(kicker, tags, {" ".join(name.casefold().split()): slug for name, slug in known.items()}):
        found.setdefault(topic.slug, topic)
    return tuple(found.values())[:MAX_TOPICS]


def _named(kicker: str | None, tags: Iterable[str], known: Mapping[str, str]) -> Iterator[Topic]:
    name = " ".join((kicker or "").split())
    if name.casefold() in known:
        yield Topic(known[name.casefold()], name)
    elif name and len(name) <= MAX_KICKER and not _DATE.search(name) and (slug := slugify(name)):
        yield Topic(slug, name)
    for tag in (" ".join(tag.split()) for tag in tags):
        if tag.casefold() in known:
            yield Topic(known[tag.casefold()], tag)
