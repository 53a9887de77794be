"""The search: an address of its own for each question, changed by nothing."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape
from starlette.responses import Response

from newsletter.model import Release
from newsletter.store.words import folded, stems
from newsletter.web.answers import Visit, WebServices, answer

ON_A_PAGE = 20
LONGEST = 200  # characters of a question that come back in the field
AROUND = 100  # characters of a snippet before and after the first word found
MOST_PAGES = 500
OPEN, CLOSE, NOTHING = Markup("<mark>"), Markup("</mark>"), Markup()


def show(services: WebServices, visit: Visit) -> Response:
    """The form, and what was found."""
    query = visit.request.query_params.get("q", "").replace("\0", " ")[:LONGEST].strip()
    wanted, page = stems(query), _page(visit.request.query_params.get("page", ""))
    hits = services.search(wanted, services.clock(), ON_A_PAGE, (page - 1) * ON_A_PAGE)
    found = [(release, snippet(release, wanted)) for release in hits.releases]
    pages = -(-hits.total // ON_A_PAGE)
    values: dict[str, Any] = {"query": query, "count": hits.total, "found": found, "page": page, "pages": pages}
    return answer(services, visit, "search.html", asked=bool(wanted), **values)


def snippet(release: Release, wanted: list[str]) -> Markup:
    """Where a release first says one of the words, with all of them marked; everything else escaped."""
    text = f"{release.teaser or ''} {release.body_text or ''}".strip()
    plain, origin = _mapped(text)
    places = [place for word in wanted if (place := plain.find(word)) >= 0]
    middle = origin[min(places)] if places else 0
    begin, end = max(0, middle - AROUND), middle + AROUND
    return Markup("").join((_cut(begin > 0), _marked(text[begin:end], wanted), _cut(end < len(text))))


def _cut(cut: bool) -> str:
    return "…" if cut else ""


def _marked(text: str, wanted: list[str]) -> Markup:
    plain, origin = _mapped(text)
    marked: set[int] = set()
    for word in wanted:
        place = plain.find(word)
        while place >= 0:
            marked.update(origin[place : place + len(word)])
            place = plain.find(word, place + len(word))
    pieces = Markup("")
    for number, character in enumerate(text):
        opens = number in marked and number - 1 not in marked
        closes = number in marked and number + 1 not in marked
        pieces += (OPEN if opens else NOTHING) + escape(character) + (CLOSE if closes else NOTHING)
    return pieces


def _mapped(text: str) -> tuple[str, list[int]]:
    """The folded text, and of each of its characters the place in `text`."""
    pairs = [(part, number) for number, character in enumerate(text) for part in folded(character)]
    return "".join(part for part, _ in pairs), [number for _, number in pairs]


def _page(said: str) -> int:
    return min(int(said), MOST_PAGES) if said.isascii() and said.isdigit() and 0 < len(said) < 6 and int(said) else 1
