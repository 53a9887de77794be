"""The document: doctype, title, zoom, and nothing left of the markup it was compiled from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.edition.plain import HEADLINE, plain
from newsletter.edition.rules.mail import Mail
from newsletter.rules.rule import BLOCK, WARN, Defect, _, rule

# HTML 13.2.6.4.1: those with which browsers keep to the standards; of HTML 4.01's loose one only with its address
_DOCTYPE = re.compile(
    r"""\ufeff?(?:\s|<!--.*?-->|<\?xml[^>]*>)*<!doctype\s+html\s*(?:>|system\s+["']about:legacy-compat["']\s*>|"""
    r"""public\s+["']-//W3C//DTD\ (?:XHTML|HTML\ 4\.01//)|"""
    r"""public\s+["']-//W3C//DTD\ HTML\ 4\.01\ Transitional//EN["']\s+["']http)""",
    re.IGNORECASE | re.DOTALL,
)

_NO_TITLE = re.compile(
    r"(?:untitled|unbenannte?s?|neues|new|your|ihr)?[\s_-]*(?:document|dokument|e?-?mail|page|seite|title|titel)?[\s\d.]*(?:here|hier)?|"
    r"newsletter|title|no subject|kein betreff|\S+\.html?|\W*",
    re.IGNORECASE,
)


@rule("DOC-1", BLOCK, "HTML 13.1.1")
def doctype(mail: Mail) -> Iterator[Defect]:
    """The mail begins with a doctype, else clients fall into quirks mode."""
    if mail.html is not None and not _DOCTYPE.match(mail.html):
        yield Defect(
            "",
            _("The HTML part does not begin with <!DOCTYPE html>."),
            _("Begin it so; a template of MJML does by itself."),
        )


@rule("DOC-2", BLOCK, "WCAG 2.4.2")
def title(mail: Mail) -> Iterator[Defect]:
    """The document has a title; an edition's says its name, date and count."""
    if mail.page is None:
        return
    found = mail.page.title
    if not found or _NO_TITLE.fullmatch(found):
        yield Defect(
            "<title>",
            _("The mail has no title."),
            _("Give it a <title>; in a template of ours fill the block document_title."),
        )
    elif mail.releases and not _says_all(found, mail):
        yield Defect(
            f"<title> {found}",
            _("The title does not say name, date and number of releases."),
            _("Let the block document_title of your template hold the blank “title”."),
        )


@rule("DOC-3", WARN, "HTML 4.2")
def one_head(mail: Mail) -> Iterator[Defect]:
    """The head says each thing once: one title, no base that turns addresses round; and the encoding."""
    page = mail.page
    if page is None:
        return
    own = [title for title in page.all("title") if not any(one.tag == "svg" for one in title.iterancestors())]
    if len(own) > 1:
        yield Defect("<title>", _("The mail has several titles."), _("Leave one <title>."))
    if page.all("base"):
        yield Defect("<base>", _("An element turns the addresses of all links round."), _("Take <base> out."))
    if mail.html and not mail.html.isascii() and not re.search(r"<meta[^>]+charset", mail.html, re.IGNORECASE):
        yield Defect(
            "<meta>",
            _("The HTML does not say in which encoding its letters are written."),
            _("Put <meta charset=utf-8> into the head."),
        )


@rule("ZOOM-1", BLOCK, "WCAG 1.4.4")
def zoom(mail: Mail) -> Iterator[Defect]:
    """Readers may enlarge the mail."""
    if mail.page is None:
        return
    if any(_keeps_from_enlarging(viewport) for viewport in mail.page.metas("viewport")):
        yield Defect(
            "<meta name=viewport>",
            _("The mail keeps readers from enlarging it."),
            _("Take user-scalable and maximum-scale out of it."),
        )


@rule("MJ-1", BLOCK, "HTML 3.2.2")
def compiled(mail: Mail) -> Iterator[Defect]:
    """No MJML is left in what is sent."""
    if mail.html is not None and (left := re.search(r"</?mj-[a-z]*", mail.html, re.IGNORECASE)):
        yield Defect(
            left[0],
            _("Markup of the template is left in the mail."),
            _("Close every element of your template; MJML passes on what it cannot read."),
        )


def _keeps_from_enlarging(viewport: str) -> bool:
    """Whether a viewport may not be enlarged to twice its size (CSS Viewport 1, 4: words count as numbers)."""
    pairs = (part.split("=") for part in re.split(r"[,;\s]+", re.sub(r"\s*=\s*", "=", viewport)))
    said = {pair[0]: _number(pair[1]) for pair in pairs if len(pair) == 2}
    return abs(said.get("user-scalable", 1)) < 1 or 0 <= said.get("maximum-scale", 10) < 2


def _number(value: str) -> float:
    words = {"yes": 1.0, "device-width": 10.0, "device-height": 10.0}
    number = re.match(r"-?(?:\d+\.?\d*|\.\d+)", value)
    return float(number[0]) if number else words.get(value, 0.0)


def _says_all(found: str, mail: Mail) -> bool:
    name = plain(mail.origin.newsletter.title, HEADLINE) if mail.origin else ""
    what = [str(len(mail.releases)), *(plain(release.headline, HEADLINE) for release in mail.releases)]
    known = what[:1] if len(mail.releases) > 1 else what  # of a single release the headline says more than "1"
    return name in found and any(one in found for one in known) and bool(re.search(r"\d{4}", found))
