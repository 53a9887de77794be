"""The pages of the archive and the content of feed entries: templates of `templates/web`, a user's own before them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

import newsletter
from newsletter import i18n
from newsletter.config import Site
from newsletter.errors import RenderError
from newsletter.model import Precision, Release
from newsletter.publish import metadata, wording
from newsletter.publish.body import wrap_tables
from newsletter.publish.formats import formats
from newsletter.resources import folder

BESIDE = ("style.css", "share.js", "icon.svg", "favicon.ico")  # what pages ask for, published as it is


class Pages:
    """Renders templates. Every page is in one language that we can write; what is quoted in another carries its `lang`.

    `overrides` is a user's `templates` folder: a file of the same name in its `web` folder takes the place of ours.
    `images` is the setting that decides on what stands for a picture. `beside` are the files that every page refers to.
    """

    def __init__(self, site: Site, overrides: Path | None = None, *, images: str = "host") -> None:
        self.site = site
        self._images = images
        places = [*([overrides / "web"] if overrides else []), folder("templates") / "web"]
        self._places = places
        self._loader = FileSystemLoader(places)
        self._environments: dict[str, Environment] = {}
        self.beside = {name: self._bytes(name) for name in BESIDE}
        self.root = urlsplit(site.base_url).path.rstrip("/")

    def language_of(self, release: Release) -> str:
        """The language that the page of a release is in: the release's own where we can write it, else the site's."""
        return i18n.nearest(release.language, self.site.language)

    def render(self, template: str, language: str, **values: object) -> str:
        """A template of `templates/web` as text. Raises RenderError, which names the template."""
        environment = self._environments.get(language) or self._environment(language)
        try:
            return environment.get_template(template).render(**values)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            raise RenderError(f"template web/{template}{f', line {line}' if line else ''}: {error}") from error

    def content(self, release: Release) -> str:
        """The full text of a fit release as a feed carries it."""
        return self.render("content.html", self.language_of(release), release=release).strip()

    def notice(self, release: Release) -> tuple[Release, str]:
        """What takes the place of a withdrawn (and fit) release in feeds: its headline, marked, and a notice."""
        language = self.language_of(release)
        content = self.render("withdrawn.html", language, release=release).strip()
        said = i18n.translations(language).gettext
        instead = replace(
            release,
            headline=said("Withdrawn: %(headline)s") % {"headline": release.headline},
            url=f"{self.site.base_url}/releases/{release.id}",
            teaser=said("Its publisher has taken it back, so it is no longer shown here."),
            body_html="",
            body_text="",
            images=(),
            documents=(),
            alternates=(),
        )
        return instead, content

    def fingerprint(self, *titles: object) -> bytes:
        """A digest of all that shapes a page besides what stands on it: with another one every page is made anew.

        `titles` is what else from the settings stands on pages.
        """
        digest = hashlib.sha256(repr((newsletter.__version__, self.site, self._images, titles)).encode())
        for name in sorted(self._loader.list_templates()):
            digest.update(f"\0{name}\0".encode() + self._bytes(name))
        for path in sorted(folder("locales").glob("*/*.po")):
            digest.update(path.read_bytes())
        return digest.hexdigest().encode()

    def source(self, name: str) -> str:
        """A file of `templates/web` as it stands there. Raises TemplateNotFound."""
        return self._loader.get_source(Environment(autoescape=True), name)[0]

    def _bytes(self, name: str) -> bytes:
        return next(place / name for place in self._places if (place / name).is_file()).read_bytes()

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        environment.install_gettext_translations(  # type: ignore[attr-defined]  # the i18n extension's
            i18n.translations(language), newstyle=True
        )
        environment.globals.update(self._globals(language))
        self._environments[language] = environment
        return environment

    def _address(self, name: str) -> str:
        """Of a file beside the pages: once it changes it has another."""
        return f"{self.root}/{name}?v={hashlib.sha256(self.beside[name]).hexdigest()[:12]}"

    def _globals(self, language: str) -> dict[str, Any]:
        zone = self.site.zone
        said: dict[str, Callable[..., Any]] = {
            "when": partial(wording.when, zone=zone, language=language),
            "update_note": partial(wording.update_note, zone=zone, language=language),
            "kind_and_size": partial(i18n.kind_and_size, language=language),
            "way": partial(i18n.way_to_read, language=language),
            "caption": wording.caption,
            "credit": partial(wording.credit, language=language),
            "brief": wording.brief,
            "number": partial(i18n.number, language=language),
            "written_in": partial(wording.written_in, language=language),
            "moment": lambda at: i18n.moment(at, Precision.MINUTE, zone, language),
            "clock": lambda at: i18n.clock(at, zone, language),
            "day": lambda moment: i18n.day_and_date(moment.astimezone(zone).date(), language),
            "article": partial(metadata.article, site=self.site),
            "open_graph": partial(metadata.open_graph, site=self.site),
            "month_name": partial(i18n.month, language=language),
            "lang": wording.lang,
            "safe_html": Markup,  # a body that content.fit made fit: sanitised at the door and once more there
            "wrap_tables": wrap_tables,
        }
        return said | {
            "site": self.site,
            "contact": parseaddr(self.site.contact)[1],
            "root": self.root,
            "language": language,
            "direction": Markup(' dir="rtl"') if language in wording.RIGHT_TO_LEFT else "",
            "style": self._address("style.css"),
            "share_js": self._address("share.js"),
            "icon": self._address("icon.svg"),
            "formats": formats(),
        }
