"""Telling a CDN which addresses say something else now. What it was not told is remembered beside the files."""

from __future__ import annotations

import json
from collections.abc import Iterable

import httpx

from newsletter.errors import MirrorError
from newsletter.publish.writer import Writer

UNTOLD = ".untold"
AT_ONCE = 30  # addresses in a call: as many as Cloudflare takes of everybody
PATIENCE = httpx.Timeout(20)  # seconds


class Purge:
    """Posts `{"files": [address, …]}` with a bearer token."""

    def __init__(self, address: str, token: str, base_url: str, writer: Writer, way: httpx.BaseTransport) -> None:
        self._address = address
        self._base_url = base_url
        self._writer = writer
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(transport=way, timeout=PATIENCE, trust_env=False, headers=headers)

    def remember(self, paths: Iterable[str]) -> None:
        """Have these told by the next `tell`, even after a crash."""
        untold = self._untold()
        found = list(dict.fromkeys([*untold, *paths]))
        if found != untold:
            self._writer.write(UNTOLD, json.dumps(found).encode())

    def tell(self) -> None:
        """Tell what was remembered. Raises MirrorError; what was told until then is not told again."""
        while untold := self._untold():
            self._post([f"{self._base_url}{path}" for path in untold[:AT_ONCE]])
            left = [path for path in self._untold() if path not in untold[:AT_ONCE]]  # some may have come meanwhile
            self._writer.write(UNTOLD, json.dumps(left).encode())

    def _post(self, addresses: list[str]) -> None:
        try:
            answer = self._client.post(self._address, json={"files": addresses})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise MirrorError(f"{self._address}: {str(error) or type(error).__name__}") from error
        if not answer.is_success:
            raise MirrorError(f"{self._address}: answered {answer.status_code}")

    def _untold(self) -> list[str]:
        try:
            found = json.loads(self._writer.read(UNTOLD) or b"[]")
        except ValueError:
            return []
        return [path for path in found if isinstance(path, str)] if isinstance(found, list) else []
