"""A reader's data: asking for the link, and what is behind it: seeing, taking along, moving, erasing.

The link is mailed, so only who reads the mailbox gets there; asking for it is answered the same for every address, and
before the store is asked at all.
"""

from __future__ import annotations

import json
from datetime import datetime

import structlog
from starlette.responses import Response

from newsletter.audience import Holdings, wording
from newsletter.audience.wording import CADENCES
from newsletter.errors import BadInput, NewsletterError, NotFound, StateError, TokenError
from newsletter.i18n import language_name, translations
from newsletter.web.answers import Text, Visit, WebServices, answer, say
from newsletter.web.door import Door
from newsletter.web.forms import FORMATS, AddressForm, ErasingForm, address_form, erasing_form
from newsletter.web.own import in_language, token_of

log = structlog.get_logger()


def _(message: str) -> str:
    return message  # marks a message for the catalogues


HOME = (("/", _("Newest releases")),)
ASKED = Text(
    _("Please look into your mailbox"),
    (
        _("If we know the address, an e-mail with a link is on its way to it. By it you see all that we keep of you; "
          "you can take it along, erase it, or change your address."),
        _("One such e-mail goes to an address in 24 hours at most, and its link works as long. If you got one today, "
          "please use that."),
    ),
    HOME,
)  # fmt: skip
OLD = Text(
    _("This link does not work any more"),
    (
        _("A link to your data works for 24 hours, and until your data is erased. It may also be incomplete: some mail "
          "programs break long links."),
        _("You can have a new one sent to you. If that does not help, write to %(contact)s."),
    ),
    (("/my-data", _("Send me a new link")), *HOME),
)  # fmt: skip
ERASED = Text(
    _("Your data is erased"),
    (
        _("Your subscriptions have ended and your address is deleted; we send you nothing more."),
        _("What stays is a code made from the address, which cannot be read back. By it we can tell that somebody "
          "agreed and took it back, as we have to."),
    ),
    HOME,
)  # fmt: skip
MOVING = Text(
    _("Please look into your new mailbox"),
    (
        _("An e-mail is on its way to the new address. Open the link in it and confirm: only then does it take the "
          "place of the old one, which gets everything until then."),
        _("Nothing there after a few minutes? Please check the address for slips. One such e-mail goes to an address "
          "in 24 hours at most."),
    ),
    HOME,
)  # fmt: skip
MOVED = Text(
    _("Your new address is confirmed"),
    (
        _("From now on everything comes to %(new)s, and nothing more to %(old)s; we have told that address so."),
        _("Each e-mail has links to change your choices or to leave."),
    ),
    HOME,
)
LAPSED = Text(
    _("This change of address is no longer open"),
    (_("It was confirmed already, was not used in time, or another one was asked for since."),),
    (("/my-data", _("Your data")), *HOME),
)
ACTIONS = {
    "asked": _("asked for"),
    "confirmed": _("confirmed"),
    "changed": _("changed"),
    "withdrawn": _("taken back"),
    "undone": _("leaving taken back"),
    "moved": _("taken over from another address"),
    "imported": _("entered by us"),
}
STATES = {"pending": _("not confirmed yet"), "active": _("active"), "ended": _("ended")}


class Data:
    """A reader's data. Addresses that are not ours get pages that help."""

    def __init__(self, services: WebServices, door: Door) -> None:
        self._services = services
        self._data = services.subscribing.data
        self._offer = services.subscribing.offer
        self._door = door

    def show(self, visit: Visit) -> Response:
        """The form that asks for the link."""
        return self._door.form(visit, "my_data.html", form=address_form(visit.language, None))

    def take(self, visit: Visit) -> Response:
        """The same answer, in the same time, for every address that is one: what follows from it comes after."""
        if (refusal := self._door.refusal(visit)) is not None:
            return refusal
        form = address_form(visit.language, visit.sent)
        response = say(self._services, visit, ASKED)
        if not form.website.data:
            if not form.validate():
                return self._door.form(visit, "my_data.html", 422, form=form)
            if not self._door.lets(visit):
                return self._door.form(visit, "my_data.html", 429, asked=True, form=form)
            self._services.later.submit(self._send_link, form.email.data, self._services.clock())
        return response

    def own(self, visit: Visit) -> Response:
        """All that is kept; POST asks a new address, or erases."""
        token = token_of(visit)
        try:
            holdings = self._data.see(token, self._services.clock())
        except (TokenError, NotFound):
            return say(self._services, visit, OLD, 404)
        visit = in_language(visit, holdings.language)
        act = visit.sent.get("act") if visit.sent is not None else None
        if act == "erase":
            return self._erase(visit, token, holdings)
        if act == "address":
            return self._move(visit, token, holdings)
        return self._page(visit, holdings)

    def export(self, visit: Visit) -> Response:
        """The same as a file (Art. 15 and 20 GDPR)."""
        try:
            holdings = self._data.see(token_of(visit), self._services.clock())
        except (TokenError, NotFound):
            return say(self._services, visit, OLD, 404)
        body = json.dumps(holdings.values(), ensure_ascii=False, indent=1) + "\n"
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="my-data.json"'}
        return Response(body, media_type="application/json", headers=headers)

    def address(self, visit: Visit) -> Response:
        """What a new address is asked; POST agrees."""
        token, now = token_of(visit), self._services.clock()
        try:
            change = self._data.change(token, now)
            visit = in_language(visit, change.subscriptions[0].language)
            if visit.sent is not None:
                change = self._data.confirm(token, now, visit.language)
                return say(self._services, visit, MOVED.filled(new=change.new, old=change.old))
        except StateError:
            return say(self._services, visit, LAPSED, 410)
        consents = [self._data.agreed(own, visit.language) for own in change.subscriptions]
        return answer(
            self._services, visit, "address.html", change=change, consents=[*consents, wording.moved(visit.language)]
        )

    def _send_link(self, email: str, now: datetime) -> None:
        try:
            self._data.send_link(email, now)
        except NewsletterError as error:  # it was answered: nobody else can be told
            log.error("the link to somebody's data was not queued", error=str(error))

    def _erase(self, visit: Visit, token: str, holdings: Holdings) -> Response:
        form = erasing_form(visit.language, visit.sent)
        if not form.validate():
            return self._page(visit, holdings, 422, erasing=form)
        self._data.erase(token, self._services.clock())
        return say(self._services, visit, ERASED)

    def _move(self, visit: Visit, token: str, holdings: Holdings) -> Response:
        if (refusal := self._door.refusal(visit)) is not None:
            return refusal
        form = address_form(visit.language, visit.sent)
        if not form.validate():
            return self._page(visit, holdings, 422, moving=form)
        try:
            self._data.move(token, form.email.data, self._services.clock(), visit.language)
        except BadInput:
            said = translations(visit.language).gettext
            form.email.errors = [said(_("This is the address that it comes to already. Please enter the new one."))]
            return self._page(visit, holdings, 422, moving=form)
        except StateError:
            return self._page(visit, holdings)
        return say(self._services, visit, MOVING)

    def _page(
        self,
        visit: Visit,
        holdings: Holdings,
        status: int = 200,
        *,
        moving: AddressForm | None = None,
        erasing: ErasingForm | None = None,
    ) -> Response:
        said, names = translations(visit.language).gettext, self._services.settings.newsletter
        moving, erasing = moving or address_form(visit.language, None), erasing or erasing_form(visit.language, None)
        title = {own.newsletter: name.title for own in holdings.subscriptions if (name := names(own.newsletter))}
        return answer(
            self._services,
            visit,
            "data.html",
            status,
            holdings=holdings,
            export=f"/data/{token_of(visit)}/export.json",
            moving=moving,
            erasing=erasing,
            wrong=next((form for form in (moving, erasing) if form.errors), None),
            title_of=lambda own: title.get(own.newsletter, own.newsletter),
            cadence_of=lambda own: said(CADENCES[own.cadence]),
            format_of=lambda own: said(FORMATS[own.format]),
            language_of=lambda own: language_name(own.language, visit.language),
            topics_of=lambda own: ", ".join(self._offer.titles(own.wish)) or said("all"),
            state_of=lambda own: said(STATES[own.state]),
            action_of=lambda consent: said(ACTIONS[consent.action]),
        )
