"""Which alt text a picture has, if any; nothing is ever invented."""

from __future__ import annotations

import re

from newsletter.model.release import AltFrom, Image

_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)", re.IGNORECASE)
_CAMERA = re.compile(r"(?:img|dsc[fn]?|pict?|dji|pxl|screenshot|bildschirmfoto)[-_ ]?\d[\w-]*", re.IGNORECASE)
_GENERIC = re.compile(
    r"(?:bild(?:er|datei)?|foto|fotografie|grafik|abbildung|illustration|symbolbild|platzhalter|logo|header|banner|spacer|icon|"
    r"image|picture|photo|photograph|graphic|figure|placeholder|alt(?:[- ]?text)?|untitled|alternativ(?:er )?text|"
    r"bildbeschreibung|description|undefined|none|nan|ohne titel|null|test)"
    r"[\s_.:#-]*\d*",
    re.IGNORECASE,
)


_BREAKS = re.compile("[\xad\u200b-\u200f\u2060]")


def says_nothing(alt: str) -> bool:
    """Whether an alt text is a file name, a camera's number or a bare "Bild 3": it names the file."""
    text = _BREAKS.sub("", alt).strip(" \t\r\n\xa0.…\"'„“”()[]")
    if alt.strip() and len(text) < 2:
        return True
    return any(pattern.fullmatch(text) for pattern in (_FILE_NAME, _CAMERA, _GENERIC))


def alt_text(image: Image) -> str | None:
    """The alt text that readers get: "" where an editor decided that the picture is decorative, None where missing.

    An empty alt in the portal's page is nobody's decision (many systems write it by default), so it counts as missing,
    as does one that says nothing of the picture (WCAG 1.1.1, failures F30 and F39).
    """
    if image.alt_from is AltFrom.DECORATIVE:
        return ""
    alt = " ".join("".join(char for char in image.alt or "" if char.isprintable() or char.isspace()).split())
    return None if not alt or says_nothing(alt) else alt
