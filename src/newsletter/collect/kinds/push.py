"""Kind `push`: nothing is fetched; another program pushes its releases in, by the API."""

from __future__ import annotations

from newsletter.collect.kinds import Discovery, Leaf, Visit

GUESSED = False
FIRST_PAGES = 1
FIRST_RELEASES = 1


async def discover(visit: Visit) -> Discovery:
    """Nothing new: what there is came by itself."""
    return Discovery(unchanged=True)


async def leaf(visit: Visit, url: str) -> Leaf:
    """Nothing of the past either."""
    return Leaf(url)
