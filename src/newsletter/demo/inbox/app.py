"""The inbox as a Starlette app: the list of received mails, and each mail as HTML, text, headers and source.

A mail's HTML is hostile until proven otherwise: it is served at an address of its own whose policy allows no script, no
form, no frame and no picture but from this machine, and shown in a frame that is sandboxed besides.
"""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from newsletter.demo.inbox.folder import ReceivedMail, received_mails
from newsletter.demo.inbox.preview import Preview
from newsletter.demo.inbox.reading import read_file, visible
from newsletter.resources import folder

HERE = Path(__file__).parent
PER_PAGE = 100
ICONS = {"icon.svg": "image/svg+xml", "favicon.ico": "image/x-icon"}
LONGEST_SOURCE = 1_000_000  # characters; a browser shows no more with pleasure, and the file is one link away

# Content Security Policy 3; a mail's HTML gets its img-src besides
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
MAIL_POLICY = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'"
PICTURES = {"shown": "data: http://127.0.0.1:* http://localhost:*", "blocked": "'none'"}
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)

_pages = Environment(
    loader=FileSystemLoader(HERE / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _size(size: float) -> str:
    """Bytes as people read them: kB of 1000."""
    units = ("bytes", "kB", "MB")
    power = min(len(str(int(size))) - 1, 6) // 3
    return f"{size / 1000**power:.{1 if power else 0}f} {units[power]}"


_pages.filters["size"] = _size
_pages.filters["local"] = lambda moment: moment.astimezone()
_pages.filters["visible"] = visible


def create_inbox(directory: Path) -> Starlette:
    """Make the pages of the inbox whose mails lie in `directory`; they read it anew at every request."""
    inbox = _Inbox(directory)
    return Starlette(
        routes=[
            Route("/", inbox.index),
            Route("/mails/{number:int}", inbox.mail),
            Route("/mails/{number:int}/text", inbox.text),
            Route("/mails/{number:int}/headers", inbox.headers),
            Route("/mails/{number:int}/source", inbox.source),
            Route("/mails/{number:int}/preview", inbox.preview),
            Route("/mails/{number:int}.eml", inbox.file),
            Route("/inbox.css", inbox.style),
            *(Route(f"/{name}", inbox.icon) for name in ICONS),
        ],
        exception_handlers={404: _missing},
    )


class _Inbox:
    """The pages. They are plain functions: Starlette runs those in threads, and reading mails takes its time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def index(self, request: Request) -> Response:
        """A page of the list, newest first."""
        mails = received_mails(self._directory)[::-1]
        pages = max(1, -(-len(mails) // PER_PAGE))
        wish = request.query_params.get("page", "1")
        if not re.fullmatch(r"[1-9][0-9]{0,5}", wish) or int(wish) > pages:
            raise HTTPException(404)
        start = (int(wish) - 1) * PER_PAGE
        shown = [(mail, read_file(mail.path)) for mail in mails[start : start + PER_PAGE]]
        return _page("list.html", shown=shown, total=len(mails), page=int(wish), pages=pages)

    def mail(self, request: Request) -> Response:
        """A mail as its HTML shows it; as text where it has none."""
        return self._shown(request, "html.html", preview=Preview(request.query_params))

    def text(self, request: Request) -> Response:
        """A mail's text part."""
        return self._shown(request, "text.html")

    def headers(self, request: Request) -> Response:
        """A mail's headers, decoded."""
        return self._shown(request, "headers.html")

    def source(self, request: Request) -> Response:
        """A mail as it came over the line."""
        source = visible(self._find(request).raw.decode("utf-8", "replace"))
        return self._shown(request, "source.html", source=source[:LONGEST_SOURCE], cut=len(source) > LONGEST_SOURCE)

    def preview(self, request: Request) -> Response:
        """A mail's HTML itself, for the frame; its links open beside the inbox."""
        html = read_file(self._find(request).path).html
        if html is None:
            raise HTTPException(404)
        start = found.end() if (found := _DOCTYPE.match(html)) else 0
        html = f'{html[:start]}<base target="_blank">{html[start:]}'
        policy = f"{MAIL_POLICY}; img-src {PICTURES[Preview(request.query_params)['pictures']]}"
        return _guarded(Response(html.encode("utf-8", "replace"), media_type="text/html"), policy)

    def file(self, request: Request) -> Response:
        """A mail as a file."""
        path = self._find(request).path
        return _guarded(FileResponse(path, media_type="message/rfc822", filename=path.name), PAGE_POLICY)

    def style(self, request: Request) -> Response:
        """The pages' style sheet."""
        return _guarded(FileResponse(HERE / "pages" / "inbox.css", media_type="text/css"), PAGE_POLICY)

    def icon(self, request: Request) -> Response:
        """The icon of the tab: the one that the newsletter's own pages have."""
        name = request.url.path.removeprefix("/")
        place = folder("templates") / "web" / name
        return _guarded(FileResponse(place, media_type=ICONS[name]), PAGE_POLICY)

    def _shown(self, request: Request, template: str, **values: object) -> Response:
        mail = self._find(request)
        numbers = [other.number for other in received_mails(self._directory)]
        older = max((number for number in numbers if number < mail.number), default=None)
        newer = min((number for number in numbers if number > mail.number), default=None)
        return _page(template, mail=mail, reading=read_file(mail.path), older=older, newer=newer, **values)

    def _find(self, request: Request) -> ReceivedMail:
        number = request.path_params["number"]
        found = next((mail for mail in received_mails(self._directory) if mail.number == number), None)
        if found is None:
            raise HTTPException(404)
        return found


def _missing(request: Request, error: Exception) -> Response:
    return _page("missing.html", 404)


def _page(template: str, status: int = 200, /, **values: object) -> Response:
    content = _pages.get_template(template).render(**values)
    return _guarded(Response(content, status, media_type="text/html"), PAGE_POLICY)


def _guarded(response: Response, policy: str) -> Response:
    response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    return response
