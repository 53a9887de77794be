"""A release in full, for a mail that carries nothing else: lead, text, documents, and the link to its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.edition.body import Block, blocks, host_of, link_name, shortened
from newsletter.edition.content import EditionContent
from newsletter.edition.links import address, linkable
from newsletter.edition.plain import HEADLINE, TEASER, plain, same
from newsletter.edition.view import SHELL_LINKS
from newsletter.i18n import Words, kind_and_size
from newsletter.model import Release

LONGEST = 40_000  # characters of HTML before styles: with them, and encoded, a mail stays well under 100 KB
DOCUMENTS = 20


@dataclass(frozen=True, slots=True)
class File:
    """A document of the release; `kind` is what is known of type and size, as `PDF, 1,2 MB`."""

    url: str
    title: str
    kind: str


@dataclass(frozen=True, slots=True)
class Full:
    """What stands below the headline; `onward` names the link to the release's page."""

    lead: str
    blocks: tuple[Block, ...]
    documents: tuple[File, ...]
    goes_on: bool
    onward: str


def in_full(release: Release, headline: str, content: EditionContent, language: str) -> Full:
    """The release as a mail in `language` tells it; `headline` is what its link is called."""
    words = Words(language)
    names = _Names(words)
    onward = names.of(words.say("Read the release on %(host)s", host=host_of(release.url)), address(release.url))
    names.of(headline, address(release.url))
    whole = blocks(release.body_html, names.of)
    told = shortened(whole, LONGEST)
    lead = plain(release.teaser, TEASER)
    documents = tuple(_documents(release, names, language))
    return Full("" if _begins_with(lead, whole) else lead, told, documents[:DOCUMENTS], len(told) < len(whole), onward)


def _begins_with(lead: str, whole: list[Block]) -> bool:
    """Whether the text says its lead itself, as many portals have it."""
    return bool(whole) and same(lead.removesuffix("…"), whole[0].text[: len(lead)])


def _documents(release: Release, names: _Names, language: str) -> Iterator[File]:
    for document in release.documents:
        if linkable(document.url):
            url = address(document.url)
            yield File(url, names.of(plain(document.title, HEADLINE) or url, url), kind_and_size(document, language))


class _Names:
    """What links are called: never the same for two places, never what tells nothing (LINK-2 to 4)."""

    def __init__(self, words: Words) -> None:
        self._taken: dict[str, str] = {words.say(link).casefold(): "" for link in SHELL_LINKS}

    def of(self, said: str, url: str) -> str:
        """The name of a link with these words to this address."""
        name = plain(link_name(said, url), HEADLINE)
        number = 1
        unique = name
        while self._taken.setdefault(unique.casefold(), url) != url:
            number += 1
            unique = f"{name} ({number})"
        return unique
