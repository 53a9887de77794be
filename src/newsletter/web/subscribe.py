"""`/subscribe`: the choice of a newsletter, the form, and an answer that says nothing about the address."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.responses import Response

from newsletter.audience import wording
from newsletter.config import Newsletter
from newsletter.web.answers import Text, Visit, WebServices, answer, say
from newsletter.web.forms import subscribe_form
from newsletter.web.limit import Clients, Limit


def _(message: str) -> str:
    return message  # marks a message for the catalogues


SENT = Text(
    _("Please look into your mailbox"),
    (
        _("An e-mail is on its way to the address you gave, unless it is subscribed already. Open the link in it and "
          "confirm: only then will you get the newsletter."),
        _("Nothing there after a few minutes? Please look into the folder for unwanted mail, and check the address for "
          "slips. One such e-mail goes to an address in 24 hours at most."),
    ),
    (("/", _("Newest releases")),),
)  # fmt: skip
TOO_OFTEN = Text(
    _("Too many requests"),
    (_("Your connection has sent this form very often. Please try again in a few minutes."),),
    (("/subscribe", _("Back to the form")),),
)
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
    """Shows the form and takes it; nothing is written but by POST."""

    def __init__(self, services: WebServices) -> None:
        self._services = services
        self._offer = services.subscribing.offer
        self._clients = Clients(services.settings.web.trusted_proxies)
        self._limit = Limit()

    def show(self, visit: Visit) -> Response:
        """The form; before it the choice, where there are several newsletters."""
        return self._chosen(visit) or self._form(visit, self._newsletter(visit), None)

    def take(self, visit: Visit) -> Response:
        """The same answer for every address that is one."""
        if (other := self._chosen(visit)) is not None:
            return other
        newsletter = self._newsletter(visit)
        now = self._services.clock()
        if (wait := self._limit.wait(self._clients.of(visit.request), now)) is not None:
            response = say(self._services, visit, TOO_OFTEN, 429)
            response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
            return response
        form = subscribe_form(self._offer, newsletter, visit.language, visit.sent)
        if not form.website.data:
            if not form.validate():
                return self._form(visit, newsletter, visit.sent, 422)
            self._services.subscribing.subscribe(form.email.data, form.wish(newsletter), now, visit.language)
        return say(self._services, visit, SENT, here="subscribe")

    def _chosen(self, visit: Visit) -> Response | None:
        """What to answer where no newsletter is chosen; None where it is clear."""
        names = [newsletter.id for newsletter in self._offer.newsletters]
        name = visit.request.query_params.get("newsletter")
        if name is not None:
            return None if name in names else say(self._services, visit, UNKNOWN, 404)
        if len(names) == 1:
            return None
        if not names:
            return say(self._services, visit, NOTHING, here="subscribe")
        return answer(self._services, visit, "newsletters.html", newsletters=self._offer.newsletters)

    def _newsletter(self, visit: Visit) -> Newsletter:
        return self._offer.newsletter(visit.request.query_params.get("newsletter"))

    def _form(self, visit: Visit, newsletter: Newsletter, sent: FormData | None, status: int = 200) -> Response:
        form = subscribe_form(self._offer, newsletter, visit.language, sent)
        if sent is not None:
            form.validate()
        consent = wording.asked(self._offer.site, newsletter, visit.language)
        return answer(
            self._services, visit, "subscribe.html", status, form=form, newsletter=newsletter, consent=consent
        )
