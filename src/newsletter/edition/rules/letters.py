"""Letters that were read in a wrong encoding or escaped twice, and text that runs in a direction nobody gave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from newsletter.edition.rules.mail import Mail
from newsletter.edition.words import direction, is_tag, primary
from newsletter.rules.markup import Element, language
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

_BROKEN = re.compile("\ufffd|Ã[\x80-\xbf¤¶¼Ÿ„–œ©¨ª«]|â€[\x9c\x9d\x93\x94œ“”™žš¦¢\x99\x9a\x9e]|Â[\xa0»«°©®§]|ï»¿|ï¿½")
_ESCAPED = re.compile(r"&(?:[a-z]{2,8}|#\d{2,5}|#x[0-9a-f]{2,5});", re.IGNORECASE)
_TAGS = re.compile(r"</?(?:p|br|b|i|strong|em|div|span|a|ul|li|h[1-6]|table|td)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_OPENING, _CLOSING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068", "\u202c\u2069"
FEW, MOSTLY = 8, 0.6  # letters; share of them


@rule("CHAR-1", WARN, "WCAG 3.1.5")
def letters_are_right(mail: Mail) -> Iterator[Defect]:
    """No letter was read in a wrong encoding, and nothing was escaped twice: a screen reader spells it out."""
    for place, text in (*mail.texts, ("text/plain", mail.text or "")):
        if found := _broken(text):
            yield Defect(
                place,
                _("“%(text)s” is no text: it was read in a wrong encoding, or escaped twice."),
                _("Correct it at its source."),
                {"text": text[max(0, found.start() - 20) : found.end() + 20]},
            )


@rule("TEXT-3", WARN, "RFC 2046 5.1.4")
def text_is_plain(mail: Mail) -> Iterator[Defect]:
    """The text part holds no HTML."""
    own = [release.headline + (release.teaser or "") + release.body_text for release in mail.releases]
    for line in (mail.text or "").splitlines():
        if (found := _TAGS.search(line)) and not any(found[0] in one for one in own):
            yield Defect(
                "text/plain",
                _("The text part holds HTML: “%(tag)s”."),
                _("Write it as plain text."),
                {"tag": found[0][:60]},
            )
            return


@rule("TEXT-4", WARN, "Vienna 2.1")
def no_drawings(mail: Mail) -> Iterator[Defect]:
    """The text part draws nothing with signs: a screen reader says each of them."""
    for line in (mail.text or "").splitlines():
        if _is_drawn(line):
            yield Defect(
                "text/plain",
                _("The text part draws a line of signs: “%(line)s”."),
                _("Leave an empty line instead."),
                {"line": line.strip()[:20]},
            )
            return


@rule("LANG-6", BLOCK, "WCAG 3.1.1")
def languages_are_languages(mail: Mail) -> Iterator[Defect]:
    """Every language is named as BCP 47 says, so that screen readers find its voice; every direction is one."""
    for element in mail.page.having("lang", "dir") if mail.page else ():
        if (tag := element.get("lang")) is not None and element.tag != "html" and not is_tag(tag):
            yield Defect(element, _("“%(tag)s” is no language."), _("Write de, en or fr."), {"tag": tag[:40]})
        if (to := element.get("dir")) is not None and to.strip().lower() not in ("ltr", "rtl", "auto"):
            yield Defect(element, _("“%(tag)s” is no direction."), _("Write ltr or rtl."), {"tag": to[:40]})


@rule("LANG-7", BLOCK, "WCAG 1.3.2")
def right_to_left(mail: Mail) -> Iterator[Defect]:
    """Text that is written from right to left says so, else its punctuation and numbers stand in wrong places."""
    if mail.page is None:
        return
    somewhere = any((one.get("dir") or "").lower() == "rtl" for one in mail.page.having("dir"))
    for element, text in mail.page.own_texts:
        right = _share_from_right(text)
        if right is None or (right == 0 and not somewhere):
            continue
        to = _direction(element)
        turned = not right and to == "rtl" and direction(primary(language(element))) == "ltr"
        if turned or (right > MOSTLY and to == "ltr"):
            yield Defect(
                element,
                _("A text is told to run in the other direction: “%(text)s”."),
                _("Put dir on the element that is in another script."),
                {"text": text[:60]},
            )


@rule("BIDI-1", WARN, "WCAG 1.3.2")
def directions_end(mail: Mail) -> Iterator[Defect]:
    """A sign that turns the direction of a text is taken back within it."""
    for place, text in (*mail.texts, ("text/plain", mail.text or "")):
        if _stays_turned(text):
            yield Defect(
                place,
                _("A text turns its direction and does not turn it back."),
                _("Take the invisible signs out (U+202A to U+202E, U+2066 to U+2069)."),
            )


@lru_cache(maxsize=8192)  # the variants of an edition say the same
def _is_drawn(line: str) -> bool:
    bare = re.sub(r"[\s|+]", "", line)
    return len(bare) >= 5 and len(set(bare)) <= 2 and not any(char.isalnum() for char in bare)


@lru_cache(maxsize=8192)
def _stays_turned(text: str) -> bool:
    opened = 0 if text.isascii() else sum(char in _OPENING for char in text)
    return bool(opened) and opened != sum(char in _CLOSING for char in text)


@lru_cache(maxsize=8192)
def _share_from_right(text: str) -> float | None:
    """How much of a text's letters is written from right to left; None where there are too few to tell."""
    letters = [char for char in text if char.isalpha()]
    if len(letters) < FEW:
        return None
    return sum(unicodedata.bidirectional(char) in ("R", "AL") for char in letters) / len(letters)


@lru_cache(maxsize=8192)
def _broken(text: str) -> re.Match[str] | None:
    return _BROKEN.search(text) or _ESCAPED.search(text)


def _direction(element: Element) -> str:
    while element is not None:
        if (to := (element.get("dir") or "").strip().lower()) in ("ltr", "rtl", "auto"):
            return to
        element = element.getparent()
    return "ltr"
