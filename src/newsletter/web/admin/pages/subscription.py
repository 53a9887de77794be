"""One subscription: other choices, or its end, at the wish of whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from newsletter.errors import NotFound, StateError
from newsletter.model import Role, Subscription, SubscriptionState
from newsletter.web.admin.desk import Desk
from newsletter.web.admin.pages.subscriber import in_words, reason_of, seen
from newsletter.web.admin.pages.subscribers import STATES, email_of, titles
from newsletter.web.admin.route import action, page
from newsletter.web.forms import WishForm, wish_form


def _(message: str) -> str:
    return message  # marks a message for the catalogues


@page("/subscribers/{id}/subscriptions/{newsletter}", Role.EDITOR)
def show(desk: Desk) -> Response:
    """What can be changed of it."""
    return _shown(desk, _own(desk), {})


@action("/subscribers/{id}/change", "subscriber.change", Role.EDITOR)
def change(desk: Desk) -> Response:
    """Give it other choices."""
    own, errors = _own(desk), dict[str, str]()
    if own.state is not SubscriptionState.ACTIVE:
        raise StateError("only an active subscription can be changed")
    form = _form(desk, own, desk.sent)
    if not form.validate():
        errors |= {f"{name}-1": str(wrong[0]) for name, wrong in form.errors.items()}
    reason = reason_of(desk, errors)
    if errors:
        return _shown(desk, own, errors, form=form, reason=reason)
    wish = form.wish(desk.program.offer.newsletter(own.newsletter))
    changed = desk.program.subscribers.on_behalf.change(own.id, wish, reason, desk.now)
    said = _("Saved: it holds from the next e-mail on.") if changed else _("Nothing was changed: it was so already.")
    return desk.go(f"/subscribers/{own.subscriber}", desk.say(said))


@action("/subscribers/{id}/end", "subscriber.end", Role.EDITOR)
def end(desk: Desk) -> Response:
    """End it."""
    own, errors = _own(desk), dict[str, str]()
    reason = reason_of(desk, errors, "end_reason")
    if errors:
        return _shown(desk, own, errors, end_reason=reason)
    desk.program.subscribers.on_behalf.end(own.id, reason, desk.now)
    return desk.go(f"/subscribers/{own.subscriber}", desk.say(_("The subscription has ended.")))


def _own(desk: Desk) -> Subscription:
    """The subscription that is meant, for an editor of its newsletter. Raises NotFound."""
    found = seen(desk)
    newsletter = desk.request.path_params.get("newsletter") or desk.typed("subscription")
    for own in found.subscriptions:
        if own.newsletter == newsletter:
            desk.require(Role.EDITOR, [own.newsletter])
            desk.record["newsletter"] = own.newsletter
            return own
    raise NotFound("this subscription is no more")


def _form(desk: Desk, own: Subscription, sent: Any) -> WishForm:
    newsletter = desk.program.offer.newsletter(own.newsletter)
    return wish_form(desk.program.offer, newsletter, desk.language, sent, own.wish)


def _shown(
    desk: Desk,
    own: Subscription,
    errors: Mapping[str, str],
    form: WishForm | None = None,
    reason: str = "",
    end_reason: str = "",
) -> Response:
    names, found = titles(desk), seen(desk)
    changeable = own.state is SubscriptionState.ACTIVE and own.newsletter in names
    return desk.show(
        "subscription.html",
        422 if errors else 200,
        own=own,
        title=names.get(own.newsletter, own.newsletter),
        email=email_of(desk, found.who, [own.newsletter]),
        words=in_words(desk, own),
        states=STATES,
        form=(form or _form(desk, own, None)) if changeable else None,
        errors=errors,
        reason=reason,
        end_reason=end_reason,
    )
