"""A sitemap lists a whole site: where among its pages do the releases lie?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from newsletter.collect.kinds.sitemap import lies_under
from newsletter.collect.scout.way import Way
from newsletter.model import Candidate
from newsletter.said import Said

ENOUGH = 3  # pages under a path, before it counts as one of releases
DEPTH = 5  # folders
_PRESS = re.compile(
    r"presse?|press[-_]?(?:releases?|mitteilung(?:en)?|meldung(?:en)?|informationen)|"
    r"(?:presse|medien)(?:mitteilung(?:en)?|meldung(?:en)?|information(?:en)?|service|archiv)|(?:alle-)?meldung(?:en)?|"
    r"aktuell(?:es)?|nachrichten|neuigkeiten|news(?:room)?|(?:news|media|press)[-_]releases?|mitteilungen",
    re.IGNORECASE,
)


def narrowed(way: Way, seen_from: str) -> Way:
    """The way of a sitemap, kept to where its releases lie: news where it is marked, else the folder of the page that
    was asked for, else the folder that is called by a word for press and holds most. Unchanged where there is none."""
    if way.news or not way.candidates:
        return way
    under = _folder_of(seen_from, way.candidates) or _press_folder(way.candidates)
    if under is None:
        return replace(way, problems=(*way.problems, Said(_TOO_WIDE)))
    return replace(way, under=under, candidates=tuple(one for one in way.candidates if lies_under(one, under)))


_TOO_WIDE = (
    "the sitemap lists every page of the site, and none of its folders is called by a word for press; "
    '[item] under = "/…/" takes what lies under one'
)


def _folder_of(url: str, candidates: Sequence[Candidate]) -> str | None:
    path = re.sub(r"(?:/index)?\.\w{2,5}$", "", urlsplit(url).path).rstrip("/") + "/"
    enough = sum(lies_under(candidate, path) for candidate in candidates) >= ENOUGH
    return path if path != "/" and enough else None


def _press_folder(candidates: Sequence[Candidate]) -> str | None:
    """The folder with most pages under it; a folder within it where it holds more than half of them."""
    counts = Counter(folder for candidate in candidates for folder in _folders(candidate))
    best: str | None = None
    for folder, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if count < ENOUGH:
            break
        if best is None or (folder.startswith(best) and count * 2 > counts[best]):
            best = folder
    return best


def _folders(candidate: Candidate) -> Iterator[str]:
    names = urlsplit(candidate.url).path.split("/")[1:-1][:DEPTH]
    for number, name in enumerate(names, 1):
        if _PRESS.fullmatch(name):
            yield "/" + "/".join(names[:number]) + "/"
