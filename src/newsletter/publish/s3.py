"""An S3-compatible object store, through boto3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from newsletter.config.publish import S3
from newsletter.errors import MirrorError, SettingsError

CONNECT, READ = 5, 30  # seconds
ATTEMPTS = 4


class S3Bucket:
    """See `newsletter.publish.mirror.Bucket`."""

    def __init__(self, settings: S3, *, proxy: str | None = None, ca_file: Path | None = None) -> None:
        """Raises SettingsError where boto3 is not installed."""
        self._settings = settings
        self._client = _client(settings, proxy, ca_file)

    def put(self, key: str, data: bytes, content_type: str, cache_control: str) -> None:
        """See `Bucket`."""
        about = {"ContentType": content_type, "CacheControl": cache_control}
        with self._explaining(key):
            self._client.put_object(Bucket=self._settings.bucket, Key=self._settings.prefix + key, Body=data, **about)

    def delete(self, key: str) -> None:
        """See `Bucket`."""
        with self._explaining(key):
            self._client.delete_object(Bucket=self._settings.bucket, Key=self._settings.prefix + key)

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
    return boto3.session.Session().client(
        "s3",
        region_name=settings.region,
        endpoint_url=settings.endpoint,
        aws_access_key_id=settings.key or None,
        aws_secret_access_key=secret or None,
        verify=str(ca_file) if ca_file else None,
        config=config,
    )
