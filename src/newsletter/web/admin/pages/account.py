"""One's own account: sessions, password, one-time codes."""

from __future__ import annotations

import re
from io import BytesIO

import pyotp
import segno
from starlette.responses import Response

from newsletter.app.signin import LONGEST_PASSWORD, SHORTEST_PASSWORD, SignedIn
from newsletter.errors import BadInput
from newsletter.model import Role
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.sign_in import CODE, PASSWORD, TOO_OFTEN
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


OLD = _("This is not your password.")


@page("/account", Role.VIEWER)
def show(desk: Desk) -> Response:
    """Who one is here, and where one is signed in."""
    return desk.show("account.html", sessions=desk.program.signin.open_sessions(desk.account.id, desk.now))


@action("/account/end", "session.end", Role.VIEWER)
def end(desk: Desk) -> Response:
    """End one of one's sessions, or all the others where none is named."""
    accounts, mine = desk.program.signin.accounts, _who(desk).session.key
    key = desk.typed("session") or None
    ended = accounts.end(account=desk.account.id, key=key, but=None if key else mine)
    desk.record["ended"] = ended
    said = desk.count(_("%(n)s session was ended."), "%(n)s sessions were ended.", ended)
    return desk.go("/sign-in" if key == mine else "/account", said)


@page("/account/password", Role.VIEWER)
def password(desk: Desk) -> Response:
    """The form for another password."""
    return _password(desk, {})


@action("/account/password", "account.password", Role.VIEWER)
def change_password(desk: Desk) -> Response:
    """Set another password."""
    if _too_often(desk):
        return _password(desk, {"old": desk.say(TOO_OFTEN)}, 429)
    try:
        desk.program.signin.change_password(_who(desk), _secret(desk, "old"), _secret(desk, "password"))
    except BadInput as error:
        wrong = {"old": desk.say(OLD), "password": desk.say(PASSWORD, least=SHORTEST_PASSWORD)}
        return _password(desk, {str(error): wrong[str(error)]}, 422)
    return desk.go("/account", desk.say(_("Your password is changed. Your other sessions were ended.")))


@page("/account/codes", Role.VIEWER)
def codes(desk: Desk) -> Response:
    """The form for a new key."""
    return _codes(desk, {})


@page("/account/key.svg", Role.VIEWER)
def picture(desk: Desk) -> Response:
    """The new key as a QR code, dark on light in every look: cameras need that."""
    drawn = BytesIO()
    segno.make(_otpauth(desk), error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@action("/account/codes", "account.codes", Role.VIEWER)
def change_codes(desk: Desk) -> Response:
    """Take codes of the new key from now on."""
    if _too_often(desk):
        return _codes(desk, {"password": desk.say(TOO_OFTEN)}, 429)
    try:
        desk.program.signin.change_codes(_who(desk), _secret(desk, "password"), desk.typed("code"), desk.now)
    except BadInput as error:
        wrong = {"password": desk.say(OLD), "code": desk.say(CODE)}
        return _codes(desk, {str(error): wrong[str(error)]}, 422)
    return desk.go("/account", desk.say(_("The new key is in use. Your other sessions were ended.")))


def _who(desk: Desk) -> SignedIn:
    assert desk.signed_in is not None  # noqa: S101  # for the type checker: the door let nobody else in
    return desk.signed_in


def _too_often(desk: Desk) -> bool:
    return desk.tries.wait(f"account {desk.account.id}", desk.now) is not None


def _secret(desk: Desk, name: str) -> str:
    """As it was typed, blanks too."""
    value = desk.sent.get(name, "")
    return value if isinstance(value, str) else ""


def _password(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    return desk.show("account_password.html", status, errors=errors, least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)


def _codes(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    secret = desk.program.signin.next_secret(_who(desk))
    spaced = " ".join(re.findall(".{1,4}", secret))
    return desk.show("account_codes.html", status, errors=errors, secret=spaced, address=_otpauth(desk))


def _otpauth(desk: Desk) -> str:
    codes = pyotp.TOTP(desk.program.signin.next_secret(_who(desk)))
    return codes.provisioning_uri(name=desk.by, issuer_name=desk.program.settings.site.title)
