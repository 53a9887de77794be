"""The pages behind mailed addresses: confirm, preferences, unsubscribe. Each shows by GET and acts by POST.

Their token is what protects them: there is no cookie that another site could ride on. Link scanners open them all, and
change nothing (DESIGN, decision 12).
"""

from __future__ import annotations

from starlette.responses import Response

from newsletter.audience import Standing, wording
from newsletter.config import Newsletter
from newsletter.errors import NotFound, StateError, TokenError
from newsletter.i18n import languages
from newsletter.model import SubscriptionState
from newsletter.tokens import Purpose
from newsletter.web.answers import Text, Visit, WebServices, answer, say
from newsletter.web.forms import topics_form, wish_form


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
AGAIN_ANY_TIME = _("It was not meant that way? You can subscribe again at any time.")
LEFT = Text(
    _("You have unsubscribed"),
    (_("From now on we send you no more e-mails of this newsletter. You need do nothing else."), AGAIN_ANY_TIME),
    AGAIN,
)
LEFT_ALL = Text(
    _("You have unsubscribed from everything"),
    (_("From now on we send you no more newsletters. You need do nothing else."), AGAIN_ANY_TIME),
    AGAIN,
)
LEFT_TOPICS = Text(
    _("You get fewer topics now"),
    (
        _("From now on the newsletter “%(title)s” comes with these topics only: %(topics)s."),
        _("To choose others, follow the link “Change your choices” in one of its e-mails."),
    ),
    (("/", _("Newest releases")),),
)
UNDONE = Text(
    _("You get the newsletter again"),
    (_("We have taken back that you unsubscribed. All is as it was before: how often it comes, and on which topics."),),
    (("/", _("Newest releases")),),
)
TOO_LATE = Text(
    _("This cannot be taken back any more"),
    (_("It is possible for 24 hours, and only for the last time that you unsubscribed. You can subscribe again at any "
       "time."),),
    AGAIN,
)  # fmt: skip
LINK_SENT = Text(
    _("Please look into your mailbox"),
    (
        _("An e-mail with a link is on its way to you. By it you see all that we keep of you; you can take it along, "
          "erase it, or change your address."),
        _("One such e-mail goes to an address in 24 hours at most, and its link works as long. If you got one today, "
          "please use that."),
    ),
    (("/", _("Newest releases")),),
)  # fmt: skip


class Own:
    """A reader's own pages. They raise TokenError and NotFound for addresses that are not ours."""

    def __init__(self, services: WebServices) -> None:
        self._services = services
        self._subscribing = services.subscribing
        self._offer = services.subscribing.offer

    def confirm(self, visit: Visit) -> Response:
        """What is agreed to, and the button; POST confirms."""
        token = token_of(visit)
        standing = self._standing(Purpose.CONFIRM, token)
        visit = in_language(visit, standing.subscription.language)
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
        token = token_of(visit)
        standing = self._standing(Purpose.PREFERENCES, token)
        visit = in_language(visit, standing.subscription.language)
        if standing.subscription.state is not SubscriptionState.ACTIVE:
            return say(self._services, visit, NOT_ACTIVE, 410)
        if visit.sent is not None and visit.sent.get("ask") == "data":
            self._subscribing.data.send_own_link(token, self._services.clock())
            return say(self._services, visit, LINK_SENT)
        newsletter = self._offer.newsletter(standing.subscription.newsletter)
        form = wish_form(self._offer, newsletter, visit.language, visit.sent, standing.subscription.wish)
        saved = False
        if visit.sent is not None and form.validate():
            standing = self._subscribing.change(token, form.wish(newsletter), self._services.clock(), visit.language)
            saved = True
        status = 422 if form.errors else 200
        return self._own(visit, "preferences.html", standing, newsletter, status, form=form, saved=saved)

    def unsubscribe(self, visit: Visit) -> Response:
        """The buttons; any POST leaves, whatever it says (RFC 8058: no cookie, no redirect, no question).

        But for the button that gives up topics only.
        """
        token = token_of(visit)
        if visit.sent is None or visit.sent.get("scope") == "topics":
            standing = self._standing(Purpose.UNSUBSCRIBE, token)
            return self._leave_in_part(in_language(visit, standing.subscription.language), token, standing)
        everything = visit.sent.get("scope") == "everything"
        how = "one-click" if visit.sent.get("List-Unsubscribe") == "One-Click" else "page"
        standing = self._subscribing.leave(token, self._services.clock(), how=how, everything=everything)
        return self._left(
            in_language(visit, standing.subscription.language), standing, LEFT_ALL if everything else LEFT
        )

    def undo(self, visit: Visit) -> Response:
        """The button that takes leaving back; POST does. Its address can do nothing else, and not for long."""
        token = token_of(visit)
        try:
            standing = self._standing(Purpose.UNDO, token)
        except (TokenError, NotFound):
            return say(self._services, visit, TOO_LATE, 404)
        visit = in_language(visit, standing.subscription.language)
        if visit.sent is not None:
            try:
                self._subscribing.undo(token, self._services.clock(), visit.language)
            except StateError:
                return say(self._services, visit, TOO_LATE, 410)
            return say(self._services, visit, UNDONE)
        if self._subscribing.undo_token(standing, self._services.clock()) != token:
            return say(self._services, visit, TOO_LATE, 410)
        return answer(self._services, visit, "undo.html", consent=wording.undone(visit.language))

    def _leave_in_part(self, visit: Visit, token: str, standing: Standing) -> Response:
        """The page that leaves; where topics were given up on it, those are."""
        wish = standing.subscription.wish
        newsletter, form = self._services.settings.newsletter(wish.newsletter), None
        if newsletter is not None and standing.subscription.state is SubscriptionState.ACTIVE:
            form = topics_form(self._offer, newsletter, visit.language, visit.sent, wish)
        if visit.sent is not None and form is not None and form.validate():
            now = self._services.clock()
            standing = self._subscribing.leave_topics(token, form.topics.data, now, visit.language)
            if standing.subscription.state is SubscriptionState.ENDED:
                return self._left(visit, standing, LEFT)
            titles = ", ".join(self._offer.titles(standing.subscription.wish))
            title = newsletter.title if newsletter else ""
            return say(self._services, visit, LEFT_TOPICS.filled(title=title, topics=titles))
        several = len(self._offer.newsletters) > 1
        return answer(
            self._services,
            visit,
            "unsubscribe.html",
            422 if form is not None and form.errors else 200,
            standing=standing,
            newsletter=newsletter,
            several=several,
            form=form,
        )

    def _left(self, visit: Visit, standing: Standing, text: Text) -> Response:
        undo = self._subscribing.undo_token(standing, self._services.clock())
        consent = wording.undone(visit.language)
        return say(self._services, visit, text, template="left.html", undo=undo, consent=consent)

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


def token_of(visit: Visit) -> str:
    """The token, without what mail programs glue to the end of an address."""
    token: str = visit.request.path_params["token"]
    return token.rstrip(".,;:!?)>]'\"")


def in_language(visit: Visit, language: str) -> Visit:
    """The page speaks as the mail did, unless its address says otherwise."""
    if visit.request.query_params.get("lang") in languages() or language not in languages():
        return visit
    return Visit(visit.request, language, visit.sent)
