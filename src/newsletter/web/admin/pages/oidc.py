"""Signing in through the house's own provider. What is under way stands in a cookie of the browser that began it.

It begins with a link, not a form: browsers hold the redirect of a form to `form-action 'self'`.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from newsletter.app.openid import Flow, OpenId
from newsletter.errors import FetchError, TokenError
from newsletter.model import Account
from newsletter.web.admin.cookie import path_of, secure
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.sign_in import TOO_OFTEN, begin, inside, too_often
from newsletter.web.admin.route import page

log = structlog.get_logger("newsletter.web")
NAME = "newsletter_flow"
SECONDS = 600


def _(message: str) -> str:
    return message  # marks a message for the catalogues


NOT_IN = _("You could not be signed in")
UNFIT = _(
    "The answer of your house’s sign-in does not fit. "
    "Please try again; if it happens again, look into the program’s log."
)
NO_ROLE = _("Your account has no role here. Those who run your house’s sign-in can give you one.")
AWAY = _("Your house’s sign-in cannot be reached. Please try again in a few minutes.")


@page("/oidc", None)
def start(desk: Desk) -> Response:
    """Lead on to the provider."""
    try:
        address, flow = _openid(desk).begin(inside(desk.query("to")))
    except FetchError as error:
        log.error("openid", error=str(error))
        return _not_in(desk, AWAY, 503)
    response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    value = base64.urlsafe_b64encode(json.dumps(flow.values()).encode()).decode()
    response.set_cookie(NAME, value, SECONDS, path=path_of(desk), secure=secure(desk), httponly=True, samesite="lax")
    return response


@page("/oidc/back", None)
def back(desk: Desk) -> Response:
    """Let in whom the provider sends back to the browser that it was begun with; on record as any sign-in."""
    openid, flow = _openid(desk), _flow(desk)
    if flow is None:
        return _not_in(desk, UNFIT, 422)
    if too_often(desk, "(openid)"):
        return _not_in(desk, TOO_OFTEN, 429)
    with desk.program.audit.action("(nobody)", "session.begin", "") as record:
        record["outcome"] = "refused"
        response = _finished(desk, openid, flow, record)
    response.delete_cookie(NAME, path_of(desk), secure=secure(desk), httponly=True, samesite="lax")
    return response


def _finished(desk: Desk, openid: OpenId, flow: Flow, record: dict[str, Any]) -> Response:
    try:
        account: Account | None = openid.finish(flow, desk.request.query_params, desk.now)
    except TokenError as error:
        log.warning("openid", error=str(error))
        record["why"] = str(error)
        return _not_in(desk, UNFIT, 422)
    except FetchError as error:
        log.error("openid", error=str(error))
        record["why"] = str(error)
        return _not_in(desk, AWAY, 503)
    if account is None:
        return _not_in(desk, NO_ROLE, 403)
    record.update(account=account.name, roles=dict(account.roles), outcome="done")
    return begin(desk, account, flow.to)


def _openid(desk: Desk) -> OpenId:
    if desk.program.openid is None:
        raise HTTPException(404)
    return desk.program.openid


def _flow(desk: Desk) -> Flow | None:
    try:
        return Flow(**json.loads(base64.urlsafe_b64decode(desk.request.cookies.get(NAME, ""))))
    except (ValueError, TypeError):
        return None


def _not_in(desk: Desk, why: str, status: int) -> Response:
    return desk.show("message.html", status, heading=desk.say(NOT_IN), paragraphs=[desk.say(why)])
