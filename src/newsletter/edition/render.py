"""An edition becomes a Sheet: rendered once for a language and format, its cards cut apart, blanks left open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsletter.config.settings import SINGLE
from newsletter.edition.content import EditionContent
from newsletter.edition.environment import environment
from newsletter.edition.full import in_full
from newsletter.edition.inline import inline
from newsletter.edition.marks import Cut, Marks, nonce_absent_from
from newsletter.edition.plain import HEADLINE, plain, shorten
from newsletter.edition.room import is_overfull
from newsletter.edition.shell import shell_values
from newsletter.edition.theme import theme
from newsletter.edition.variants import PREHEADER
from newsletter.edition.view import Section, mark, sections
from newsletter.edition.words import day_and_month
from newsletter.errors import RenderError
from newsletter.i18n import day_and_date, long_date
from newsletter.model import Format, Part, Pieces, Sheet

Cuts = list[tuple[Cut, Pieces]]


def render_sheet(content: EditionContent, language: str, format: Format, *, templates: Path | None = None) -> Sheet:
    """Render an edition once. `templates` is a folder whose files come before ours.

    Raises RenderError; its `release` is the id of the release that cannot be rendered, where one is to blame.
    """
    view = sections(content, language, theme(format, content.newsletter.theme).width)
    values = _values(content, view, language, format)
    nonce = nonce_absent_from(repr((values, content.groups)))
    layout = content.layout
    try:
        parts = rendered_parts(layout, values, nonce, templates)
        if is_overfull(parts):
            parts = rendered_parts(layout, values | {"overfull": True}, nonce, templates)
    except RenderError as error:
        raise _blame(error, layout, values, view, nonce, templates) from error
    return Sheet(content.id, language, format, parts, _texts(content, view, language), format is not Format.TEXT)


def render_sheets(
    content: EditionContent, wanted: Iterable[tuple[str, Format]], *, templates: Path | None = None
) -> tuple[EditionContent, dict[tuple[str, Format], Sheet], dict[str, str]]:
    """Render an edition in every wanted language and format, leaving out what cannot be rendered.

    Returns the content that remains (the same in all sheets), the sheets, and for each release left out the reason.
    Raises RenderError where no release is to blame.
    """
    pairs = tuple(dict.fromkeys(wanted))
    left_out: dict[str, str] = {}
    while True:
        try:
            sheets = {pair: render_sheet(content, *pair, templates=templates) for pair in pairs}
        except RenderError as error:
            if error.release is None or error.release in left_out:
                raise
            left_out[error.release] = error.said
            content = content.without([error.release])
        else:
            return content, sheets, left_out


def rendered_parts(name: str, values: Mapping[str, Any], nonce: str, templates: Path | None) -> tuple[Part, ...]:
    """The parts of a mail whose templates are `email/<name>.mjml` and `text/<name>.txt` (else `text/digest.txt`).

    Raises RenderError where a template fails or the two are not cut at the same places.
    """
    text = _cut(lambda marks: _fill_template(f"text/{name}.txt", values, marks, templates, "text/digest.txt"), nonce)
    if values["format"] is Format.TEXT:
        return tuple(Part(cut.kind, (), pieces, cut.topic, cut.release) for cut, pieces in text)
    html = _cut(lambda marks: _html(f"email/{name}.mjml", values, marks, templates), nonce)
    if [cut for cut, _ in html] != [cut for cut, _ in text]:
        raise RenderError(f"email/{name}.mjml and text/{name}.txt are not cut at the same places")
    return tuple(
        Part(cut.kind, pieces, plain_pieces, cut.topic, cut.release)
        for (cut, pieces), (_, plain_pieces) in zip(html, text, strict=True)
    )


def _cut(render: Callable[[Marks], str], nonce: str) -> Cuts:
    marks = Marks(nonce)
    return list(marks.parts(render(marks)))


def _html(name: str, values: Mapping[str, Any], marks: Marks, templates: Path | None) -> str:
    css = _fill_template("email/inline.css", values, marks, templates)
    return inline(_fill_template(name, values, marks, templates), css)


def _fill_template(
    name: str, values: Mapping[str, Any], marks: Marks, templates: Path | None, otherwise: str = ""
) -> str:
    found = environment(templates, values["language"], html=not name.startswith("text/"))
    try:
        template = found.select_template([name, otherwise] if otherwise else [name])
        return template.render(values, cut=marks.cut, blank=marks.blank, outlook=marks.outlook)
    except Exception as error:  # a template is a program: whatever it raises is the template's fault
        raise RenderError(f"template {name}: {error}") from error


def _values(content: EditionContent, view: Sequence[Section], language: str, format: Format) -> dict[str, Any]:
    releases = {release.id: release for release in content.releases}
    headlines = {card.id: card.headline for section in view for card in section.cards}
    return {
        **shell_values(content.site, content.newsletter, language, format),
        "when": day_and_date(content.day, language),
        "url": content.url,
        "intro": [mark(paragraph, content.site.language, language) for paragraph in content.paragraphs],
        "sections": view,
        "overfull": False,
        "in_full": lambda id: in_full(releases[id], headlines[id], content, language),
    }


def _texts(content: EditionContent, view: Sequence[Section], language: str) -> dict[str, str]:
    """What a variant's blanks are filled from, by release: see variants.py."""
    texts = {
        "title": plain(content.newsletter.title, HEADLINE),
        "date": long_date(content.day, language),
        "day": day_and_month(content.day, language),
        "cadence": str(content.cadence),
    }
    if subject := plain(content.subject, HEADLINE):
        texts["subject"] = subject
    releases = {release.id: release for release in content.releases}
    single = content.layout == SINGLE  # it shows no teaser that was made of its text
    for card in (card for section in view for card in section.cards):
        release = releases[card.id]
        texts[f"headline:{card.id}"] = card.headline
        texts[f"teaser:{card.id}"] = shorten(card.teaser if release.teaser or not single else "", PREHEADER)
        texts[f"minutes:{card.id}"] = str(release.reading_minutes)
        if release.was_updated:
            texts[f"updated:{card.id}"] = "yes"
    return texts


def _blame(
    error: RenderError,
    layout: str,
    values: Mapping[str, Any],
    view: Sequence[Section],
    nonce: str,
    templates: Path | None,
) -> RenderError:
    """The error with the id of the first release that fails even alone; as it is where a template is at fault."""
    try:
        rendered_parts(layout, {**values, "sections": ()}, nonce, templates)
    except RenderError:
        return error
    for section in view:
        for card in section.cards:
            try:
                rendered_parts(layout, {**values, "sections": [replace(section, cards=(card,))]}, nonce, templates)
            except RenderError as reason:
                return RenderError("release %(id)s: %(why)s", release=card.id, id=card.id, why=reason.said)
    return error
