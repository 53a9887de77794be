"""The sample portal as a Starlette app: a paged list of releases, their pages, pictures and documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from itertools import islice

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from newsletter.demo.portal.content import HERE, TIMEZONE, SampleRelease, Stage, plain_pages, releases
from newsletter.demo.portal.pdf import write_pdf
from newsletter.i18n import long_date

PER_PAGE = 10
RELATED = 3
ROBOTS = "User-agent: *\nDisallow: /intern/\n"

_pages = Environment(
    loader=FileSystemLoader(HERE / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.globals["long_date"] = long_date


@dataclass
class PortalState:
    """How far the portal's story has gone; shared by the app and whoever tells the story."""

    stage: Stage = Stage.FIRST_LOOK

    def advance(self) -> Stage:
        """Go on to the next stage and return it; the last one stays."""
        self.stage = Stage(min(self.stage + 1, max(Stage)))
        return self.stage


def create_portal(today: date, state: PortalState | None = None) -> Starlette:
    """Make the portal as it looks on the morning of `today`; its newest release is of the evening before."""
    portal = _Portal(today, state or PortalState())
    return Starlette(
        routes=[
            Route("/", lambda request: RedirectResponse("/presse")),
            Route("/presse", portal.index),
            Route("/presse/{slug}", portal.release),
            Route("/feed.xml", portal.feed),
            Route("/dokumente/{file}.pdf", portal.document),
            Route("/robots.txt", lambda request: PlainTextResponse(ROBOTS)),
            Mount("/bilder", StaticFiles(directory=HERE / "pictures")),
            Mount("/assets", StaticFiles(directory=HERE / "assets")),
            Route("/{name:path}", portal.plain),
        ],
        exception_handlers={404: _missing},
    )


class _Portal:
    def __init__(self, today: date, state: PortalState) -> None:
        self.today = today
        self.state = state

    @property
    def releases(self) -> list[SampleRelease]:
        return [release for release in releases(self.today, self.state.stage) if not release.withdrawn]

    async def index(self, request: Request) -> Response:
        """One page of the list, newest first."""
        pages = -(-len(self.releases) // PER_PAGE)
        wish = request.query_params.get("seite", "1")
        if not wish.isdecimal() or not 1 <= int(wish) <= pages:
            raise HTTPException(404)
        start = (int(wish) - 1) * PER_PAGE
        shown = self.releases[start : start + PER_PAGE]
        return self._answer(request, "list.html", releases=shown, page=int(wish), pages=pages)

    async def release(self, request: Request) -> Response:
        """The page of one release; 410 where it was withdrawn."""
        slug = request.path_params["slug"]
        found = next((release for release in releases(self.today, self.state.stage) if release.slug == slug), None)
        if found is None:
            raise HTTPException(404)
        if found.withdrawn:
            return self._answer(request, "withdrawn.html", status=410)
        return self._answer(request, "release.html", release=found, related=self._related(found))

    async def feed(self, request: Request) -> Response:
        """The newest releases as RSS 2.0, in summaries."""
        shown = self.releases[:PER_PAGE]
        return self._answer(request, "feed.xml", "application/rss+xml", releases=shown, rfc822=format_datetime)

    async def document(self, request: Request) -> Response:
        """A document of a release as PDF."""
        file = request.path_params["file"]
        for release in self.releases:
            for document in release.documents:
                if document.file == file:
                    body = write_pdf(document.title, document.text, release.language)
                    return _conditional(request, Response(body, media_type="application/pdf"), self._changed)
        raise HTTPException(404)

    async def plain(self, request: Request) -> Response:
        """A page around the press office."""
        page = plain_pages().get(request.path_params["name"].strip("/"))
        if page is None:
            raise HTTPException(404)
        return self._answer(request, "plain.html", page=page)

    def _related(self, release: SampleRelease) -> list[SampleRelease]:
        """The cards under a release: the next newer ones, filled up with others."""
        others = [other for other in self.releases if other.slug != release.slug]
        newer = [other for other in others if other.published > release.published][-RELATED:]
        return newer + list(islice((other for other in others if other not in newer), RELATED - len(newer)))

    @property
    def _changed(self) -> datetime:
        """When any page last changed: at midnight of `today`, then every twenty minutes a stage."""
        return datetime.combine(self.today, time(), TIMEZONE) + timedelta(minutes=20 * self.state.stage)

    def _answer(
        self, request: Request, template: str, media_type: str = "text/html", status: int = 200, **values: object
    ) -> Response:
        content = _render(template, request, **values)
        return _conditional(request, Response(content, status, media_type=media_type), self._changed)


async def _missing(request: Request, error: Exception) -> Response:
    return Response(_render("missing.html", request), 404, media_type="text/html")


def _render(template: str, request: Request, **values: object) -> str:
    site = str(request.base_url).rstrip("/")
    return _pages.get_template(template).render(site=site, path=request.url.path, **values)


def _conditional(request: Request, response: Response, changed: datetime) -> Response:
    """Answer 304 where the reader has these bytes already (RFC 9110, 13.1.2 and 13.1.3)."""
    etag = f'"{sha256(response.body).hexdigest()[:32]}"'
    validators = {"ETag": etag, "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True)}
    response.headers.update(validators)
    if response.status_code == 200 and _has_already(request, etag, changed):
        return Response(status_code=304, headers=validators)
    return response


def _has_already(request: Request, etag: str, changed: datetime) -> bool:
    if known := request.headers.get("if-none-match"):
        return etag in (tag.strip().removeprefix("W/") for tag in known.split(",")) or known.strip() == "*"
    try:
        return changed <= parsedate_to_datetime(request.headers.get("if-modified-since", "")).astimezone(UTC)
    except ValueError:
        return False
