"""Settings: `newsletter.toml`, `feeds/*.toml`, the environment, secret files; read once, problems told together."""

from __future__ import annotations

from newsletter.config.load import Settings, load
from newsletter.config.settings import (
    WEEKDAYS,
    Api,
    FeedSettings,
    ItemProfile,
    Mail,
    NetworkSettings,
    Newsletter,
    ReleaseProfile,
    Site,
    Smtp,
)

__all__ = [
    "WEEKDAYS",
    "Api",
    "FeedSettings",
    "ItemProfile",
    "Mail",
    "NetworkSettings",
    "Newsletter",
    "ReleaseProfile",
    "Settings",
    "Site",
    "Smtp",
    "load",
]
