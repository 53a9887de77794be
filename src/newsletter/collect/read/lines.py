"""The lines at the edges of a text that are not of it: tools, bylines, datelines, what its system files it under."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from newsletter.collect.read.blocks import plain
from newsletter.collect.read.dates import read_date
from newsletter.collect.read.text import folded

TOOL: Final = re.compile(  # what a button or a link for the eye alone says
    r"\W*(?:hauptinhalt|inhalt|vollbild(?:modus)?|schließen|(?:bild )?(?:vergrößern|anzeigen)|versenden|teilen|merken|"
    r"(?:seite |artikel |meldung )?(?:drucken|vorlesen|anhören|teilen|versenden|empfehlen|merken)|link kopieren|"
    r"(?:zum|direkt zum|springe? zum|weiter zum) (?:haupt)?inhalt(?: springen)?|nach oben|zum seitenanfang|"
    r"zurück(?: zur übersicht)?|als pdf (?:speichern|herunterladen)|inhaltsverzeichnis|"
    r"fullscreen|close|enlarge(?: image)?|zoom|share(?: this(?: page| article| story)?)?|print(?: this page)?|listen|"
    r"skip to (?:main )?content|back(?: to top)?|copy link|save|play|pause|download|feedback|abspielen|"
    r"anzeige|werbung|advertisement|\d?\d:\d\d(?:\s?/\s?\d?\d:\d\d)?)\W*",
    re.IGNORECASE,
)
_NAME: Final = re.compile(  # labels whose values stand elsewhere, and mere marks
    r"\W*(?:(?:autor(?:in)?|author|datum|date|bildergalerie|galerie|gallery|von|by|ort|herausgeber(?:in)?|redaktion|"
    r"(?:erschienen|veröffentlicht|erstellt|published|posted)(?: am| von| on| by)?)\b\W*)*",
    re.IGNORECASE,
)
_BYLINE: Final = re.compile(
    r"(?i:von|by|text(?: und (?:fotos?|bilder?))?|autor(?:in(?:nen)?)?|authors?|redaktion|(?:ein )?artikel von|"
    r"(?:erstellt|geschrieben|verfasst) von|(?:written|posted|published) by)\b:?\s+"
    r"(?:[A-ZÄÖÜÉ][\w.’'-]*[,/]?\s*|(?:und|and|von|van|de|der|&|/)\s+){1,7}(?:[|–(-].{0,40})?",
)
_FILED: Final = re.compile(
    r"\W*(?:rubrik(?:en)?|kategorien?|schlag(?:wort|wörter|worte)|tags?|themen(?:gebiet)?|ressort|erscheinungsdatum|"
    r"ausgabejahr|datum|ort|pressemitteilung nr|veröffentlicht(?: am| in)?|erstellt(?: am)?|autor(?:in)?|stand|"
    r"letzte (?:änderung|aktualisierung)|zuletzt (?:geändert|aktualisiert)|aktualisiert(?: am)?|"
    r"categor(?:y|ies)|filed under|tagged(?: with)?|posted (?:in|on)|published(?: on| in)?|topics?|author|"
    r"last (?:updated|modified|changed)|updated(?: on)?)\b(?:\s*:.{0,100}|\s+[\w. -]{0,40}\d{4})?",
    re.IGNORECASE,
)
_PRINTED: Final = re.compile(
    r"diese[rs]? (?:artikel|seite|text|meldung)\b.{0,40}(?:ausgedruckt|gedruckt|aufgerufen)\b.*|"
    r"(?:quelle|permalink|kurzlink|url|link)\s*:\s*https?://\S+|https?://\S+",
    re.IGNORECASE,
)
_DATED: Final = re.compile(
    r"(?:(?:stand|datum|veröffentlicht|erstellt|published|posted)?\W*(?:am|on)?\W*)?"
    r"(?:[^\W\d][\w .’-]{1,30}[,.]\s*)?(?:den )?\d[\w.:,/äÄ\s|–-]{5,40}",
    re.IGNORECASE,
)
_MINUTES: Final = re.compile(r"(?:ca\. ?)?\d+ ?min(?:uten?|utes?|\.)?(?: (?:lesezeit|read|zum lesen))?", re.IGNORECASE)
_LINE: Final = 90  # characters: a line at an edge is no longer
_PARAGRAPH: Final = ("<p", "<h", "<hr")
_MOST: Final = 12


def without_edges(html: str, names: Collection[str]) -> str:
    """Plain blocks without the lines at their beginning and end that are not text, at most twelve at either.

    `names` are told elsewhere: the author, the issuer, the kicker. Tools are left out wherever they stand alone.
    """
    blocks = [block for block in html.split("\n") if not _is_tool(block)]
    told = {folded(name) for name in names if name}
    begin, end = 0, len(blocks)
    while begin < min(end - 1, _MOST) and _is_edge(blocks[begin], told):
        begin += 1
    while end - 1 > begin and len(blocks) - end < _MOST and _is_edge(blocks[end - 1], told):
        end -= 1
    return "\n".join(blocks[begin:end])


def _is_tool(block: str) -> bool:
    """Whether a paragraph or heading says nothing but what a button says."""
    return block.startswith("<p") and len(text := plain(block)) < _LINE and bool(text) and bool(TOOL.fullmatch(text))


def _is_edge(block: str, told: Collection[str]) -> bool:
    if not block.startswith(_PARAGRAPH) or "<img" in block:
        return False
    text = " ".join(plain(block).split())
    if _NAME.fullmatch(text) or folded(text) in told or _PRINTED.fullmatch(text):
        return True
    if len(text) > _LINE:
        return False
    if block.startswith("<p") and (_MINUTES.fullmatch(text) or _BYLINE.fullmatch(text) or _FILED.fullmatch(text)):
        return True
    return block.startswith("<p") and bool(_DATED.fullmatch(text)) and read_date(text) is not None
