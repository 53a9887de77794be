"""Reading the settings: files and environment into one `Settings`, or one `SettingsError` with every problem."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from newsletter.config import settle
from newsletter.config.admin import Admin, unknown_roles
from newsletter.config.mail import Mail
from newsletter.config.origins import Origin, names_in
from newsletter.config.problems import aliases, contradictions, explain, layouts, unknown_layouts
from newsletter.config.publish import Publish
from newsletter.config.settings import (
    Alerts,
    Collect,
    FeedSettings,
    NetworkSettings,
    Newsletter,
    Privacy,
    Security,
    Site,
    StoreSettings,
    Table,
    Web,
    Webhook,
)
from newsletter.config.theme import Theme, too_faint
from newsletter.errors import SettingsError
from newsletter.resources import folder

M = TypeVar("M", bound=BaseModel)
PREFIX = "NEWSLETTER_"
HIDDEN = frozenset({"root", "feeds", "origins"})
SLUG_FILE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.toml\Z")


class Settings(Table):
    """Everything that can be set. Paths are absolute after `load`; `feeds` maps slugs to their `feeds/<slug>.toml`.

    `origins` says of dotted names where they were set (see `origins.known`).
    """

    site: Site
    store: StoreSettings = StoreSettings()
    security: Security = Security()
    web: Web = Web()
    network: NetworkSettings = NetworkSettings()
    collect: Collect = Collect()
    publish: Publish = Publish()
    alerts: Alerts = Alerts()
    privacy: Privacy = Privacy()
    admin: Admin = Admin()
    mail: Mail
    theme: Theme = Theme()
    newsletters: list[Newsletter] = Field(default=[])
    webhooks: list[Webhook] = Field(default=[])
    root: Path = Field(default=Path(), exclude=True)
    feeds: dict[str, FeedSettings] = Field(default={}, exclude=True)
    origins: dict[str, str] = Field(default={}, exclude=True)

    def newsletter(self, name: str) -> Newsletter | None:
        """The newsletter with the id `name`, if there is one."""
        return next((newsletter for newsletter in self.newsletters if newsletter.id == name), None)

    @property
    def logos(self) -> dict[str, Path]:
        """The logos that are files, by the name under which each is published."""
        found = (newsletter.theme.logo for newsletter in self.newsletters)
        return {
            logo.src.removeprefix(f"{self.site.base_url}/"): logo.file
            for logo in found
            if logo is not None and logo.file is not None and logo.src is not None
        }

    @property
    def templates(self) -> Path:
        """Where a user's own templates lie; each overrides ours of the same name."""
        return self.root / "templates"


def load(path: Path, environment: dict[str, str] | None = None) -> Settings:
    """Read `newsletter.toml` at `path` with all that belongs to it. Raises SettingsError with all problems at once."""
    environment = dict(os.environ) if environment is None else environment
    problems: list[str] = []
    root = path.resolve().parent
    values = _toml(path, problems)
    if values is None:
        raise SettingsError(problems)
    origins = dict.fromkeys(names_in(values), str(Origin.FILE)) | _overlay(values, environment, problems)
    feeds = _feeds(root / "feeds", problems)
    problems += aliases(feeds)
    settings = _validate(Settings, values, path.name, problems, hidden=HIDDEN)
    if settings is not None:
        settings = _settle(settings, root, feeds, problems).model_copy(update={"origins": origins})
        problems += unknown_roles(settings.admin, {newsletter.id for newsletter in settings.newsletters})
        problems += unknown_layouts(settings.newsletters, layouts((settings.templates, folder("templates"))))
    problems += contradictions(values.get("newsletters"), _slugs(root))
    if problems or settings is None:
        raise SettingsError(problems)
    return settings


def _toml(path: Path, problems: list[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        problems.append(f"{path}: there is no such file; `newsletter init DIR` writes one")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: cannot be read: {error}")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path}: not valid TOML: {error}")
    return None


def _overlay(values: dict[str, Any], environment: dict[str, str], problems: list[str]) -> dict[str, str]:
    """Put `NEWSLETTER_MAIL__SMTP__PASSWORD=…` over the files' values; lists and tables are written as TOML.

    Returns the variable that each setting came from.
    """
    origins = {}
    for name, text in sorted(environment.items()):
        keys = name.removeprefix(PREFIX).lower().split("__")
        if not name.startswith(PREFIX) or len(keys) < 2:
            continue
        table: Any = values
        for key in keys[:-1]:
            table = table.setdefault(key, {}) if isinstance(table, dict) else None
        if not isinstance(table, dict):
            problems.append(f"{name}: there is no such table of settings")
            continue
        table[keys[-1]] = _literal(text)
        origins[".".join(keys)] = name
    return origins


def _literal(text: str) -> Any:
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return value if isinstance(value, list | dict) else text


def _slugs(root: Path) -> set[str]:
    """The feeds there are files for, readable or not."""
    return {path.stem for path in (root / "feeds").glob("*.toml")}


def _feeds(directory: Path, problems: list[str]) -> dict[str, FeedSettings]:
    found = {}
    for path in sorted(directory.glob("*.toml")) if directory.is_dir() else ():
        name = f"feeds/{path.name}"
        if not SLUG_FILE.match(path.name):
            problems.append(f"{name}: the file's name stands in addresses: small letters, digits and hyphens only")
            continue
        values = _toml(path, problems)
        feed = _validate(FeedSettings, values, name, problems) if values is not None else None
        if feed is not None:
            found[path.stem] = feed
    return found


def _validate(
    model: type[M], values: dict[str, Any], name: str, problems: list[str], hidden: frozenset[str] = frozenset()
) -> M | None:
    problems += [f"{name}: {key}: unknown key" for key in hidden & values.keys()]
    try:
        return model.model_validate({key: value for key, value in values.items() if key not in hidden})
    except ValidationError as error:
        problems += [f"{name}: {line}" for line in explain(error, model)]
        return None


def _themes(settings: Settings, root: Path, problems: list[str]) -> tuple[Theme, list[Newsletter]]:
    """The theme, and the newsletters with theirs put over it; logos that are files have their address."""
    theme = _with_logo(settings.theme, settings.site.base_url, root, "theme", problems)
    problems += (f"newsletter.toml: {line}" for line in too_faint(theme, "theme"))
    newsletters = []
    for index, newsletter in enumerate(settings.newsletters):
        where = f"newsletters[{index}].theme"
        own = newsletter.theme
        if own != Theme():
            own = _with_logo(settings.theme.changed(own), settings.site.base_url, root, where, problems)
            lines = (f"newsletter.toml: {line}" for line in too_faint(own, where))
            problems += (line for line in lines if line.replace(where, "theme") not in problems)
        newsletters.append(newsletter.model_copy(update={"theme": own if newsletter.theme != Theme() else theme}))
    return theme, newsletters


def _with_logo(theme: Theme, base_url: str, root: Path, where: str, problems: list[str]) -> Theme:
    if theme.logo is None or theme.logo.file is None or theme.logo.src is not None:
        return theme
    file = root / theme.logo.file
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    except OSError as error:
        problems.append(f"newsletter.toml: {where}.logo.file: cannot be read: {error}")
        return theme
    src = f"{base_url}/theme/{digest}{file.suffix.lower()}"
    return theme.model_copy(update={"logo": theme.logo.model_copy(update={"file": file, "src": src})})


def _settle(settings: Settings, root: Path, feeds: dict[str, FeedSettings], problems: list[str]) -> Settings:
    """Make paths absolute and read the secret files."""
    theme, newsletters = _themes(settings, root, problems)
    url = settings.store.url
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
        url = f"sqlite:///{root / url.removeprefix('sqlite:///')}"
    return settings.model_copy(
        update={
            "root": root,
            "feeds": feeds,
            "mail": settle.mail(settings.mail, root, problems),
            "admin": settle.admin(settings.admin, root, problems),
            "theme": theme,
            "newsletters": newsletters,
            "webhooks": [settle.webhook(*pair, root, problems) for pair in enumerate(settings.webhooks)],
            "network": settle.network(settings.network, root, problems),
            "store": settings.store.model_copy(
                update={
                    "url": url,
                    "journal": root / settings.store.journal,
                    "backups": root / settings.store.backups,
                }
            ),
            "security": settings.security.model_copy(update={"key_file": root / settings.security.key_file}),
            "publish": settle.publish(settings.publish, root, problems),
        }
    )
