"""Copies of what is published, as the settings say: in an object store, and in a CDN that is told of changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from newsletter.app.alarms import AlarmBoard
from newsletter.collect.route import Route
from newsletter.config import Settings
from newsletter.errors import MirrorError
from newsletter.model import AlarmKind
from newsletter.publish.mirror import Mirror
from newsletter.publish.purge import Purge
from newsletter.publish.s3 import S3Bucket
from newsletter.publish.writer import Writer
from newsletter.said import Said

KEY = "mirror"
AMAZON = "amazonaws.com"


class Copies:
    """Brings copies up to date, and tells a person where they stay behind."""

    def __init__(self, mirror: Mirror, purge: Purge | None, alarms: AlarmBoard) -> None:
        self._mirror = mirror
        self._purge = purge
        self._alarms = alarms

    def follow(self, now: datetime) -> str | None:
        """Put what changed, then tell of it; why it could not be. It is tried again the next time."""
        failed = [error for work in (self._put, self._tell) if (error := _failing(work)) is not None]
        if not failed:
            self._alarms.resolve(KEY)
            return None
        behind = "copies of what is published are behind: %(why)s. Look at [publish.s3] and [publish.purge]"
        self._alarms.sound(KEY, AlarmKind.MIRROR_BEHIND, Said(behind, why=str(failed[0])), now)
        return str(failed[0])

    def _put(self) -> None:
        self._mirror.follow(self._purge.remember if self._purge else lambda _: None)

    def _tell(self) -> None:
        if self._purge:
            self._purge.tell()


def _failing(work: Callable[[], None]) -> MirrorError | None:
    try:
        work()
    except MirrorError as error:
        return error
    return None


def copies_of(settings: Settings, alarms: AlarmBoard) -> Copies | None:
    """The copies of the settings, None where there are none. Raises SettingsError where boto3 is not installed."""
    publish, network = settings.publish, settings.network
    if publish.s3 is None and publish.purge is None:
        return None
    route, writer = Route(network), Writer(publish.directory)
    bucket = None
    if publish.s3 is not None:
        host = urlsplit(publish.s3.endpoint or "").hostname or AMAZON
        bucket = S3Bucket(publish.s3, proxy=route.proxy_url(host), ca_file=network.ca_file)
    purge = None
    if publish.purge is not None:
        address, token = publish.purge.url, publish.purge.token.get_secret_value()
        purge = Purge(address, token, settings.site.base_url, writer, _way(route, address))
    return Copies(Mirror(publish.directory, bucket), purge, alarms)


def _way(route: Route, address: str) -> httpx.BaseTransport:
    host = urlsplit(address).hostname or ""
    return httpx.HTTPTransport(verify=route.tls, trust_env=False, proxy=route.proxy if route.proxied(host) else None)
