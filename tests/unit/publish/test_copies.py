"""How a release's pictures are shown: as our copies, or as the portal's own."""

from __future__ import annotations

from dataclasses import replace

from newsletter.model import Image, ImageCopy, ImageState, KnownImage, Release
from newsletter.publish.body import fit_body
from newsletter.publish.content import fit
from newsletter.publish.copies import with_copies
from tests.unit.publish.sample import make

OURS = "https://news.musterstadt.example/images"
PORTAL = "https://musterstadt.example/bilder"
LEAD = Image(f"{PORTAL}/a&b.jpg", "Die Brücke", "Am Abend.", "Foto: Stadt", lead=True, width=4000, height=2250)
INNER = Image(f"{PORTAL}/plan.png", "Der Plan")
BODY = (
    f'<p>Text &amp; "mehr" &lt; so.</p><figure><img src="{INNER.src}" alt="Der Plan"><figcaption>Plan</figcaption>'
    f'</figure><p>Und <img src="{PORTAL}/unbekannt.jpg" alt="Etwas"> weiter.</p>'
)
RELEASE: Release = make(1, images=(LEAD, INNER), body_html=BODY)


def known(image: Image, name: str, **more: object) -> dict[str, KnownImage]:
    copy = ImageCopy(f"ab/{name}.jpg", "image/jpeg", 1200, 675, 90_000)
    found = KnownImage(image.src, ImageState.GOOD, "h", copy, "image/png", 4000, 2250, 2_000_000)
    return {image.src: replace(found, **more)}  # type: ignore[arg-type]


def test_our_copies_stand_for_the_pictures_and_nothing_else_of_them_changes() -> None:
    shown = with_copies(RELEASE, known(LEAD, "lead") | known(INNER, "inner"), OURS)
    lead, inner = shown.images
    assert lead == replace(
        LEAD, src=f"{OURS}/ab/lead.jpg", width=1200, height=675, type="image/jpeg", size=90_000, original=LEAD.src
    )
    assert inner.src == f"{OURS}/ab/inner.jpg"
    assert f'<img alt="Der Plan" src="{OURS}/ab/inner.jpg" width="1200" height="675">' in shown.body_html
    assert '<p>Text &amp; "mehr" &lt; so.</p>' in shown.body_html
    assert "musterstadt.example/bilder" not in shown.body_html
    assert replace(shown, images=RELEASE.images, body_html=BODY) == RELEASE


def test_without_a_copy_nothing_is_loaded_and_the_alt_text_stays() -> None:
    shown = with_copies(RELEASE, {}, OURS)
    assert [image.src for image in shown.images] == ["", ""]
    assert shown.lead is not None
    assert (shown.lead.alt, shown.lead.original) == ("Die Brücke", LEAD.src)
    published = fit(shown, "de")
    assert published.images == ()
    assert "<img" not in published.body_html
    assert "<figure" not in published.body_html
    assert "weiter." in published.body_html


def test_a_failed_look_keeps_the_copy_that_there_is() -> None:
    shown = with_copies(RELEASE, known(LEAD, "lead", state=ImageState.FAILED), OURS)
    assert shown.images[0].src == f"{OURS}/ab/lead.jpg"


def test_two_addresses_of_one_picture_are_shown_once() -> None:
    shown = with_copies(RELEASE, known(LEAD, "same") | known(INNER, "same"), OURS)
    assert "<img" not in fit_body(shown)


def test_linked_pictures_are_the_portals_own_in_their_true_size() -> None:
    shown = with_copies(RELEASE, known(LEAD, "lead", copy=None), None)
    lead, inner = shown.images
    assert (lead.src, lead.width, lead.height, lead.type, lead.size) == (LEAD.src, 4000, 2250, "image/png", 2_000_000)
    assert (inner.src, inner.width) == (INNER.src, None)
    assert f'src="{INNER.src}"' in shown.body_html


def test_what_is_no_picture_is_not_even_linked() -> None:
    for copies in (None, OURS):
        unfit = with_copies(RELEASE, known(LEAD, "x", state=ImageState.UNFIT, copy=None), copies)
        assert unfit.images[0].src == ""
        pixel = with_copies(RELEASE, known(LEAD, "x", state=ImageState.STAND_IN, copy=None), copies)
        assert pixel.lead is None
    inner = with_copies(RELEASE, known(INNER, "x", state=ImageState.STAND_IN, copy=None), None)
    assert f'src="{INNER.src}"' not in inner.body_html
