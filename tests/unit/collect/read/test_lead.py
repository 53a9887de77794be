# ruff: noqa: E501 - pages stand here as their systems write them
# mypy: disable-error-code="union-attr"
"""Which picture stands for a release, and what the page says of it in whatever place."""

from __future__ import annotations

import pytest

from newsletter.collect.read.pictures import inner_address, picture_keys
from newsletter.model import AltFrom
from tests.unit.collect.read.pages import BODY, FIRST, SECOND, release

HEAD = "<h1>Neuer Radweg am Nordufer</h1>"
LONG = f"<p>{FIRST} {SECOND}</p><p>{SECOND} {FIRST}</p>"
OTHER = '<meta property="og:image" content="/og/teilen-1200.jpg"><meta property="og:image:alt" content="Ein Plan">'


def og(address: str) -> str:
    return f'<meta property="og:image" content="{address}">'


def test_a_picture_at_the_head_comes_before_one_that_the_data_name():
    draft = release(f'<main>{HEAD}<img src="/a/ufer-weg.jpg" alt="Ein Weg">{BODY}</main>', OTHER)
    assert draft.lead.src.endswith("/a/ufer-weg.jpg")
    assert draft.origin["image"] == "structure"


def test_one_that_the_data_name_comes_before_one_deep_in_the_text():
    draft = release(f'<main>{HEAD}{LONG}<img src="/a/tief-unten.jpg" alt="Ein Weg">{BODY}</main>', OTHER)
    assert draft.lead.src.endswith("/og/teilen-1200.jpg")
    assert (draft.lead.alt, draft.lead.alt_from) == ("Ein Plan", AltFrom.SOURCE)
    assert draft.origin["image"] == "opengraph"
    assert [image.src.rsplit("/", 1)[1] for image in draft.images] == ["teilen-1200.jpg", "tief-unten.jpg"]


def test_one_told_about_stands_for_the_release_though_it_comes_later():
    figure = '<figure><img src="/a/ufer.jpg" alt="Ein Weg"><figcaption>Der Weg am Ufer</figcaption></figure>'
    draft = release(f"<main>{HEAD}<p>{FIRST} {SECOND} {SECOND}</p>{figure}{BODY}</main>", OTHER)
    assert draft.lead.caption == "Der Weg am Ufer"


def test_one_that_nothing_tells_of_gives_way_to_the_one_the_data_name():
    assert release(f'<main>{HEAD}<img src="/a/x1.jpg">{BODY}</main>', OTHER).lead.src.endswith("/og/teilen-1200.jpg")
    assert release(f'<main>{HEAD}<img src="/a/x1.jpg">{BODY}</main>').lead.src.endswith("/a/x1.jpg")
    wide = '<img src="/a/x1.jpg" width="1169" alt="">'
    assert release(f"<main>{HEAD}{wide}{BODY}</main>", OTHER).lead.src.endswith("/a/x1.jpg")


def test_of_two_copies_the_one_with_its_caption_is_taken_not_the_card():
    card = '<ol><li><a href="/b"><img src="/p/hafen-232.jpg" alt="Karte"><h3>Andere</h3></a></li></ol>'
    figure = '<figure><img src="/p/hafen-576.jpg" alt="Der Hafen"><figcaption>Im Hafen</figcaption></figure>'
    lead = release(f"{card}<main>{HEAD}{figure}{BODY}</main>", og("/p/hafen-1200.jpg")).lead
    assert (lead.alt, lead.caption) == ("Der Hafen", "Im Hafen")


def test_a_picture_for_machines_only_is_not_shown():
    hidden = '<div style="display: none; width: 0" itemscope itemtype="https://schema.org/NewsArticle"><img src="/p/hafen.jpg" alt="image from page"></div>'
    shown = '<figure><img src="/p/csm_hafen_0a1b2c3d4e.jpg" alt="Der Hafen"></figure>'
    assert release(f"<main>{HEAD}{hidden}{shown}{BODY}</main>", og("/p/hafen.jpg")).lead.alt == "Der Hafen"


def test_a_stand_in_for_many_is_no_picture():
    cards = "".join(f'<div><img src="/grau.jpg" alt="Meldung {n}"></div>' for n in range(4))
    assert release(f"<main>{HEAD}{cards}{BODY}</main>", og("/p/radweg-1.jpg")).lead.src.endswith("/p/radweg-1.jpg")


def test_a_thumbnail_is_known_by_the_large_picture_it_leads_to():
    main = (
        f'<main>{HEAD}{LONG}<a href="/img/33162.jpg"><img src="/img/33161.jpg" alt="Café" width="120"></a>{BODY}</main>'
    )
    assert release(main, og("/img/33162.jpg")).lead.alt == "Café"


def test_behind_a_resizing_service_the_address_that_the_data_name_is_kept():
    service = "https://resize.example/?url=https%3A%2F%2Fmusterstadt.example%2Fp%2Fradweg.jpg&amp;w=2000"
    lead = release(f'<main>{HEAD}<img src="{service}" alt="Ein Weg">{BODY}</main>', og("/p/radweg.jpg")).lead
    assert (lead.src, lead.alt) == ("https://musterstadt.example/p/radweg.jpg", "Ein Weg")


def test_the_datas_words_are_used_where_the_page_has_none():
    head = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Neuer Radweg am Nordufer", "image": {"@id": "#b"}}</script>
      <script type="application/ld+json">{"@type": "ImageObject", "@id": "#b", "url": "/p/radweg.jpg", "caption": "Der Weg am Ufer",
      "creditText": "Stadt Musterstadt"}</script>"""
    lead = release(f'<main>{HEAD}<img src="/p/radweg-800x600.jpg" alt="Ein Weg">{BODY}</main>', head).lead
    assert (lead.alt, lead.caption, lead.credit) == ("Ein Weg", "Der Weg am Ufer", "Stadt Musterstadt")


@pytest.mark.parametrize("main", [
    f'<main>{HEAD}<img class="article-banner lazyload" data-src="/p/a-kopf.jpg" alt="Ein Weg">{BODY}</main>',
    f'<main>{HEAD}<img data-flickity-lazyload="/p/a-kopf.jpg" alt="Ein Weg">{BODY}</main>',
    f'<main>{HEAD}<img data-full-url="/p/a-kopf.jpg" src="data:image/gif;base64,R0" alt="Ein Weg">{BODY}</main>',
])  # fmt: skip
def test_the_address_is_found_in_whatever_attribute_it_hides(main):
    assert release(main).lead.src.endswith("/p/a-kopf.jpg")


def test_a_picture_that_only_leads_elsewhere_leaves_the_text():
    promo = '<p><a href="/magazin"><img src="/p/heft.jpg" alt="" width="300"></a></p>'
    draft = release(f'<main>{HEAD}<img src="/p/weg.jpg" alt="Ein Weg">{BODY}{promo}</main>')
    assert len(draft.images) == 1
    assert "heft.jpg" not in draft.body_html


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/f/csm_iENA_58b93cb068.jpg", "/f/csm_iENA_bfa7d4a9f4.jpg"),
        ("/x/e3j19e-IMG_4400.JPEG/alternates/WIDE_700/IMG_4400.JPEG", "/x/e3j19e-IMG_4400.JPEG/alternates/SQ_1200/IMG_4400.JPEG"),
        ("/l/3700095/jpg/640x360", "/l/3700095/jpg/1200x628"),
        ("https://r.example/i?url=https%3A%2F%2Fa.example%2Fp%2Fradweg.jpg", "https://a.example/p/radweg.jpg"),
    ],
)  # fmt: skip
def test_two_sizes_of_one_picture_have_a_key_in_common(one, other):
    assert picture_keys(one) & picture_keys(other)


def test_two_pictures_have_none():
    assert not picture_keys("/x/a1-IMG_1.JPEG/WIDE_700/IMG_4400.JPEG") & picture_keys(
        "/x/b2-IMG_2.JPEG/WIDE_700/IMG_9900.JPEG"
    )
    assert inner_address("https://a.example/p.jpg?w=3") == "https://a.example/p.jpg?w=3"
    assert picture_keys("https://[broken/p.jpg") == frozenset()


@pytest.mark.parametrize("name", [
    "og-image", "OG-Image", "og-link-card-24", "meta-facebook", "PR-Twitter-Card", "default-share-image", "social-media-preview",
    "facebook_share", "site-preview", "institutionlogo",
])  # fmt: skip
def test_a_picture_that_a_site_gives_to_any_link_is_no_lead(name):
    head = f'<meta property="og:image" content="/files/{name}.jpg">'
    assert release(f"<main><h1>Neuer Radweg am Nordufer</h1>{BODY}</main>", head).lead is None


@pytest.mark.parametrize(
    "name",
    ["radweg-am-ufer", "radweg-am-ufer-og-image", "landkarte-radweg", "standard-radweg", "share-of-cyclists-2026"],
)
def test_one_that_is_named_like_what_it_shows_is(name):
    head = f'<meta property="og:image" content="/files/{name}.jpg">'
    lead = release(f"<main><h1>Neuer Radweg am Nordufer</h1>{BODY}</main>", head).lead
    assert lead is not None
    assert lead.src.endswith(f"{name}.jpg")


@pytest.mark.parametrize("folder", [
    "/SiteGlobals/Frontend/Images", "/typo3conf/ext/stadt/Resources/Public/Images", "/wp-content/themes/stadt/img",
    "/sites/default/themes/stadt/images", "/++theme++stadt/img",
])  # fmt: skip
def test_what_belongs_to_the_look_of_a_site_is_no_lead(folder):
    img = f'<img src="{folder}/kopfbereich.jpg" alt="Ansicht der Stadt" width="1200" height="300">'
    assert release(f"<main>{HEAD}{img}{BODY}</main>").images == ()
