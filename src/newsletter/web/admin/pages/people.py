"""Who may sign in, and what they may do."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from newsletter.app.signin import fit_name
from newsletter.errors import BadInput
from newsletter.model import EVERYWHERE, Account, Role
from newsletter.web.admin.desk import PATH, Desk
from newsletter.web.admin.route import action, page


def _(message: str) -> str:
    return message  # marks a message for the catalogues


NO_NAME = _("Please write a name of at most 100 letters; an e-mail address is a good one.")
TAKEN = _("Somebody has this name already.")
NO_ROLE = _("Please choose a role, for all newsletters or for one.")
NAMES = {Role.VIEWER: _("may look"), Role.EDITOR: _("edits"), Role.ADMIN: _("administers")}


@page("/people", Role.ADMIN)
def show(desk: Desk) -> Response:
    """Everybody, and the form that invites one more."""
    desk.require(Role.ADMIN, ())
    return _list(desk, {})


@action("/people", "account.invite", Role.ADMIN)
def invite(desk: Desk) -> Response:
    """Invite somebody; the link is shown once, here."""
    desk.require(Role.ADMIN, ())
    name, roles, errors = desk.typed("name"), _roles_of(desk), {}
    try:
        name = fit_name(name)
    except BadInput:
        errors["name"] = desk.say(NO_NAME)
    if not roles:
        errors["role-everywhere"] = desk.say(NO_ROLE)
    desk.record.update(account=name, roles=roles)
    if errors:
        return _list(desk, errors, 422)
    try:
        token = desk.program.signin.invite(name, roles, desk.now)
    except BadInput:
        return _list(desk, {"name": desk.say(TAKEN)}, 422)
    return _link(desk, name, token)


@page("/people/{name:path}", Role.ADMIN)
def one(desk: Desk) -> Response:
    """One person: roles, sessions, and what can be done."""
    desk.require(Role.ADMIN, ())
    return _one(desk, {})


@action("/people/{name:path}/roles", "account.roles", Role.ADMIN)
def roles(desk: Desk) -> Response:
    """Give them these roles, and no others; they hold from the next click on."""
    desk.require(Role.ADMIN, ())
    account, chosen = _account(desk), _roles_of(desk)
    desk.record.update(before=dict(account.roles), roles=chosen)
    if not chosen:
        return _one(desk, {"role-everywhere": desk.say(NO_ROLE)}, 422)
    desk.program.signin.accounts.set_roles(account.id, chosen)
    return _back(desk, account, desk.say(_("The roles are saved.")))


@action("/people/{name:path}/reset", "account.reset", Role.ADMIN)
def reset(desk: Desk) -> Response:
    """Take back password, codes and sessions; a new link."""
    desk.require(Role.ADMIN, ())
    account = _account(desk)
    return _link(desk, account.name, desk.program.signin.invite_again(account.name, desk.now))


@action("/people/{name:path}/disable", "account.disable", Role.ADMIN)
def disable(desk: Desk) -> Response:
    """Let them in no more."""
    desk.require(Role.ADMIN, ())
    account = _account(desk)
    desk.program.signin.disable(account.name, desk.now)
    return _back(desk, account, desk.say(_("%(name)s may no longer sign in."), name=account.name))


@action("/people/{name:path}/end", "session.revoke", Role.ADMIN)
def end(desk: Desk) -> Response:
    """End one of their sessions, or all where none is named."""
    desk.require(Role.ADMIN, ())
    account = _account(desk)
    ended = desk.program.signin.accounts.end(account=account.id, key=desk.typed("session") or None)
    desk.record["ended"] = ended
    said = desk.count(_("%(n)s session was ended."), "%(n)s sessions were ended.", ended)
    return _back(desk, account, said)


def _account(desk: Desk) -> Account:
    return desk.program.signin.accounts.named(desk.param("name"))


def _back(desk: Desk, account: Account, note: str) -> Response:
    """To their page; to today's where somebody took their own way in."""
    here = desk.program.signin.accounts.get(account.id)
    mine = account.id == desk.account.id
    return desk.go("/" if mine and not here.may(Role.ADMIN, ("",)) else "/people", note)


def _list(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    signin = desk.program.signin
    last: dict[int, Any] = {}
    for session in signin.accounts.sessions():
        last.setdefault(session.account, session.seen_at)
    return desk.show(
        "people.html",
        status,
        people=[(account, _said(desk, account), last.get(account.id)) for account in signin.accounts.all()],
        name=desk.typed("name"),
        fields=_fields(desk, _roles_of(desk)),
        errors=errors,
    )


def _one(desk: Desk, errors: dict[str, str], status: int = 200) -> Response:
    account = _account(desk)
    return desk.show(
        "person.html",
        status,
        person=account,
        said=_said(desk, account),
        fields=_fields(desk, _roles_of(desk) if errors else account.roles),
        sessions=desk.program.signin.open_sessions(account.id, desk.now),
        errors=errors,
    )


def _link(desk: Desk, name: str, token: str) -> Response:
    address = f"{desk.program.settings.site.base_url}{PATH}/welcome/{token}"
    return desk.show("invited.html", name=name, address=address)


def _said(desk: Desk, account: Account) -> str:
    titles = {one.id: one.title for one in desk.program.settings.newsletters}
    titles[EVERYWHERE] = desk.say(_("all newsletters"))
    return "; ".join(f"{desk.say(NAMES[role])}: {titles.get(where, where)}" for where, role in account.roles.items())


def _fields(desk: Desk, chosen: Any) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """Name, title, options and value of the choices of roles. Who administers does so everywhere."""
    none = ("", desk.say(_("no role")))
    every = [none, *((str(role), desk.say(NAMES[role])) for role in Role)]
    places = [(EVERYWHERE, desk.say(_("Role in all newsletters")), every)]
    for one in desk.program.settings.newsletters:
        own = every[:-1] if chosen.get(one.id) is not Role.ADMIN else every
        places.append((one.id, desk.say(_("Role in “%(title)s”"), title=one.title), own))
    return [(_field(where), title, options, str(chosen.get(where, ""))) for where, title, options in places]


def _roles_of(desk: Desk) -> dict[str, Role]:
    """The roles of the form; whatever is no role is none."""
    places = [EVERYWHERE, *(one.id for one in desk.program.settings.newsletters)]
    typed = {where: desk.typed(_field(where)) for where in places}
    return {where: Role(role) for where, role in typed.items() if role in set(Role)}


def _field(where: str) -> str:
    return "role-everywhere" if where == EVERYWHERE else f"role-in-{where}"
