"""The pages behind mailed addresses: confirm, preferences, unsubscribe. Each shows by GET and acts by POST.

Their token is what protects them: there is no cookie that another site could ride on. Link scanners open them all, and
change nothing (DESIGN, decision 12).
"""

from __future__ import annotations

from starlette.responses import Response

from newsletter.audience import Standing, wording
from newsletter.config import Newsletter
from newsletter.errors import StateError
from newsletter.i18n import languages
from newsletter.model import SubscriptionState
from newsletter.tokens import Purpose
from newsletter.web.answers import Text, Visit, WebServices, answer, say
from newsletter.web.forms import wish_form


def _(message: str) -> str:
    return message  # marks a message for the catalogues


AGAIN = (("/subscribe", _("Subscribe again")), ("/", _("Newest releases")))
LAPSED = Text(
    _("This confirmation is no longer open"),
    (_("It was not used in time, or the subscription has ended since. You can subscribe again at any time."),),
    AGAIN,
)
NOT_ACTIVE = Text(
    _("This subscription is not active"),
    (_("It has ended, or was never confirmed: there is nothing to change. You can subscribe again at any time."),),
    AGAIN,
)
LEFT = Text(
    _("You have unsubscribed"),
    (
        _("From now on we send you no more e-mails of this newsletter. You need do nothing else."),
        _("It was not meant that way? You can subscribe again at any time."),
    ),
    AGAIN,
)
LEFT_ALL = Text(
    _("You have unsubscribed from everything"),
    (
        _("From now on we send you no more newsletters. You need do nothing else."),
        _("It was not meant that way? You can subscribe again at any time."),
    ),
    AGAIN,
)


class Own:
    """A reader's own pages. They raise TokenError and NotFound for addresses that are not ours."""

    def __init__(self, services: WebServices) -> None:
        self._services = services
        self._subscribing = services.subscribing
        self._offer = services.subscribing.offer

    def confirm(self, visit: Visit) -> Response:
        """What is agreed to, and the button; POST confirms."""
        token = _token(visit)
        standing = self._standing(Purpose.CONFIRM, token)
        visit = _in_its_language(visit, standing)
        if visit.sent is not None:
            try:
                standing = self._subscribing.confirm(token, self._services.clock(), visit.language)
            except StateError:
                return say(self._services, visit, LAPSED, 410)
        if standing.subscription.state is SubscriptionState.ENDED:
            return say(self._services, visit, LAPSED, 410)
        wish = standing.subscription.wish
        days = self._subscribing.keep_unconfirmed.days
        return self._own(visit, "confirm.html", standing, self._offer.newsletter(wish.newsletter), days=days)

    def preferences(self, visit: Visit) -> Response:
        """The choices of an active subscription; POST saves them."""
        token = _token(visit)
        standing = self._standing(Purpose.PREFERENCES, token)
        visit = _in_its_language(visit, standing)
        if standing.subscription.state is not SubscriptionState.ACTIVE:
            return say(self._services, visit, NOT_ACTIVE, 410)
        newsletter = self._offer.newsletter(standing.subscription.newsletter)
        form = wish_form(self._offer, newsletter, visit.language, visit.sent, standing.subscription.wish)
        saved = False
        if visit.sent is not None and form.validate():
            standing = self._subscribing.change(token, form.wish(newsletter), self._services.clock(), visit.language)
            saved = True
        status = 422 if form.errors else 200
        return self._own(visit, "preferences.html", standing, newsletter, status, form=form, saved=saved)

    def unsubscribe(self, visit: Visit) -> Response:
        """The button; any POST leaves, whatever it says (RFC 8058: no cookie, no redirect, no question)."""
        token = _token(visit)
        if visit.sent is None:
            standing = self._standing(Purpose.UNSUBSCRIBE, token)
            visit = _in_its_language(visit, standing)
            newsletter = self._services.settings.newsletter(standing.subscription.newsletter)
            several = len(self._offer.newsletters) > 1
            return answer(
                self._services, visit, "unsubscribe.html", standing=standing, newsletter=newsletter, several=several
            )
        everything = visit.sent.get("scope") == "everything"
        how = "one-click" if visit.sent.get("List-Unsubscribe") == "One-Click" else "page"
        standing = self._subscribing.leave(token, self._services.clock(), how=how, everything=everything)
        return say(self._services, _in_its_language(visit, standing), LEFT_ALL if everything else LEFT)

    def _standing(self, purpose: Purpose, token: str) -> Standing:
        return self._subscribing.standing(purpose, token, self._services.clock())

    def _own(
        self,
        visit: Visit,
        template: str,
        standing: Standing,
        newsletter: Newsletter,
        status: int = 200,
        **values: object,
    ) -> Response:
        """A page that may lead to the reader's other ones. One that can only leave must not (DESIGN, decision 10)."""
        wish = standing.subscription.wish
        titles = self._offer.titles(wish)
        return answer(
            self._services,
            visit,
            template,
            status,
            standing=standing,
            newsletter=newsletter,
            consent=wording.agreed(self._offer.site, newsletter, wish, titles, visit.language),
            links={
                "preferences": f"/preferences/{self._subscribing.token(Purpose.PREFERENCES, standing.subscription)}",
                "unsubscribe": f"/unsubscribe/{self._subscribing.token(Purpose.UNSUBSCRIBE, standing.subscription)}",
            },
            **values,
        )


def _token(visit: Visit) -> str:
    """The token, without what mail programs glue to the end of an address."""
    token: str = visit.request.path_params["token"]
    return token.rstrip(".,;:!?)>]'\"")


def _in_its_language(visit: Visit, standing: Standing) -> Visit:
    """The page speaks as the mail did, unless its address says otherwise."""
    language = standing.subscription.language
    if visit.request.query_params.get("lang") in languages() or language not in languages():
        return visit
    return Visit(visit.request, language, visit.sent)
