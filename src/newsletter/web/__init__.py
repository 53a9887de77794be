"""The pages and addresses: feeds and archive as published, subscribing, confirming, preferences, leaving, health."""

from __future__ import annotations

from newsletter.web.answers import WebServices
from newsletter.web.app import create_app
from newsletter.web.quick import Protocol

__all__ = ["Protocol", "WebServices", "create_app"]
