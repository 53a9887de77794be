"""The file of a feed: what it is called, and what stands in it."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from newsletter.collect.scout.choice import Choice
from newsletter.collect.scout.way import Way
from newsletter.collect.topics import slugify

MOST_TOPICS = 12
_SECOND_LEVEL = frozenset({"ac", "co", "com", "gob", "gouv", "gov", "gv", "net", "or", "org"})
_COLUMN = 44  # where comments begin
_KINDS = {
    "html": "a list of links to release pages",
    "feed": "RSS, Atom or JSON Feed",
    "sitemap": "the addresses that the site lists for search engines",
}


def slug_of(way: Way) -> str:
    """A slug for a way: the name in its host, as `musterstadt` of www.musterstadt.de."""
    labels = (urlsplit(way.url).hostname or "").removeprefix("www.").split(".")
    names = labels[:-1] if len(labels) > 1 and not labels[-1].isdigit() else labels
    if len(names) > 1 and names[-1] in _SECOND_LEVEL:
        names = names[:-1]
    return slugify("-".join(names))


def longer_slug(way: Way) -> str:
    """A slug that tells a way from others of its host: the last name in its path behind the host's."""
    names = [name for name in urlsplit(way.url).path.split("/") if name]
    last = re.sub(r"\.\w{2,5}$", "", names[-1]) if names else way.kind
    return slugify(f"{slug_of(way)}-{last}")


def write_profile(choice: Choice, slug: str) -> str:
    """The text of `feeds/<slug>.toml`: what is needed, with what else may be said as comments."""
    way = choice.way
    lines = [
        f"# {_line(choice.reason[:1].upper() + choice.reason[1:])}.",
        f"# `newsletter feeds check {slug}` shows what would be collected, field by field, storing nothing.",
        "",
        f"title = {_text(way.title or slug)}",
        _commented(f"kind = {_text(way.kind)}", _KINDS[way.kind]),
        f"url = {_text(way.url)}",
        _commented(
            f"{'' if way.language else '# '}language = {_text(way.language or 'de')}",
            "where a page does not say its own",
        ),
        "",
        _commented('# every = "15m"', "how often it is looked at"),
        _commented('# first_collect = "archive"', 'what stands there already is not mailed; "send": it is'),
        _commented('# max_age = "7d"', 'older at first sight: archive only; "" for none'),
        *_topics(way),
        *_item(way),
        *_others(choice),
    ]
    return "\n".join(lines) + "\n"


def _topics(way: Way) -> list[str]:
    kickers = dict.fromkeys(c.kicker for c in way.candidates if c.kicker and len(c.kicker) <= 60)
    if not kickers:
        return []
    named = [f"# {_text(kicker)} = {_text(slug)}" for kicker in kickers if (slug := slugify(kicker))]
    return [
        "",
        _commented("# [topics]", "kicker on the page → topic; without it each is its own"),
        *named[:MOST_TOPICS],
    ]


def _item(way: Way) -> list[str]:
    if not way.under:
        return []
    return ["", "[item]", _commented(f"under = {_text(way.under)}", "only the addresses under this path are releases")]


def _others(choice: Choice) -> list[str]:
    if not choice.others:
        return []
    also = [f"#   kind = {_text(one.kind)}, url = {_text(one.url)}" for one in choice.others]
    return ["", "# Found there as well:", *also]


def _commented(text: str, comment: str) -> str:
    return f"{text.ljust(_COLUMN - 1)} # {comment}"


def _text(value: str) -> str:
    """A TOML basic string: what JSON writes, and DEL, which TOML wants escaped (toml.io/en/v1.0.0#string)."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
