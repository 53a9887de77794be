"""What is written while markup is walked: frames within frames, words in each, closed to plain blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary"})
HOLDS_WORDS: Final = frozenset({"h2", "h3", "h4", "dt", "caption", "figcaption", "pre"})
HOLDS_NO_WORDS: Final = frozenset({"table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl"})
_BARE: Final = "\0"  # before words that become a paragraph only beside others
_HOLDS_BOTH: Final = frozenset({"li", "td", "th", "dd"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
TAG = re.compile(r'<(?:[^>"]|"[^"]*")*>')
_EMPTY = re.compile(r"<(a|strong|b|em|i|u|s|sub|sup|code|q|cite|abbr|bdi|span)(?: [^>]*)?>(\s*)</\1>")
_BREAKS = re.compile(r"<br>(?:\s*<br>)+")


@dataclass(slots=True)
class _Frame:
    tag: str
    attributes: str = ""
    parts: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)  # inline content not yet in a block
    said: bool = False  # whether `words` hold more than opened tags


class Writer:
    """Frames that are open, the innermost last; what is outside of all of them is in the first one's parts."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.frames = [_Frame("")]
        self.inline: list[
            tuple[str, str]
        ] = []  # tags open around the words, as they are opened again in the next block

    @property
    def frame(self) -> _Frame:
        """The innermost."""
        return self.frames[-1]

    def say(self, html: str, *, counts: bool = True) -> None:
        """Put words, or tags around words, into the innermost; a block comes of them where any `counts`."""
        self.frame.words.append(html)
        self.frame.said = self.frame.said or counts

    def flush(self) -> None:
        """Make a block of the words that wait."""
        frame = self.frame
        if frame.said:
            words = "".join(frame.words) + "".join(f"</{tag}>" for tag, _ in reversed(self.inline))
            words = _without_empty(words) if "<" in words else words.strip()
            frame.parts.append(_held(words if frame.tag == "pre" else spaced(words), frame.tag))
        frame.words = [f"<{tag}{attributes}>" for tag, attributes in self.inline] if self.inline else []
        frame.said = False

    def open(self, tag: str, attributes: str) -> None:
        """Begin a frame."""
        self.flush()
        self.frames.append(_Frame(tag, attributes, words=[f"<{name}{given}>" for name, given in self.inline]))

    def close(self) -> None:
        """End the innermost; one without content is left out."""
        self.flush()
        frame = self.frames.pop()
        html = "".join(frame.parts)
        if frame.tag in HEADINGS and _only_images(html):
            html = _held(html, self.frame.tag) if "<img" in html else ""
        else:
            html = _closed(frame)
        if html:
            self.frame.parts.append(html)


def _without_empty(words: str) -> str:
    """Words without tags that nothing stands in, and with one line break where several are, none at the edges."""
    while "</" in words and (fewer := _EMPTY.sub(r"\2", words)) != words:
        words = fewer
    words = (_BREAKS.sub("<br>", words) if "<br>" in words else words).strip()
    while words != (fewer := words.removeprefix("<br>").removesuffix("<br>").strip()):
        words = fewer
    return words


def spaced(text: str) -> str:
    """Text with single spaces."""
    return text if text.isprintable() and "  " not in text else _SPACE.sub(" ", text)


def _closed(frame: _Frame) -> str:
    tag, parts = frame.tag, [part for part in frame.parts if part]
    if not parts:
        return "<td></td>" if tag in ("td", "th") else ""
    if tag in ("ul", "ol"):
        parts = [part if part.startswith("<li") else f"<li>{part}</li>" for part in parts]
    if tag in _HOLDS_BOTH:
        bare = sum(part.startswith(_BARE) for part in parts)
        parts = [
            f"<p>{part[1:]}</p>" if bare > 1 and part.startswith(_BARE) else part.removeprefix(_BARE) for part in parts
        ]
    html = "".join(parts)
    if tag == "figure" and "<img" not in html and "<table" not in html:
        return ""
    return f"<{tag}{frame.attributes}>{html}</{tag}>"


def _held(words: str, tag: str) -> str:
    """Words as they may stand in a frame: in a paragraph, an item, or bare."""
    if tag in ("ul", "ol"):
        return f"<li>{words}</li>"
    if tag == "dl":
        return f"<dd>{words}</dd>"
    if tag in _HOLDS_BOTH:
        return _BARE + words
    if tag in HOLDS_WORDS or (tag == "figure" and _only_images(words)):
        return words
    return f"<p>{words}</p>"


def _only_images(words: str) -> bool:
    return not TAG.sub("", words).strip()
