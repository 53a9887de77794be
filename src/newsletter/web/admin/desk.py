"""What a page of the admin has in hand: the program, the request, who asks, and how it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from newsletter.app import Program
from newsletter.app.signin import SignedIn
from newsletter.errors import NewsletterError
from newsletter.i18n import Words, language_name, languages, translations
from newsletter.model import Account, Role
from newsletter.said import Said
from newsletter.web.admin.notes import Notes
from newsletter.web.limit import Limit

PATH = "/admin"


@dataclass(slots=True)
class Desk:
    """One request. `sent` is its form (empty for GET), `record` what goes on record with an action.

    `tries` counts how often somebody tried to sign in.
    """

    program: Program
    request: Request
    language: str
    notes: Notes
    tries: Limit
    signed_in: SignedIn | None = None
    sent: FormData = field(default_factory=FormData)
    record: dict[str, Any] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The program's moment."""
        return self.program.now()

    @property
    def account(self) -> Account:
        """Who asks; only where somebody must be signed in."""
        if self.signed_in is None:
            raise HTTPException(403)
        return self.signed_in.account

    @property
    def by(self) -> str:
        """Their name, as it is kept with what they decide."""
        return self.account.name

    def param(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def query(self, name: str, default: str = "") -> str:
        """What the address asks for behind its `?`."""
        return self.request.query_params.get(name, default)

    def typed(self, name: str) -> str:
        """A field of the form, without blanks around it; empty where it was not sent."""
        value = self.sent.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def may(self, role: Role, newsletters: Iterable[str] = ()) -> bool:
        """Whether who asks has this role in one of these newsletters; of none named, in any."""
        return self.signed_in is not None and self.account.may(role, newsletters)

    def require(self, role: Role, newsletters: Iterable[str]) -> None:
        """Refuse (403) who may not, in these newsletters; of no newsletter at all, who may not everywhere."""
        named = tuple(newsletters)
        allowed = self.may(role, named) if named else self.account.may(role, ("",))
        if not allowed:
            raise HTTPException(403)

    def newsletters_of_feed(self, slug: str) -> list[str]:
        """The newsletters that a feed belongs to."""
        return [one.id for one in self.program.settings.newsletters if slug in one.feeds]

    def say(self, message: str, **values: object) -> str:
        """A message in the page's language."""
        said = translations(self.language).gettext(message)
        return said % values if values else said

    def tell(self, text: str | None) -> str:
        """What was kept of what happened, in the page's language; nothing where nothing was."""
        return Words(self.language).tell(text or "")

    def can_tell(self, text: str) -> bool:
        """Whether `tell` has it in the page's language: else it is in the one that it was kept in."""
        return isinstance(text, Said) or self.tell(text) != text

    def explain(self, error: NewsletterError) -> str:
        """What is wrong with what was typed, in the page's language, as a sentence."""
        said = self.tell(error.said)
        return said[:1].upper() + said[1:] + ("" if said.endswith((".", "!", "?")) else ".")

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """A message with a number, in the page's language; the number is `%(n)s`."""
        said = translations(self.language).ngettext(one, many, n)
        return said % {"n": n, **values}

    def show(self, template: str, status: int = 200, **values: object) -> Response:
        """A page of `templates/web/admin`. Nothing keeps it."""
        others = [
            (other, language_name(other, other), f"?{self.request.url.include_query_params(lang=other).query}")
            for other in languages()
            if other != self.language
        ]
        body = self.program.pages.render(
            f"admin/{template}",
            self.language,
            other_languages=others,
            admin=f"{self.program.pages.root}{PATH}",
            desk=self,
            note=self.notes.taken(self.request),
            sections=self._sections(),
            **values,
        )
        response = HTMLResponse(body, status, {"Cache-Control": "no-store", "Content-Language": self.language})
        self.notes.clear(self.request, response)
        return response

    def address(self, path: str) -> str:
        """The address of a page of the admin, without the host."""
        return f"{self.program.pages.root}{PATH}{path}"

    def go(self, path: str, note: str = "") -> Response:
        """Lead on to a page of the admin, which shows the note."""
        response = RedirectResponse(self.address(path), 303, {"Cache-Control": "no-store"})
        if note:
            self.notes.leave(response, note)
        return response

    def _sections(self) -> list[Mapping[str, Any]]:
        from newsletter.web.admin.sections import SECTIONS

        if self.signed_in is None:
            return []
        path = self.request.url.path.removeprefix(self.program.pages.root).removeprefix(PATH) or "/"
        return [
            {"title": self.say(one.title), "path": self.address(one.path), "here": one.holds(path)}
            for one in SECTIONS
            if self.may(one.role, ("",) if one.role is Role.ADMIN else ())  # theirs are of the whole house
        ]
