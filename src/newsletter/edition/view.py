"""What a reader is shown of each release, in words of their language: the one source of HTML and text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from newsletter.edition.content import EditionContent, Group
from newsletter.edition.links import address, linkable
from newsletter.edition.pictures import alt_of, shown
from newsletter.edition.plain import CAPTION, HEADLINE, TEASER, plain, same
from newsletter.edition.words import direction, is_foreign, is_tag, name_of
from newsletter.errors import RenderError
from newsletter.i18n import Words, long_date, moment, way_to_read
from newsletter.model import Change, Image, Release
from newsletter.rules.naming import is_address, is_vague

BEGINNING = 280  # characters of the body that stand in for a teaser
SHELL_LINKS = (
    "Read this edition in the browser",
    "Report a barrier",
    "Unsubscribe",
    "Imprint",
    "Privacy",
    "Accessibility",
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with the language it is in where that is not the mail's own, else None."""

    text: str
    lang: str | None = None
    dir: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is shown; without `src` only told of. `repeats`: the caption is the alt text once more."""

    src: str
    alt: str
    symbolic: str  # the word for a "Symbolbild", or ""; these three are sentences that follow each other
    caption: str
    credit: str
    repeats: bool
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Way:
    """Another way to read a release: what its link is called, and the language that it leads to."""

    url: str
    name: str
    headline: str
    hreflang: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """One release as it stands in a mail; all strings are plain text."""

    id: str
    url: str
    headline: str
    lang: str | None  # set where the release is in another language than the mail
    dir: str | None
    meta: str
    teaser: str
    picture: Picture | None
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A topic and its cards; `slug` is "" for releases without a topic."""

    slug: str
    title: Marked
    cards: tuple[Card, ...]


def sections(content: EditionContent, language: str, width: int) -> tuple[Section, ...]:
    """The edition's topics and cards in `language`; `width` is the column's, in CSS pixels.

    Raises RenderError naming the release that cannot be shown.
    """
    words = Words(language)
    names = _names(content, words)
    return tuple(
        Section(
            group.topic.slug if group.topic else "",
            _title(group, content, words),
            tuple(_card(release, names[release.id], content, words, width) for release in group.releases),
        )
        for group in content.groups
    )


def mark(text: str, language: str, here: str) -> Marked:
    """`text` with its language where a reader of `here` must be told."""
    return Marked(text, language, direction(language)) if is_foreign(language, here) else Marked(text)


def release_date(release: Release, zone: ZoneInfo, words: Words) -> str:
    """When a release was published, as exactly as its source said; said to be our own date where it gave none."""
    at = moment(release.published_at, release.published_precision if release.published else None, zone, words.language)
    return at if release.published else words.say("No date given, seen on %(date)s", date=at)


def _title(group: Group, content: EditionContent, words: Words) -> Marked:
    if group.topic and (title := plain(group.topic.title, HEADLINE)):
        return mark(title, content.site.language, words.language)
    alone = len(content.groups) == 1
    return Marked(words.say("Releases") if alone else words.say("More releases"))


def _card(release: Release, headline: str, content: EditionContent, words: Words, width: int) -> Card:
    if not headline:
        raise RenderError("release %(id)s has no headline", release=release.id, id=release.id)
    if not linkable(release.url):
        raise RenderError("release %(id)s has no address that can be linked", release=release.id, id=release.id)
    spoken = mark(headline, language_of(release, content), words.language)
    image = shown(release)
    return Card(
        id=release.id,
        url=address(release.url),
        headline=headline,
        lang=spoken.lang,
        dir=spoken.dir,
        meta=". ".join(_meta(release, content, words)),
        teaser=plain(release.teaser, TEASER) or plain(release.body_text, BEGINNING),
        picture=_picture(image, words, width) if image else None,
        ways=tuple(_ways(release, headline, words.language)),
    )


def _ways(release: Release, headline: str, language: str) -> Iterator[Way]:
    """The other ways to read a release; each link is called by the headline too, so that no two say the same."""
    for alternate in release.alternates:
        if linkable(alternate.url):
            yield Way(address(alternate.url), way_to_read(alternate, language), headline, alternate.language)


def language_of(release: Release, content: EditionContent) -> str:
    """The release's language; the site's where the release has none that a reader's software would know."""
    return release.language if is_tag(release.language) else content.site.language


def _meta(release: Release, content: EditionContent, words: Words) -> Iterator[str]:
    zone = content.site.zone
    yield release_date(release, zone, words)
    yield words.count("Reading time: %(n)s minute", "Reading time: %(n)s minutes", release.reading_minutes)
    if release.change is Change.CORRECTION:
        yield words.say("Corrected on %(date)s", date=_day(release, zone, words))
    elif release.was_updated:
        yield words.say("Updated on %(date)s", date=_day(release, zone, words))
    language = language_of(release, content)
    if is_foreign(language, words.language):
        yield words.say("Release in %(language)s", language=name_of(language, words.language))


def _day(release: Release, zone: ZoneInfo, words: Words) -> str:
    return long_date(release.updated.astimezone(zone).date(), words.language)


def _picture(image: Image, words: Words, width: int) -> Picture:
    alt = alt_of(image) or ""
    credit = _credit(plain(image.credit, CAPTION), words)
    caption = _ended(plain(image.caption, CAPTION), credit)
    symbolic = words.say("Illustrative picture") if image.symbolic else ""
    scale = min(1.0, width / image.width) if image.width else 1.0
    return Picture(
        src=address(image.src),
        alt=alt,
        symbolic=_ended(symbolic, caption or credit),
        caption=caption,
        credit=credit,
        repeats=same(alt, caption),
        width=round(image.width * scale) if image.width else None,
        height=round(image.height * scale) if image.width and image.height else None,
    )


def _ended(sentence: str, following: str) -> str:
    """A sentence with a full stop where another follows it."""
    return f"{sentence}." if sentence and following and sentence[-1] not in ".!?…:" else sentence


def _credit(credit: str, words: Words) -> str:
    """The credit with a word that says what it is, unless it begins with one."""
    if not credit or credit.startswith(("©", "(c)")) or ":" in credit[:24]:
        return credit
    return words.say("Picture: %(credit)s", credit=credit)


def _names(content: EditionContent, words: Words) -> dict[str, str]:
    """What each release's link is called: its headline, with its date where that would not tell (LINK-2 to 4).

    That is so for "Mehr", for a bare address, and for what another link of the mail is called; a number tells the rest.
    """
    headlines = {release.id: plain(release.headline, HEADLINE) for release in content.releases}
    used = Counter(name.casefold() for name in (*headlines.values(), *map(words.say, SHELL_LINKS)))
    names: dict[str, str] = {}
    for release in content.releases:
        name = headlines[release.id]
        if name and (used[name.casefold()] > 1 or is_vague(name) or is_address(name)):
            name = f"{name} ({release_date(release, content.site.zone, words)})"
            used[name.casefold()] += 1
            name += f" ({used[name.casefold()]})" if used[name.casefold()] > 1 else ""
        names[release.id] = name
    return names
