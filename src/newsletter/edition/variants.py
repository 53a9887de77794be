"""A Sheet becomes Variants: one for each selection of releases, its blanks filled but those of a person."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from newsletter.edition.plain import plain, shorten
from newsletter.edition.room import Placed, placed
from newsletter.i18n import Words
from newsletter.model import PERSON_BLANKS, Cadence, Format, Part, Pieces, Release, Sheet, Variant

PREHEADER = 140  # characters that inboxes show beside a subject
SUBJECT_HEADLINE = 90
LONGEST_READ = 120  # minutes: a sum of more helps nobody to decide


def selection(releases: Iterable[Release], topics: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of the releases that concern somebody who chose `topics` (slugs); all of them when none were chosen."""
    wanted = frozenset(topics)
    return tuple(
        release.id for release in releases if not wanted or any(topic.slug in wanted for topic in release.topics)
    )


def variant_key(language: str, format: Format, selection: Sequence[str]) -> str:
    """A short name for a variant, the same for the same choice: `de-standard-3f9a…`; unique within an edition."""
    digest = hashlib.sha256("\n".join(selection).encode()).hexdigest()[:16]
    return f"{language}-{format}-{digest}"


def fill(sheet: Sheet, selection: Sequence[str]) -> Variant:
    """The variant of a sheet for these releases (ids, in the sheet's order whatever order they are given in).

    Its HTML and text stay cut where the sheet is, so that a card's bytes need be encoded only once.
    """
    wanted = frozenset(selection)
    where = placed(sheet, [part.release for part in sheet.parts if part.kind == "card" and part.release in wanted])
    blanks = _blanks(sheet, where)
    parts = tuple(_chosen(sheet.parts, where))
    escaped = {name: escape(text) for name, text in blanks.items()}
    return Variant(
        key=variant_key(sheet.language, sheet.format, (*where.told, *where.linked, *where.beyond)),
        edition=sheet.edition,
        language=sheet.language,
        format=sheet.format,
        selection=(*where.told, *where.linked, *where.beyond),
        subject=header_safe(blanks["subject"]),
        html=_filled((part.html for part in parts), escaped) if sheet.has_html else None,
        text=_filled((part.text for part in parts), blanks),
        linked=where.linked,
        beyond=where.beyond,
    )


def header_safe(text: str) -> str:
    """A text that may be a header: one line without control characters, and nothing that decodes to something else.

    A headline that holds an encoded-word (RFC 2047) is a text about one; apart, `=?` is only text to every reader.
    """
    return plain(text, 250).replace("=?", "= ?")


def _chosen(parts: Sequence[Part], where: Placed) -> Iterator[Part]:
    """The shell, the chosen cards and lines, the topics that have a card, and a rule wherever two of a topic meet."""
    wanted, linked = frozenset(where.told), frozenset(where.linked)
    topics = {part.topic for part in parts if part.kind == "card" and part.release in wanted}
    also = {"shell": True, "rest": bool(linked), "beyond": bool(where.beyond)}
    rule: Part | None = None
    follows = False
    for part in parts:
        if also.get(part.kind) or (part.kind == "line" and part.release in linked):
            yield part
        elif part.kind == "topic" and part.topic in topics:
            follows = False
            yield part
        elif part.kind == "rule":
            rule = part
        elif part.kind == "card" and part.release in wanted:
            if follows and rule:
                yield rule
            follows = True
            yield part


def _filled(parts: Iterable[Pieces], blanks: Mapping[str, str]) -> Pieces:
    return tuple(piece for pieces in parts for piece in _fill_part(pieces, blanks))


def _fill_part(pieces: Pieces, blanks: Mapping[str, str]) -> Pieces:
    """The pieces of a part with the variant's blanks filled; a person's stay, the texts between them become one."""
    if len(pieces) == 1:
        return pieces
    found: list[str] = [""]
    left: list[Pieces] = []
    for piece in pieces:
        if isinstance(piece, str):
            found.append(piece)
        elif piece.name in PERSON_BLANKS:
            left.append(("".join(found), piece))
            found.clear()
        else:
            found.append(blanks[piece.name])
    return (*(piece for pair in left for piece in pair), "".join(found))


def _blanks(sheet: Sheet, where: Placed) -> dict[str, str]:
    words, texts = Words(sheet.language), sheet.texts
    cards = (*where.told, *where.linked, *where.beyond)
    headlines = [texts[f"headline:{id}"] for id in cards]
    minutes = sum(int(texts[f"minutes:{id}"]) for id in cards)
    releases = words.count("%(n)s release", "%(n)s releases", len(cards))
    reading = words.count("%(n)s minute to read", "%(n)s minutes to read", minutes)
    return {
        "subject": _subject(sheet, cards, words),
        "title": _title(sheet, cards, releases),
        "preheader": _preheader(headlines, texts[f"teaser:{cards[0]}"] if cards else ""),
        "counts": f"{releases}, {reading}" if minutes <= LONGEST_READ else releases,
        "contents": "".join(f"\n- {headline}" for headline in headlines[: len(where.told)]),
        "linked": words.count("%(n)s more release", "%(n)s more releases", len(where.linked)),
        "beyond": words.count(
            "%(n)s more release on the page of this edition",
            "%(n)s more releases on the page of this edition",
            len(where.beyond),
        ),
    }


def _title(sheet: Sheet, cards: Sequence[str], releases: str) -> str:
    """The document's title: the edition's name, date and count; of one sent at once its headline for the count."""
    title, day = sheet.texts["title"], sheet.texts["date"]
    if sheet.texts["cadence"] == Cadence.IMMEDIATE and len(cards) == 1:
        return f"{sheet.texts[f'headline:{cards[0]}']} – {title}, {day}"
    return f"{title}, {day}: {releases}"


def _subject(sheet: Sheet, cards: Sequence[str], words: Words) -> str:
    texts = sheet.texts
    if "subject" in texts or not cards:
        return texts.get("subject", texts["title"])
    headline = shorten(texts[f"headline:{cards[0]}"], SUBJECT_HEADLINE)
    if texts["cadence"] == Cadence.IMMEDIATE and len(cards) == 1:
        updated = f"updated:{cards[0]}" in texts
        return words.say("Updated: %(headline)s", headline=headline) if updated else headline
    issue = words.say("%(title)s, %(day)s", title=texts["title"], day=texts["day"])
    if len(cards) == 1:
        return f"{issue}: {headline}"
    more = words.count("and %(n)s more", "and %(n)s more", len(cards) - 1)
    return f"{issue}: {headline} ({more})"


def _preheader(headlines: Sequence[str], teaser: str) -> str:
    """What an inbox shows after the subject: the headlines the subject leaves out, or the only one's teaser."""
    if len(headlines) < 2:
        return teaser
    shown = shorten(headlines[1], PREHEADER)
    for headline in headlines[2:]:
        if len(shown) + len(headline) + 3 > PREHEADER:
            break
        shown += f" · {headline}"
    return shown
