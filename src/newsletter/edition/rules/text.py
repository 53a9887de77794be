"""The text part: complete, and readable as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.edition.links import address
from newsletter.edition.pictures import alt_of, shown
from newsletter.edition.plain import CAPTION, HEADLINE, plain
from newsletter.edition.rules.mail import Mail, Origin
from newsletter.model import Blank, Release
from newsletter.rules.markup import says_something
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

SHORT = 40  # letters: shorter lines are an address or a verse
LEAST_SHARE = 0.6  # of the words of the HTML part; the rest may be wording of buttons and pictures
MOST_MISSING = 0.6  # of the addresses: beyond, each part has addresses of its own
WORD = re.compile(r"[^\W\d_]{4,}")


@rule("TEXT-0", BLOCK, "RFC 2046 5.1.4")
def exists(mail: Mail) -> Iterator[Defect]:
    """There is a text part."""
    if mail.text is not None and not says_something(mail.text):
        yield Defect("text/plain", _("The mail has no text part."), _("Write one; in a template of ours fill text/."))


@rule("TEXT-1", BLOCK, "RFC 2046 5.1.4")
def complete(mail: Mail) -> Iterator[Defect]:
    """The text part has every release with its address and alt text, and every personal link; else most words."""
    if mail.origin is None:
        yield from _says_most(mail)
        return
    for missing in _missing(mail, mail.origin):
        yield Defect(
            "text/plain",
            _("The text part lacks “%(missing)s”."),
            _("Let your text template say everything that the HTML template says."),
            {"missing": missing},
        )


@rule("TEXT-2", WARN, "RFC 3676")
def not_wrapped(mail: Mail) -> Iterator[Defect]:
    """Paragraphs are not broken into lines of 72 characters, which fall apart on narrow screens."""
    for paragraph in re.split(r"\n\s*\n", mail.text or ""):
        lines = paragraph.strip("\n").split("\n")
        listed = any("://" in line or line.startswith(("- ", "* ")) for line in lines)
        broken = len(lines) > 2 or (len(lines) == 2 and lines[1][:1].islower())
        if broken and not listed and all(SHORT <= len(line) <= 80 for line in lines[:-1]):
            yield Defect(
                "text/plain", _("A paragraph is broken into short lines."), _("Leave the breaking to the reader.")
            )


def _missing(mail: Mail, origin: Origin) -> Iterator[str]:
    text = mail.text or ""
    for release in (*origin.told, *origin.linked):
        yield from (part for part in _told(release, mail) if part not in text)
    if origin.variant.beyond and origin.url not in text:
        yield origin.url
    yield from (alt for alt in _alts(mail, origin) if alt not in text)
    ends = {line.rpartition(" ")[2] for line in text.splitlines()}
    yield from (url for url in _links(mail) if url not in ends)
    needed = {piece.name for piece in origin.variant.html or () if isinstance(piece, Blank)}
    if origin.variant.selection:
        needed.add("unsubscribe_url")
    there = {piece.name for piece in origin.variant.text if isinstance(piece, Blank)}
    yield from sorted(needed - there)


def _told(release: Release, mail: Mail) -> Iterator[str]:
    """What the text must say of a release: its headline, its address on its own, and the teaser that the HTML shows."""
    yield plain(release.headline, HEADLINE)
    yield address(release.url)
    teaser = plain(release.teaser)
    if mail.page is not None and teaser and teaser in mail.page.visible_text:
        yield teaser


def _links(mail: Mail) -> Iterator[str]:
    """The addresses that the HTML links, but for a person's own, which are blanks."""
    hrefs = (link.get("href") for link in mail.page.links) if mail.page else ()
    yield from (url for url in dict.fromkeys(hrefs) if url.startswith(("http://", "https://")))


def _alts(mail: Mail, origin: Origin) -> Iterator[str]:
    """The alt texts that the text part should have: those of the HTML part, which may show none at all.

    Of a mail of text only the caption tells: one without its alt text has lost it.
    """
    text = mail.text or ""
    sources = {image.get("src") for image in mail.page.images} if mail.page else set()
    for image in filter(None, map(shown, origin.told)):
        alt = alt_of(image) or ""
        caption = plain(image.caption, CAPTION)
        if mail.page is not None:
            there = address(image.src) in sources or (alt and alt in mail.page.visible_text)
        else:
            there = bool(caption) and caption in text
        if there:
            yield alt


def _says_most(mail: Mail) -> Iterator[Defect]:
    """Of somebody else's mail it is not known what matters: most words of the one part should be in the other."""
    if mail.page is None or not (mail.text or "").strip():
        return
    wanted = {word.casefold() for word in WORD.findall(mail.page.visible_text)}
    there = {word.casefold() for word in WORD.findall(mail.text or "")}
    share = len(wanted & there) / len(wanted) if wanted else 1
    if share < LEAST_SHARE:
        yield Defect(
            "text/plain",
            _("The text part has %(share)s %% of the words of the HTML part."),
            _("Let it say everything that the HTML part says."),
            {"share": round(100 * share)},
        )
    links = list(_links(mail))
    missing = [url for url in links if url not in (mail.text or "")]
    if (
        missing and len(missing) < len(links) * MOST_MISSING
    ):  # more are missing where each part has addresses of its own
        yield Defect(
            "text/plain",
            _("The text part lacks “%(missing)s”."),
            _("Let it say everything that the HTML part says."),
            {"missing": missing[0]},
        )
    if "://" not in (mail.text or "") and any("://" in link.get("href") for link in mail.page.links):
        yield Defect(
            "text/plain",
            _("The text part has no addresses, though the HTML part has links."),
            _("Write the address of each link on a line of its own."),
        )
