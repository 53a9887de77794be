"""The formats that feeds come in, one file each.

The file's name is the end of the feed's address; it is found, not registered. A format has `NAME` (for people),
`MEDIA_TYPE` and `build(feed) -> bytes`, which is a pure function: equal feeds, equal bytes.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from newsletter.publish.content import FeedContent


class Format(Protocol):
    """What a file of this folder provides."""

    NAME: str
    MEDIA_TYPE: str

    def build(self, feed: FeedContent) -> bytes:
        """The feed's bytes."""
        ...


@cache
def formats() -> dict[str, Format]:
    """Every format by the end of its address: `atom`, `json`, `rss`."""
    names = sorted(module.name for module in iter_modules(__path__))
    return {name: cast(Format, import_module(f"{__name__}.{name}")) for name in names}
