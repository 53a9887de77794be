"""An S3-compatible object store, through boto3."""

from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import certifi

from newsletter.config.publish import S3
from newsletter.errors import MirrorError, SettingsError

CONNECT, READ = 5, 30  # seconds
ATTEMPTS = 4


class S3Bucket:
    """See `newsletter.publish.mirror.Bucket`."""

    def __init__(self, settings: S3, *, proxy: str | None = None, ca_file: Path | None = None) -> None:
        """Raises SettingsError where boto3 is not installed, or takes the settings for wrong."""
        self._settings = settings
        self.place = f"{settings.endpoint or settings.region} {settings.bucket} {settings.prefix}"
        self._client = _client(settings, proxy, ca_file)

    def put(self, key: str, data: bytes, content_type: str, cache_control: str) -> None:
        """See `Bucket`."""
        about = {"ContentType": content_type, "CacheControl": cache_control}
        if name := self._settings.prefix + key:  # a bucket's own root is no object
            with self._explaining(name):
                self._client.put_object(Bucket=self._settings.bucket, Key=name, Body=data, **about)

    def delete(self, key: str) -> None:
        """See `Bucket`."""
        if name := self._settings.prefix + key:
            with self._explaining(name):
                self._client.delete_object(Bucket=self._settings.bucket, Key=name)

    @contextmanager
    def _explaining(self, key: str) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, Boto3Error, ClientError) as error:
            raise MirrorError(f"bucket {self._settings.bucket}, {key}: {error}") from error


def _client(settings: S3, proxy: str | None, ca_file: Path | None) -> Any:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        hint = "pip install 'newsletter[s3]'"
        raise SettingsError([f"publish.s3: boto3 is needed, and not installed: {hint}"]) from error
    secret = settings.secret.get_secret_value()
    config = Config(
        connect_timeout=CONNECT,
        read_timeout=READ,
        retries={"max_attempts": ATTEMPTS, "mode": "standard"},
        request_checksum_calculation="when_required",  # others than Amazon refuse the newer checksums
        response_checksum_validation="when_required",
        proxies={"http": proxy, "https": proxy} if proxy else {},
    )
    try:
        return boto3.session.Session().client(
            "s3",
            region_name=settings.region,
            endpoint_url=settings.endpoint,
            aws_access_key_id=settings.key or None,
            aws_secret_access_key=secret or None,
            verify=_trusted(ca_file),
            config=config,
        )
    except (BotoCoreError, ValueError) as error:
        raise SettingsError([f"publish.s3: {error}"]) from error


def _trusted(ca_file: Path | None) -> str:
    """A file with the public authorities, and the house's own beside them; nothing is taken from the environment."""
    if ca_file is None:
        return certifi.where()
    descriptor, name = tempfile.mkstemp(prefix="newsletter-authorities-", suffix=".pem")
    atexit.register(Path(name).unlink, missing_ok=True)
    with os.fdopen(descriptor, "wb") as file:
        file.write(Path(certifi.where()).read_bytes() + b"\n" + ca_file.read_bytes())
    return name
