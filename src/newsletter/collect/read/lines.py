"""The lines at the edges of a text that are not of it: tools, bylines, datelines, what its system files it under."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from newsletter.collect.read.blocks import words
from newsletter.collect.read.credits import split_credit
from newsletter.collect.read.dates import read_date
from newsletter.collect.read.text import ENDS, folded, likeness

TOOL: Final = re.compile(  # what a button or a link for the eye alone says
    r"\W*(?:hauptinhalt|inhalt|vollbild(?:modus)?|schließen|(?:bild )?(?:vergrößern|anzeigen)|versenden|teilen|merken|"
    r"(?:seite |artikel |meldung )?(?:drucken|vorlesen|anhören|teilen|versenden|empfehlen|merken)|link kopieren|"
    r"(?:zum|direkt zum|springe? zum|weiter zum) (?:haupt)?inhalt(?: springen)?|nach oben|zum seitenanfang|"
    r"zurück(?: zur übersicht)?|als pdf (?:speichern|herunterladen)|inhaltsverzeichnis|"
    r"fullscreen|close|enlarge(?: image)?|zoom|share(?: this(?: page| article| story)?)?|print(?: this page)?|listen|"
    r"skip to (?:main )?content|back(?: to top)?|copy link|save|play|pause|download|feedback|abspielen|"
    r"box (?:auf|zu)klappen(?: box zuklappen)?|anzeige|werbung|advertisement|\d?\d:\d\d(?:\s?/\s?\d?\d:\d\d)?|"
    r"(?:bild|foto|image|photo|picture) \d+ ?(?:von|of|/) ?\d+)\W*",
    re.IGNORECASE,
)
_NAME: Final = re.compile(  # labels whose values stand elsewhere, mere marks and numbers
    r"[\W\d]*(?:(?:autor(?:in)?|author(?: of the article)?|article content|(?:ein |gast)?kommentar von|datum|date|"
    r"bildergalerie|galerie|gallery|von|by|ort|herausgeber(?:in)?|redaktion|"
    r"(?:erschienen|veröffentlicht|erstellt|published|posted)(?: am| von| on| by)?)\b\W*)*",
    re.IGNORECASE,
)
_BYLINE: Final = re.compile(
    r"(?i:von|by|text(?: und (?:fotos?|bilder?))?|autor(?:in(?:nen)?)?|authors?|redaktion|(?:ein )?artikel von|"
    r"(?:erstellt|geschrieben|verfasst) von|(?:written|posted|published) by)\b:?\s+"
    r"(?:(?:[A-ZÄÖÜÉ][\w.’'-]*|und|and|von|van|de|der|&|/)(?:[,/]?\s+|,?$)){1,7}(?:[|–(-].{0,40})?",
)
_FILED: Final = re.compile(
    r"\W*(?:ort [\w.-]+$|rubrik(?:en)?|kategorien?|schlag(?:wort|wörter|worte)|tags?|themen(?:gebiet)?|ressort|"
    r"erscheinungsdatum|ausgabejahr|datum|pressemitteilung nr|veröffentlicht(?: am| in)?|erstellt(?: am)?|"
    r"autor(?:in)?|stand|letzte (?:änderung|aktualisierung)|zuletzt (?:geändert|aktualisiert)|aktualisiert(?: am)?|"
    r"categor(?:y|ies)|filed under|tagged(?: with)?|posted (?:in|on)|published(?: on| in)?|topics?|author|"
    r"last (?:updated|modified|changed)|updated(?: on)?)\b(?:\s*:.{0,100}|\s+[\w.,:|•· -]{0,40}\d{2,4}(?:\W.{0,30})?)?",
    re.IGNORECASE,
)
_PRINTED: Final = re.compile(
    r"diese[rs]? (?:artikel|seite|text|meldung)\b.{0,40}(?:ausgedruckt|gedruckt|aufgerufen)\b.*|"
    r"(?:quelle|permalink|kurzlink|url|link)\s*:\s*https?://\S+|"
    r"[←→«»‹›]\s*\S.{0,80}",
    re.IGNORECASE,
)
_DATED: Final = re.compile(
    r"(?:(?:stand|datum|veröffentlicht|erstellt|published|posted)?\W*(?:am|on)?\W*)?"
    r"(?:[^\W\d][\w .’-]{1,30}[,.]\s*)?(?:den )?\d[\w.:,/äÄ\s|–-]{5,40}",
    re.IGNORECASE,
)
_MINUTES: Final = re.compile(r"(?:ca\. ?)?\d+ ?min(?:uten?|utes?|\.)?(?: (?:lesezeit|read|zum lesen))?", re.IGNORECASE)
_HEADED: Final = re.compile(
    r"\W*(?:merkmale dieser \w+|schlag(?:wörter|worte)|keywords?|tags?|themen|kategorien|categories)\s*:.{0,300}",
    re.IGNORECASE | re.DOTALL,
)
_BYLINED: Final = re.compile(r"(?:von|by|par|por|text|autor(?:in)?|redaktion|article by)\b:? ", re.IGNORECASE)
_SIGNED: Final = re.compile(r"\(?[a-zA-ZäöüÄÖÜ]{1,4}(?:[/,] ?[a-zA-ZäöüÄÖÜ]{1,4}){0,2}\)?")
_LINKED: Final = re.compile(r"<p>(?:<\w+>)*<a [^>]*>[^<]*</a>(?:</\w+>)*</p>")
_LINE: Final = 90  # characters: a line at an edge is no longer
_MARKUP: Final = 600  # characters, with tags
_NAMES: Final = 5  # words: a link of so few at the beginning leads to an author or a section
_EDGE: Final = 6  # blocks
_FEW: Final = 0.1  # of a text
_LEAD: Final = (40, 700)  # characters
_LEAD_BLOCKS: Final = 3


def without_edges(html: str, names: Collection[str]) -> tuple[str, str | None]:
    """Plain blocks without the lines near their beginning and end that are not text, and what the first of them
    sets apart from the text: its lead.

    `names` are told elsewhere: the author, the kicker, the topics. Tools are left out wherever they stand alone.
    """
    blocks = [block for block in html.split("\n") if not _is_tool(block)]
    told, last = {folded(name) for name in names if name}, len(blocks)
    gone = {
        place
        for place, block in enumerate(blocks)
        if (place < _EDGE or place >= last - _EDGE)
        and (
            _is_furniture(block, told) or (place < _EDGE and _is_link(block)) or (place == last - 1 and _is_end(block))
        )
    }
    kept = [block for place, block in enumerate(blocks) if place not in gone]
    first = min(gone, default=0)
    lead = _lead(blocks[:first]) if len(kept) > first + 1 else None
    return "\n".join(kept or blocks), lead


def without_lead(html: str, lead: str) -> str:
    """Plain blocks without those at their beginning that are the lead."""
    blocks = html.split("\n")
    while len(blocks) > 1 and folded(words(blocks[0])) in folded(lead):
        del blocks[0]
    return "\n".join(blocks)


def without_repeated(html: str, teaser: str) -> tuple[str, str]:
    """Plain blocks without the first paragraph, where that is the teaser but for a few letters, and its words."""
    first, _, rest = html.partition("\n")
    said = " ".join(words(first).split())
    one, two = folded(said), folded(teaser)
    alike = abs(len(one) - len(two)) <= _FEW * len(two) and likeness(said, teaser) >= 1 - _FEW
    return (rest, said) if rest and first.startswith("<p") and alike else (html, teaser)


def _lead(blocks: Sequence[str]) -> str | None:
    """What a few paragraphs before the first line that is no text say, if that is as long as leads are."""
    text = " ".join(" ".join(words(block).split()) for block in blocks)
    held = 0 < len(blocks) <= _LEAD_BLOCKS and all(block.startswith("<p>") and "<img" not in block for block in blocks)
    return text if held and _LEAD[0] <= len(text) <= _LEAD[1] and text[-1] in ENDS else None


def _is_tool(block: str) -> bool:
    """Whether a paragraph or heading says nothing but what a button says."""
    if len(block) > _MARKUP or not block.startswith("<p"):
        return False
    text = words(block)
    return 0 < len(text) < _LINE and TOOL.fullmatch(text) is not None


def _is_furniture(block: str, told: Collection[str]) -> bool:
    """Whether each line of a block is a tool, a byline, a date, a credit or what it is filed under."""
    if not block.startswith(("<p", "<h", "<ul")) or "<img" in block:
        return False
    if _HEADED.fullmatch(words(block)):
        return True
    lines = words(block).split("\n\n")
    return len(lines) <= _EDGE and all(_is_line(line, block.startswith("<h"), told) for line in lines)


def _is_line(text: str, heads: bool, told: Collection[str]) -> bool:
    if _NAME.fullmatch(text) or TOOL.fullmatch(text) or _PRINTED.fullmatch(text):
        return True
    if heads or len(text) > _LINE:
        return False
    if folded(text) in told or _MINUTES.fullmatch(text) or _BYLINE.fullmatch(text) or _FILED.fullmatch(text):
        return True
    if (_DATED.fullmatch(text) or _BYLINED.match(text)) and text[-1] not in "!?" and read_date(text) is not None:
        return True
    return split_credit(text)[0] is None


def _is_link(block: str) -> bool:
    return bool(_LINKED.fullmatch(block)) and len(words(block).split()) <= _NAMES


def _is_end(block: str) -> bool:
    """Whether the last paragraph is a sign-off, or announces what is not there."""
    text = words(block) if block.startswith("<p") and "<img" not in block else ""
    return bool(text) and len(text) < _LINE and (text.endswith(":") or bool(_SIGNED.fullmatch(text)))
