"""The folder `feeds/` beside newsletter.toml, where a new source is written down; nothing there is overwritten."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from newsletter.app.reading import ADDRESS_UNKNOWN
from newsletter.collect.identity import address_key
from newsletter.collect.scout import Choice, Way
from newsletter.collect.scout.profile import longer_slug, slug_of, write_profile
from newsletter.collect.topics import slugify
from newsletter.config import FeedSettings
from newsletter.config.values import SLUG
from newsletter.errors import BadInput, NewsletterError


class FeedFiles:
    """The files of the feeds of the settings at `config`. Raises NewsletterError where there are no settings."""

    def __init__(self, config: Path) -> None:
        if not config.is_file():
            raise NewsletterError(
                f"{config}: there is no such file, so there is no place for a feed; `newsletter init DIR` makes one, "
                "--dry-run needs none"
            )
        self.folder = config.resolve().parent / "feeds"
        self._addresses = dict(self._read())

    def add(self, choice: Choice, slug: str | None = None) -> str:
        """Write a feed's file; its slug, as given or made from its host. Raises BadInput where it cannot be."""
        way = choice.way
        if way.url.startswith(ADDRESS_UNKNOWN):
            raise BadInput("the address of that file is not known; name it: --url ADDRESS")
        if there := self._addresses.get(address_key(way.url)):
            raise BadInput(f"feeds/{there}.toml collects from {way.url} already")
        slug = self._free(way, slug)
        text = write_profile(choice, slug)
        _validate(text, way)
        self.folder.mkdir(exist_ok=True)
        try:
            with (self.folder / f"{slug}.toml").open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise BadInput(f"{self.folder / slug}.toml: cannot be written: {error.strerror}") from error
        self._addresses[address_key(way.url)] = slug
        return slug

    def _free(self, way: Way, wanted: str | None) -> str:
        if wanted is not None and not SLUG.match(wanted):
            raise BadInput(f'{wanted!r} cannot be a slug: small letters, digits and hyphens only, as "musterstadt"')
        for slug in (wanted,) if wanted else (slug_of(way), longer_slug(way), slugify(way.title)):
            if slug and not (self.folder / f"{slug}.toml").exists():
                return slug
        raise BadInput(f"feeds/{wanted or slug_of(way)}.toml is there already; choose another name: --slug SLUG")

    def _read(self) -> Iterator[tuple[str, str]]:
        """Address and slug of each file that can be read; what is wrong with the others `doctor` says."""
        for path in sorted(self.folder.glob("*.toml")):
            try:
                url = tomllib.loads(path.read_text("utf-8")).get("url")
            except (OSError, ValueError):
                continue
            if isinstance(url, str):
                yield address_key(url), path.stem


def _validate(text: str, way: Way) -> None:
    try:
        FeedSettings.model_validate(tomllib.loads(text))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{way.url}: no feed can be made of it: {error}") from error
