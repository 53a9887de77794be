"""The API as one ASGI application, for `create_app(services, inside={"/api": …})`."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from newsletter.app import Program
from newsletter.model import Scope
from newsletter.web.api import editions, releases, subscribers, suppressions
from newsletter.web.api.docs import Docs
from newsletter.web.api.problems import Problem, documented, handle
from newsletter.web.api.route import SCHEME, Guarded

ABOUT: Final = """\
What editors can do, for programs. Each needs a token (`newsletter tokens add`), which is sent as
`Authorization: Bearer nl_…` and may be used for its scopes only.

Lists come in pages: `next` of one is `after` of the following. A POST with an `Idempotency-Key` is done once: the same
again, within a day, is answered as before. Errors are problem details (RFC 9457). Moments have a time zone.
"""
SCOPES: Final = ", ".join(f"`{scope}`" for scope in Scope)
VERSION: Final = "1"  # of the API, not of the program: what is in it stays, and more may come
OPENAPI: Final = "/v1/openapi.json"
ROUTERS: Final = (releases.router, editions.router, subscribers.router, suppressions.router)


def create_api(program: Program) -> FastAPI:
    """The API of a program, mounted at `/api`: its addresses, their description, and the description for people."""
    app = FastAPI(
        title=f"{program.settings.site.title}: API",
        version=VERSION,
        description=ABOUT,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        responses=documented(400, 401, 403, 422, 503),
    )
    app.state.program = program
    handle(app, _allowed)
    for router in ROUTERS:
        app.include_router(router)
    description = _described(app, program.settings.site.base_url)
    app.openapi = lambda: description  # type: ignore[method-assign]  # as FastAPI's documentation extends it

    async def openapi(request: Request) -> Response:
        return JSONResponse(description, headers={"Cache-Control": "public, max-age=300"})

    async def entrance(request: Request) -> Response:
        return RedirectResponse(f"{program.pages.root}/api/docs", 307)

    app.add_route("/", entrance, include_in_schema=False)
    app.add_route(OPENAPI, openapi, include_in_schema=False)
    app.add_route("/docs", Docs(program, description).show, include_in_schema=False)
    return app


def _allowed(request: Request) -> set[str]:
    """The methods of an address, whichever routes have them."""
    path = request.scope["path"].removeprefix(request.scope["root_path"])
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, Guarded)]
    return {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}


def _described(app: FastAPI, base_url: str) -> dict[str, Any]:
    """The OpenAPI document; what FastAPI cannot know of it is added."""
    found = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        servers=[{"url": f"{base_url}/api"}],
    )
    parts = found.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts["schemas"] |= parts["schemas"]["Problem"].pop("$defs", {})
    scheme = {"type": "http", "scheme": "bearer", "description": f"A token with one of these scopes: {SCOPES}."}
    parts["securitySchemes"] = {SCHEME: scheme}
    return found
