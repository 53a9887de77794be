"""Settings: `newsletter.toml`, `feeds/*.toml`, the environment, secret files; read once, problems told together."""

from __future__ import annotations

from newsletter.config.load import Settings, load
from newsletter.config.mail import Api, Feedback, Mail, Smtp
from newsletter.config.settings import (
    WEEKDAYS,
    FeedSettings,
    ItemProfile,
    NetworkSettings,
    Newsletter,
    ReleaseProfile,
    Site,
)

__all__ = [
    "WEEKDAYS",
    "Api",
    "FeedSettings",
    "Feedback",
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
