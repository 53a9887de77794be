"""`[publish]`: where feeds and pages are written, and who else is given them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from newsletter.config.settings import Table
from newsletter.config.values import WebAddress


class S3(Table):
    """A bucket that mirrors the public directory. Without a key, boto3 looks for one (environment, instance)."""

    bucket: str = Field(min_length=3, max_length=63)
    prefix: str = Field("", pattern=r"^([A-Za-z0-9._-]+/)*$")
    endpoint: WebAddress | None = None
    region: str = Field("eu-central-1", pattern=r"^[a-z0-9-]+$")
    key: str = ""
    secret: SecretStr = SecretStr("")
    secret_file: Path | None = None

    @model_validator(mode="after")
    def _whole(self) -> S3:
        if bool(self.key) != bool(self.secret.get_secret_value() or self.secret_file):
            raise ValueError("key and secret (or secret_file) belong together; without both, boto3 looks for them")
        return self


class Purge(Table):
    """Who keeps copies, and is told which addresses say something else now: as Cloudflare's `purge_cache` takes it."""

    url: WebAddress
    token: SecretStr = SecretStr("")
    token_file: Path | None = None


class Publish(Table):
    """`[publish]`."""

    directory: Path = Path("public")
    images: Literal["host", "link"] = "host"
    hub: WebAddress | None = None
    s3: S3 | None = None
    purge: Purge | None = None
