"""Signing in and out, and the page of an invitation."""

from __future__ import annotations

import re
from io import BytesIO

import pyotp
import segno
from starlette.responses import Response

from newsletter.app.signin import LONGEST_PASSWORD, SHORTEST_PASSWORD
from newsletter.errors import BadInput, TokenError
from newsletter.model import Account
from newsletter.web.admin.cookie import hand_over, take_back
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.route import action, page
from newsletter.web.limit import Clients

INSIDE = re.compile(r"/[a-z0-9/_.-]*\Z", re.IGNORECASE)  # where somebody may be led on to: never to another site


def _(message: str) -> str:
    return message  # marks a message for the catalogues


WRONG = _("Name, password and code do not fit together. Please check all three; a code is good for half a minute.")
TOO_OFTEN = _("Too many tries. Please wait a quarter of an hour.")
PASSWORD = _("Please choose a password of %(least)s characters or more. A sentence is a good one.")
CODE = _("This code does not fit. Please wait for the next one, and check the clock of your device.")


@page("/sign-in", None)
def show(desk: Desk) -> Response:
    """The form."""
    return desk.go("/") if desk.signed_in is not None else _form(desk, desk.query("to"))


@action("/sign-in", "session.begin", None)
def sign_in(desk: Desk) -> Response:
    """Let in who knows all three."""
    if not desk.program.settings.admin.local:
        return _form(desk, desk.typed("to"), status=403)
    name = desk.typed("name").lower()
    desk.record["account"] = desk.program.signin.known(name)  # what is no name may be a password in the wrong field
    if too_often(desk, name):
        return _form(desk, desk.typed("to"), TOO_OFTEN, 429)
    account = desk.program.signin.check(name, _password(desk), desk.typed("code"), desk.now)
    if account is None:
        return _form(desk, desk.typed("to"), WRONG, 422)
    return begin(desk, account, desk.typed("to"))


@action("/sign-out", "session.end", None)
def sign_out(desk: Desk) -> Response:
    """End the session."""
    if desk.signed_in is not None:
        desk.program.signin.accounts.end(key=desk.signed_in.session.key)
    return take_back(desk, desk.go("/sign-in", desk.say(_("You are signed out."))))


@page("/welcome/{token}", None)
def welcome(desk: Desk) -> Response:
    """Where somebody new chooses a password and sets up their codes."""
    return _welcome(desk, {})


@page("/welcome/{token}/key.svg", None)
def picture(desk: Desk) -> Response:
    """The key as a QR code, dark on light in every look: cameras need that."""
    token = desk.param("token")
    account = desk.program.signin.guest(token, desk.now)
    drawn = BytesIO()
    address = _otpauth(desk, account, desk.program.signin.proposed_secret(token))
    segno.make(address, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@action("/welcome/{token}", "account.accept", None)
def accept(desk: Desk) -> Response:
    """Take up an invitation."""
    if not desk.program.settings.admin.local:
        return _gone(desk)
    try:
        account = desk.program.signin.accept(desk.param("token"), _password(desk), desk.typed("code"), desk.now)
    except TokenError:
        return _gone(desk)
    except BadInput as error:
        wrong = {"password": desk.say(PASSWORD, least=SHORTEST_PASSWORD), "code": desk.say(CODE)}
        return _welcome(desk, {str(error): wrong[str(error)]}, 422)
    desk.record["account"] = account.name
    return begin(desk, account, "")


def inside(to: str) -> str:
    """Where somebody is led on to; empty for whatever is no page of ours."""
    return to if INSIDE.match(to) else ""


def _form(desk: Desk, to: str, wrong: str = "", status: int = 200) -> Response:
    errors = {"name": desk.say(wrong)} if wrong else {}
    settings = desk.program.settings.admin
    return desk.show(
        "sign_in.html",
        status,
        errors=errors,
        name=desk.typed("name"),
        to=inside(to),
        local=settings.local,
        site_sign_in=settings.oidc is not None,
    )


def _welcome(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    token = desk.param("token")
    if not desk.program.settings.admin.local:
        return _gone(desk)
    try:
        account = desk.program.signin.guest(token, desk.now)
    except TokenError:
        return _gone(desk)
    secret = desk.program.signin.proposed_secret(token)
    return desk.show(
        "welcome.html",
        status,
        guest=account,
        token=token,
        secret=" ".join(re.findall(".{1,4}", secret)),
        address=_otpauth(desk, account, secret),
        errors=errors,
        least=SHORTEST_PASSWORD,
        most=LONGEST_PASSWORD,
    )


def _otpauth(desk: Desk, account: Account, secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name=desk.program.settings.site.title)


def _gone(desk: Desk) -> Response:
    return desk.show(
        "message.html",
        410,
        heading=desk.say(_("This invitation is no longer open")),
        paragraphs=[desk.say(_("It was used, or is too old. Ask for a new one: `newsletter admin reset` makes it."))],
    )


def begin(desk: Desk, account: Account, to: str) -> Response:
    """Sign somebody in, in a session of its own, and lead them on."""
    if desk.signed_in is not None:
        desk.program.signin.accounts.end(key=desk.signed_in.session.key)
    cookie = desk.program.signin.begin(account, desk.request.headers.get("user-agent", ""), desk.now)
    return hand_over(desk, desk.go(inside(to) or "/"), cookie)


def too_often(desk: Desk, name: str) -> bool:
    """Whether this client, or whoever tries this name, has to wait."""
    client = Clients(desk.program.settings.web.trusted_proxies).of(desk.request)
    return any(desk.tries.wait(who, desk.now) is not None for who in (f"client {client}", f"name {name}"))


def _password(desk: Desk) -> str:
    """As it was typed, blanks too."""
    value = desk.sent.get("password", "")
    return value if isinstance(value, str) else ""
