"""The search: an address of its own for each question, changed by nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from markupsafe import Markup, escape
from starlette.responses import Response

from newsletter.model import Release
from newsletter.store.search import Asked
from newsletter.store.words import SHORTEST_END, folded, stems
from newsletter.web.answers import Visit, WebServices, answer

ON_A_PAGE = 20
LONGEST = 200  # characters of a question that come back in the field
AROUND = 100  # characters of a snippet before and after the first word found
MOST_PAGES = 500
OPEN, CLOSE, NOTHING = Markup("<mark>"), Markup("</mark>"), Markup()
PERIODS = {"week": timedelta(days=7), "month": timedelta(days=31), "year": timedelta(days=366)}


class Place(NamedTuple):
    """Where to look: what stands for it in an address, and its title. A topic is of the feed before it."""

    value: str
    title: str


def show(services: WebServices, visit: Visit) -> Response:
    """The form, and what was found."""
    said = visit.request.query_params
    query, page = said.get("q", "").replace("\0", " ")[:LONGEST].strip(), _page(said.get("page", ""))
    feeds = list(_feeds(services))
    within = _known(said.get("in", ""), {place.value for feed in feeds for place in feed})
    since = _known(said.get("since", ""), PERIODS)
    asked = _asked(stems(query), within, services.clock() - PERIODS[since] if since else None)
    hits = services.search(asked, services.clock(), ON_A_PAGE, (page - 1) * ON_A_PAGE)
    pages = min(-(-hits.total // ON_A_PAGE), MOST_PAGES)
    if page > pages > 0:  # there are fewer by now
        page = pages
        hits = services.search(asked, services.clock(), ON_A_PAGE, (page - 1) * ON_A_PAGE)
    values: dict[str, Any] = {
        "said": {"q": query, "in": within, "since": since, "lang": visit.language},
        "feeds": feeds,
        "count": hits.total,
        "found": [(release, snippet(release, asked.words)) for release in hits.releases],
        "page": page,
        "pages": pages,
    }
    return answer(services, visit, "search.html", asked=bool(asked.words), **values)


def _known(said: str, known: Container[str]) -> str:
    """What an address says, nothing where it is not known: a feed that was removed must not make it an error."""
    return said if said in known else ""


def _asked(words: list[str], within: str, since: datetime | None) -> Asked:
    feed, _, topic = within.partition("/")
    return Asked(words, feed, topic, since)


def _feeds(services: WebServices) -> Iterator[list[Place]]:
    """Each feed, and its topics after it."""
    topics_of = services.subscribing.offer.topics_of
    for slug, feed in sorted(services.settings.feeds.items(), key=lambda pair: pair[1].title.casefold()):
        yield [Place(slug, feed.title), *(Place(f"{slug}/{each.slug}", each.title) for each in topics_of(slug))]


def snippet(release: Release, wanted: Sequence[str]) -> Markup:
    """Where a release first says one of the words, with all of them marked; everything else escaped."""
    text = f"{release.teaser or ''} {release.body_text or ''}".strip()
    plain, origin = _mapped(text)
    places = [place for word in wanted for place in islice(_places(plain, word), 1)]
    middle = origin[min(places)] if places else 0
    begin, end = max(0, middle - AROUND), middle + AROUND
    return Markup("").join((_cut(begin > 0), _marked(text[begin:end], wanted), _cut(end < len(text))))


def _cut(cut: bool) -> str:
    return "…" if cut else ""


def _marked(text: str, wanted: Sequence[str]) -> Markup:
    plain, origin = _mapped(text)
    marked: set[int] = set()
    for word in wanted:
        for place in _places(plain, word):
            marked.update(origin[place : place + len(word)])
    pieces = Markup("")
    for number, character in enumerate(text):
        opens = number in marked and number - 1 not in marked
        closes = number in marked and number + 1 not in marked
        pieces += (OPEN if opens else NOTHING) + escape(character) + (CLOSE if closes else NOTHING)
    return pieces


def _places(plain: str, word: str) -> Iterator[int]:
    """Where a word is found; a short one only where it stands alone."""
    place = plain.find(word)
    while place >= 0:
        around = plain[max(place - 1, 0) : place] + plain[place + len(word) : place + len(word) + 1]
        if len(word) >= SHORTEST_END or not any(character.isalnum() for character in around):
            yield place
        place = plain.find(word, place + len(word))


def _mapped(text: str) -> tuple[str, list[int]]:
    """The folded text, and of each of its characters the place in `text`."""
    pairs = [(part, number) for number, character in enumerate(text) for part in folded(character)]
    return "".join(part for part, _ in pairs), [number for _, number in pairs]


def _page(said: str) -> int:
    return min(int(said), MOST_PAGES) if said.isascii() and said.isdigit() and 0 < len(said) < 6 and int(said) else 1
