"""`/subscribe`: the choice of a newsletter, the form, and an answer that says nothing about the address."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.responses import Response

from newsletter.audience import wording
from newsletter.config import Newsletter
from newsletter.web.answers import Text, Visit, WebServices, answer, say
from newsletter.web.door import Door, framing
from newsletter.web.forms import subscribe_form


def _(message: str) -> str:
    return message  # marks a message for the catalogues


SENT = Text(
    _("Please look into your mailbox"),
    (
        _("An e-mail is on its way to the address you gave. Open the link in it and confirm: only then will you get "
          "the newsletter."),
        _("Nothing there after a few minutes? Please look into the folder for unwanted mail, and check the address for "
          "slips. One such e-mail goes to an address in 24 hours at most."),
    ),
    (("/", _("Newest releases")),),
)  # fmt: skip
NOTHING = Text(
    _("There is no newsletter yet"),
    (_("As soon as there is one, you can subscribe to it here. The feeds are there already."),),
    (("/feeds/", _("Feeds")),),
)
UNKNOWN = Text(
    _("This newsletter does not exist"),
    (_("It may have another address by now."),),
    (("/subscribe", _("All newsletters")),),
)


class Subscribe:
    """Shows the form and takes it; nothing is written but by POST. `framed`: in a frame of another site."""

    def __init__(self, services: WebServices, door: Door, *, framed: bool = False) -> None:
        self._services = services
        self._offer = services.subscribing.offer
        self._door = door
        self._framed = framed

    def show(self, visit: Visit) -> Response:
        """The form; before it the choice, where there are several newsletters."""
        return self._framing(self._chosen(visit) or self._form(visit, self._newsletter(visit), None))

    def take(self, visit: Visit) -> Response:
        """The same answer for every address that is one."""
        return self._framing(self._taken(visit))

    def _taken(self, visit: Visit) -> Response:
        if (other := self._chosen(visit)) is not None:
            return other
        newsletter = self._newsletter(visit)
        if (refusal := self._door.refusal(visit, framed=self._framed)) is not None:
            return refusal
        form = subscribe_form(self._offer, newsletter, visit.language, visit.sent)
        if not form.website.data:
            if not form.validate():
                return self._form(visit, newsletter, visit.sent, 422)
            if not self._door.lets(visit):
                return self._form(visit, newsletter, visit.sent, 429, asked=True)
            wish = form.wish(newsletter)
            self._services.subscribing.subscribe(form.email.data, wish, self._services.clock(), visit.language)
        return self._say(visit, SENT)

    def _framing(self, response: Response) -> Response:
        return framing(response, self._services.settings) if self._framed else response

    def _say(self, visit: Visit, text: Text, status: int = 200) -> Response:
        return say(self._services, visit, text, status, here="subscribe", framed=self._framed)

    def _chosen(self, visit: Visit) -> Response | None:
        """What to answer where no newsletter is chosen; None where it is clear."""
        names = [newsletter.id for newsletter in self._offer.newsletters]
        name = visit.request.query_params.get("newsletter")
        if name is not None:
            return None if name in names else self._say(visit, UNKNOWN, 404)
        if len(names) == 1:
            return None
        if not names:
            return self._say(visit, NOTHING)
        return answer(
            self._services, visit, "newsletters.html", newsletters=self._offer.newsletters, framed=self._framed
        )

    def _newsletter(self, visit: Visit) -> Newsletter:
        return self._offer.newsletter(visit.request.query_params.get("newsletter"))

    def _form(
        self, visit: Visit, newsletter: Newsletter, sent: FormData | None, status: int = 200, *, asked: bool = False
    ) -> Response:
        form = subscribe_form(self._offer, newsletter, visit.language, sent)
        if sent is not None:
            form.validate()
        consent = wording.asked(self._offer.site, newsletter, visit.language)
        values = {"form": form, "newsletter": newsletter, "consent": consent, "framed": self._framed}
        return self._door.form(visit, "subscribe.html", status, asked=asked, **values)
