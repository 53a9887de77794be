"""How a page is answered: rendered in the reader's language, kept by nobody, with a way to the other languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parseaddr

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from newsletter.audience import Subscribing
from newsletter.config import Settings
from newsletter.i18n import language_name, languages, translations
from newsletter.publish.pages import Pages
from newsletter.store.search import Asked, Hits


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class WebServices:
    """What the web needs of the program. `ready` says what keeps it from serving, a line each; none: all is well.

    `metrics` are figures for Prometheus. `hook` takes a provider's call (name, headers, body) and says its status.
    `later` does what follows an answer, and keeps no connection waiting: its next answer would tell how long that took.
    """

    settings: Settings
    subscribing: Subscribing
    pages: Pages
    ready: Callable[[], Sequence[str]]
    metrics: Callable[[], bytes]
    hook: Callable[[str, Mapping[str, str], bytes], int]
    search: Callable[[Asked, datetime, int, int], Hits]
    clock: Callable[[], datetime] = field(default=_utc_now)
    later: Executor = field(default_factory=lambda: ThreadPoolExecutor(1, "later"))


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, its language and what came with it (None for GET)."""

    request: Request
    language: str
    sent: FormData | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A page that only says something: English message ids, values for them, where to go from here (path → title)."""

    title: str
    paragraphs: tuple[str, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    values: dict[str, str] = field(default_factory=dict)

    def filled(self, **values: str) -> Text:
        """The same with these values."""
        return replace(self, values=values)


def answer(services: WebServices, visit: Visit, template: str, status: int = 200, **values: object) -> Response:
    """A page of `templates/web`. Nothing keeps it: it may be somebody's own, and it depends on Accept-Language."""
    others = [
        (other, language_name(other, other), f"?{visit.request.url.include_query_params(lang=other).query}")
        for other in languages()
        if other != visit.language
    ]
    body = services.pages.render(template, visit.language, other_languages=others, **values)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": visit.language}
    return HTMLResponse(body, status, headers)


def say(
    services: WebServices,
    visit: Visit,
    text: Text,
    status: int = 200,
    *,
    template: str = "message.html",
    **values: object,
) -> Response:
    """A page with a title and a few sentences."""
    said = translations(visit.language).gettext
    filled = {"contact": parseaddr(services.settings.site.contact)[1], **text.values}
    return answer(
        services,
        visit,
        template,
        status,
        heading=said(text.title) % filled,
        paragraphs=[said(paragraph) % filled for paragraph in text.paragraphs],
        ways=[(path, said(title)) for path, title in text.ways],
        **values,
    )
