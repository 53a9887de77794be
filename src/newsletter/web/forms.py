"""The forms: their fields, choices and errors in the page's language. Templates write the HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms import BooleanField, Form, RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, ValidationError

from newsletter.audience import Offer, address
from newsletter.audience.wording import CADENCES
from newsletter.config import Newsletter
from newsletter.errors import BadInput
from newsletter.i18n import language_name, languages, translations
from newsletter.model import Cadence, Format, Wish


def _(message: str) -> str:
    return message  # marks a message for the catalogues


FORMATS = {
    Format.STANDARD: _("standard"),
    Format.LARGE: _("large print"),
    Format.NO_IMAGES: _("without pictures"),
    Format.TEXT: _("plain text only"),
}


WRONG = _("Please choose one of these.")
MISSING = _("Please enter your e-mail address.")


class WishForm(Form):
    """What can be chosen. What is not sent stays as it was."""

    cadence = RadioField()
    topics = SelectMultipleField()
    language = RadioField()
    format = RadioField()

    def wish(self, newsletter: Newsletter) -> Wish:
        """The choices of a valid form."""
        return Wish(
            newsletter.id,
            Cadence(self.cadence.data),
            self.language.data,
            Format(self.format.data),
            tuple(sorted(self.topics.data)),
        )


class AddressForm(Form):
    """Somebody's address. `website` is left empty by people: they do not see it."""

    email = StringField()
    website = StringField()

    def validate_email(self, field: StringField) -> None:
        """Raises ValidationError where nobody could be written to."""
        try:
            address.normalised(field.data or "")
        except BadInput as error:
            message = _("This is no complete e-mail address. Please write it like name@example.org.")
            raise ValidationError(field.gettext(message)) from error


class SubscribeForm(WishForm, AddressForm):
    """The wish of somebody who says where to send it."""


class ErasingForm(Form):
    """That somebody is sure."""

    sure = BooleanField()


class TopicsForm(Form):
    """Topics that somebody gives up."""

    topics = SelectMultipleField()


def erasing_form(speaking: str, sent: Any) -> ErasingForm:
    """The form that erases; it cannot be sent by mistake."""
    form = ErasingForm(sent, meta=_meta(speaking))
    unsure = _("Please tick the box to say that you are sure. Nothing is erased yet.")
    form.sure.validators = [InputRequired(translations(speaking).gettext(unsure))]
    return form


def topics_form(offer: Offer, newsletter: Newsletter, speaking: str, sent: Any, own: Wish) -> TopicsForm:
    """The form that gives up topics of those that somebody has; who chose none has all."""
    form = TopicsForm(sent, meta=_meta(speaking))
    titles = {topic.slug: topic.title for topic in offer.topics(newsletter)}
    form.topics.choices = [(slug, titles.get(slug, slug)) for slug in own.topics or titles]
    said = translations(speaking).gettext
    form.topics.validators = [InputRequired(said(_("Please choose at least one topic. Nothing is changed yet.")))]
    form.topics.invalid_choice_message = said(WRONG)
    return form


def address_form(speaking: str, sent: Any) -> AddressForm:
    """The form that asks for an address only."""
    form = AddressForm(sent, meta=_meta(speaking))
    form.email.validators = [InputRequired(translations(speaking).gettext(MISSING))]
    return form


def wish_form(offer: Offer, newsletter: Newsletter, speaking: str, sent: Any, own: Wish) -> WishForm:
    """The form of somebody whose wish is `own`; `sent` is what came back, None when it is shown first."""
    form: WishForm = _fitted(WishForm(sent, data=_data(own), meta=_meta(speaking)), offer, newsletter, speaking)
    offered = {slug for slug, _ in form.topics.choices}
    form.topics.choices += [(slug, slug) for slug in own.topics if slug not in offered]  # else saving would drop it
    return form


def subscribe_form(offer: Offer, newsletter: Newsletter, speaking: str, sent: Any) -> SubscribeForm:
    """The form of somebody new."""
    own = offer.wish(newsletter.id, language=speaking)
    form = SubscribeForm(sent, data=_data(own), meta=_meta(speaking))
    form.email.validators = [InputRequired(translations(speaking).gettext(MISSING))]
    fitted: SubscribeForm = _fitted(form, offer, newsletter, speaking)
    return fitted


def _data(own: Wish) -> dict[str, Any]:
    return {"cadence": own.cadence, "topics": list(own.topics), "language": own.language, "format": own.format}


def _meta(speaking: str) -> dict[str, Any]:
    wording = translations(speaking)
    return {"get_translations": lambda form: wording}


def _fitted(form: Any, offer: Offer, newsletter: Newsletter, speaking: str) -> Any:
    """The form with what this newsletter offers."""
    said: Callable[[str], str] = translations(speaking).gettext
    form.cadence.choices = [(str(cadence), said(CADENCES[cadence])) for cadence in newsletter.cadences]
    form.topics.choices = [(topic.slug, topic.title) for topic in offer.topics(newsletter)]
    form.language.choices = [(language, language_name(language, speaking)) for language in languages()]
    form.format.choices = [(str(format_), said(FORMATS[format_])) for format_ in Format]
    wrong = said(WRONG)
    for field in (form.cadence, form.language, form.format, form.topics):
        field.invalid_choice_message = wrong
    return form
