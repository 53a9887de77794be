# ruff: noqa: E501 - pages stand here as their systems write them
# mypy: disable-error-code="union-attr"
"""Captions and credits in the places where nothing is called what it is."""

from __future__ import annotations

import pytest

from tests.unit.collect.read.pages import BODY, FIRST, release

HEAD = "<h1>Neuer Radweg am Nordufer</h1>"


@pytest.mark.parametrize("figure", [
    '<div class="mx-auto"><span class="text-sm">Foto: Stadt Musterstadt</span><img src="/a.jpg" alt=""><div class="text-base">Der Weg am Ufer</div></div>',
    '<div class="my-4"><div><img src="/a.jpg" alt="Weg"><button>Vollbild</button></div><div><p class="x">Der Weg am Ufer</p><p>© Stadt Musterstadt</p></div></div>',
    '<figure><img src="/a.jpg" alt=""><figcaption><span class="copy">© Stadt Musterstadt</span><p>Der Weg am Ufer</p></figcaption></figure>',
    '<img src="/a.jpg" alt="" data-caption="Der Weg am Ufer" data-copyright="Foto: Stadt Musterstadt">',
    '<div><img src="/a.jpg" alt=""><h5 class="bilduntertitel">Der Weg am Ufer. Foto: Stadt Musterstadt</h5></div>',
])  # fmt: skip
def test_a_caption_and_its_credit_are_found_and_leave_the_text(figure):
    draft = release(f"<main>{HEAD}{figure}{BODY}</main>")
    assert (draft.lead.caption or "").rstrip(".") == "Der Weg am Ufer"
    assert draft.lead.credit == "Stadt Musterstadt"
    assert draft.body_text.startswith(FIRST)


def test_a_text_beside_a_picture_is_no_caption_without_a_credit():
    draft = release(f'<main>{HEAD}<div class="content"><img src="/a.jpg" alt="Ein Weg"><p>{FIRST}</p></div></main>')
    assert draft.lead.caption is None
    assert FIRST in draft.body_text


@pytest.mark.parametrize("figure", [
    '<figure><img src="/a.jpg" alt=""><figcaption class="copyright">Der Weg am breiten Ufer. Bild © Stadt Musterstadt</figcaption></figure>',
    '<figure><img src="/a.jpg" alt=""><figcaption>Legende: Der Weg am breiten Ufer. <span class="credit">Stadt Musterstadt</span></figcaption></figure>',
    '<figure><img src="/a.jpg" alt=""><figcaption>Der Weg am breiten Ufer. <small>Symbolfoto: Stadt Musterstadt</small> Bild vergrößern</figcaption></figure>',
])  # fmt: skip
def test_what_calls_it_so_and_buttons_are_no_caption(figure):
    lead = release(f"<main>{HEAD}{figure}{BODY}</main>").lead
    assert (lead.caption, lead.credit) == ("Der Weg am breiten Ufer.", "Stadt Musterstadt")


def test_what_an_attribute_holds_that_is_an_address_is_no_credit():
    assert release(f'<main>{HEAD}<img src="/a.jpg" alt="x" data-source="/quelle/7">{BODY}</main>').lead.credit is None
