"""The web as one ASGI application: the published files, and the pages people act on. No session, no cookie.

From the outside in: the public path is taken off, headers are added, the request is logged, bodies are bounded,
published files are answered, and what is left goes to a router. What is for editors and programs are applications of
their own, which it is given. For published files that are asked for again there is a shorter way (quick.py).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from newsletter.errors import NotFound, StoreError, TokenError
from newsletter.resources import folder
from newsletter.web import search
from newsletter.web.access import Access
from newsletter.web.answers import Visit, WebServices
from newsletter.web.data import Data
from newsletter.web.door import Door
from newsletter.web.files import Kept
from newsletter.web.headers import Prefix, SecurityHeaders, security_headers
from newsletter.web.hooks import Hooks
from newsletter.web.language import spoken
from newsletter.web.metrics import Metrics
from newsletter.web.own import Own
from newsletter.web.published import Published
from newsletter.web.quick import Quick
from newsletter.web.security_txt import PATH as SECURITY_TXT
from newsletter.web.security_txt import security_txt
from newsletter.web.subscribe import Subscribe
from newsletter.web.trouble import Trouble

MOST_BYTES = 64 * 1024  # of a request's body
MOST_BYTES_UNDER = {
    "/hooks/": 1024 * 1024,  # a provider's call: many events at once
    "/api/": 4 * 1024 * 1024,
}
BOUNDS_ITSELF = "/admin/"  # form by form, and with a page that helps
MOST_FIELDS = 500

Page = Callable[[Visit], Response]


def create_app(services: WebServices, inside: Mapping[str, ASGIApp] = MappingProxyType({})) -> Quick:
    """Everything under the public address; `inside` are applications for a path each, as `/admin`.

    Raises SettingsError where a trusted proxy is no address.
    """
    trouble = Trouble(services)
    root = urlsplit(services.settings.site.base_url).path.rstrip("/")
    router = Starlette(
        routes=[*_routes(services), *_mounted(inside, root)],
        exception_handlers={
            HTTPException: trouble.http,
            TokenError: trouble.not_ours,
            NotFound: trouble.not_ours,
            StoreError: trouble.busy,
            Exception: trouble.unforeseen,
        },
    )
    router.router.redirect_slashes = False
    aliases = {alias: slug for slug, feed in services.settings.feeds.items() for alias in feed.aliases}
    base_url, hosted = services.settings.site.base_url, services.settings.publish.images == "host"
    headers = security_headers(base_url, hosted=hosted)
    kept = Kept(security_headers(base_url, hosted=hosted, script_src="'self'"))  # share.js
    app: ASGIApp = Published(router, services.settings.publish.directory, root, aliases, kept)
    app = SecurityHeaders(Access(Bounded(app), trouble), headers)
    return Quick(Prefix(app, root), kept, root)


class Bounded:
    """Refuses bodies that are too long."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._pages = RequestBodyLimitMiddleware(app, MOST_BYTES)
        self._others = {path: RequestBodyLimitMiddleware(app, most) for path, most in MOST_BYTES_UNDER.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        path = scope.get("path", "")
        if path.startswith(BOUNDS_ITSELF):
            await self._app(scope, receive, send)
            return
        bounded = next((app for start, app in self._others.items() if path.startswith(start)), self._pages)
        await bounded(scope, receive, send)


def _routes(services: WebServices) -> list[BaseRoute]:
    door = Door(services)
    subscribe, embedded = Subscribe(services, door), Subscribe(services, door, framed=True)
    own, data = Own(services), Data(services, door)
    language = services.settings.site.language

    def ready(request: Request) -> Response:
        problems = services.ready()
        return PlainTextResponse("\n".join(problems or ["ready"]) + "\n", 503 if problems else 200)

    def security(request: Request) -> Response:
        text = security_txt(services.settings, services.clock())
        if text is None:
            raise HTTPException(404)
        return PlainTextResponse(text, headers={"Cache-Control": "public, max-age=86400"})

    def script(request: Request) -> Response:
        return FileResponse(folder("templates") / "web/pow.js", headers={"Cache-Control": "public, max-age=86400"})

    return [
        Route("/subscribe", _page(language, subscribe.show), methods=["GET"]),
        Route("/subscribe", _page(language, subscribe.take), methods=["POST"]),
        Route("/embed/subscribe", _page(language, embedded.show), methods=["GET"]),
        Route("/embed/subscribe", _page(language, embedded.take), methods=["POST"]),
        Route("/pow.js", script, methods=["GET"]),
        Route("/my-data", _page(language, data.show), methods=["GET"]),
        Route("/my-data", _page(language, data.take), methods=["POST"]),
        Route("/data/{token}", _page(language, data.own), methods=["GET", "POST"]),
        Route("/data/{token}/export.json", _page(language, data.export), methods=["GET"]),
        Route("/address/{token}", _page(language, data.address), methods=["GET", "POST"]),
        Route("/undo/{token}", _page(language, own.undo), methods=["GET", "POST"]),
        Route("/confirm/{token}", _page(language, own.confirm), methods=["GET", "POST"]),
        Route("/preferences/{token}", _page(language, own.preferences), methods=["GET", "POST"]),
        Route("/unsubscribe/{token}", _page(language, own.unsubscribe, lenient=True), methods=["GET", "POST"]),
        Route("/search", _page(language, lambda visit: search.show(services, visit)), methods=["GET"]),
        Route(SECURITY_TXT, security, methods=["GET"]),
        Route("/healthz", lambda request: PlainTextResponse("ok\n")),
        Route("/readyz", ready),
        Route("/metrics", Metrics(services)),
        Route("/hooks/{provider}", Hooks(services).take, methods=["POST"]),
    ]


def _mounted(inside: Mapping[str, ASGIApp], root: str) -> Iterator[BaseRoute]:
    for path, app in inside.items():
        yield Route(path, lambda request, path=path: RedirectResponse(f"{root}{path}/", 308))
        mount = Mount(path, app)
        mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)  # a line break in a path is its matter, too
        yield mount


def _page(default: str, page: Page, *, lenient: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that reads what was sent and runs the page in a thread: the store blocks.

    `lenient`: a form that cannot be read is an empty one; who wants to leave is not kept by a mail program's mistake.
    """

    async def endpoint(request: Request) -> Response:
        sent = None
        if request.method == "POST":
            try:
                sent = await request.form(max_files=0, max_fields=MOST_FIELDS)
            except HTTPException as error:
                if not lenient or error.status_code != 400:
                    raise
                sent = FormData()
        return await run_in_threadpool(page, Visit(request, spoken(request, default), sent))

    return endpoint
