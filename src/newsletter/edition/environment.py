"""The Jinja2 environment of mails: our templates, a user's own before them, the wording of one language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from newsletter.i18n import translations
from newsletter.resources import folder


@lru_cache(maxsize=64)
def environment(templates: Path | None, language: str, *, html: bool) -> Environment:
    """Templates from `templates` first, then ours; everything put into HTML is escaped."""
    places = [folder("templates")] if templates is None else [templates, folder("templates")]
    found = Environment(
        loader=FileSystemLoader(places),
        autoescape=html,  # noqa: S701  texts are no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    wording = translations(language)
    found.install_gettext_callables(wording.gettext, wording.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return found
