"""A theme is read, put over the general one, and refused where it cannot be read by everybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html

from newsletter.colours import colour, contrast
from newsletter.config import Settings, load
from newsletter.config.theme import PAIRS, Logo, Theme, too_faint
from newsletter.edition.rules import check
from newsletter.edition.theme import theme
from newsletter.errors import SettingsError
from newsletter.model import Format
from tests.unit.edition.samples import RELEASES, SITE, filled, newsletter, variant
from tests.unit.test_config import GOOD, write

LOGO = (
    'logo = { src = "https://musterstadt.example/wappen.png", alt = "Stadt Musterstadt", width = 160, height = 40 }\n'
)


def loaded(folder: Path, general: str = "", own: str = "") -> Settings:
    text = GOOD.replace("[[newsletters]]", f"{general}\n[[newsletters]]\n{own}")
    return load(write(folder, text), {})


def problems(folder: Path, general: str = "", own: str = "") -> list[str]:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, general, own)
    return caught.value.problems


def test_our_own_theme_passes() -> None:
    assert list(too_faint(Theme(), "theme")) == []


def test_a_newsletters_theme_is_put_over_the_general_one(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path, '[theme]\nradius = 0\n[theme.light]\naccent = "#7a1f1f"', 'theme = { light = { ink = "#000" } }'
    )
    (own,) = settings.newsletters
    assert (own.theme.light.accent, own.theme.light.ink, own.theme.radius) == ("#7a1f1f", "#000000", 0)
    assert (settings.theme.light.ink, own.theme.dark.accent) == ("#1c2126", "#9bccff")
    (same,) = loaded(tmp_path, "[theme]\nradius = 0").newsletters
    assert same.theme.radius == 0


def test_a_faint_pair_is_named_with_the_nearest_colour_that_passes(tmp_path: Path) -> None:
    (line,) = [one for one in problems(tmp_path, '[theme.light]\naccent = "#5aa0e0"') if "paper" in one]
    assert "theme.light.accent: #5aa0e0 on paper #ffffff has a contrast of 2.78:1, needed is 4.5:1 (WCAG 1.4.3)" in line
    found = re.search(r"the nearest that has is (#\w+)", line)
    assert found
    assert loaded(tmp_path, f'[theme.light]\naccent = "{found[1]}"').theme.light.accent == found[1]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.text}-{pair.ground}")
def test_every_pair_is_checked(mode: str, pair: tuple[str, str, float, str]) -> None:
    name, ground, _, criterion = pair
    palette = getattr(Theme(), mode)
    faint = Theme.model_validate({mode: {ground: getattr(palette, name)}})  # the ground in the text's own colour
    assert any(
        f"theme.{mode}.{name}:" in line and f" on {ground} " in line and criterion in line
        for line in too_faint(faint, "theme")
    )


def test_captions_need_more_than_text(tmp_path: Path) -> None:
    lines = problems(tmp_path, '[theme.light]\nmute = "#6b6b6b"')
    assert any(
        "theme.light.mute: #6b6b6b on paper #ffffff has a contrast of 5.32:1, needed is 7:1" in one for one in lines
    )


def test_a_ground_on_which_nothing_can_be_read_is_to_be_changed(tmp_path: Path) -> None:
    lines = problems(tmp_path, '[theme.dark]\npaper = "#777777"')
    assert any("theme.dark.mute" in one and "no colour has on paper: change that" in one for one in lines)


@pytest.mark.parametrize(
    ("general", "expected"),
    [
        ("[theme]\nradios = 3", "theme.radios: unknown key; did you mean radius?"),
        ("[theme.light]\naccnt = '#000'", "theme.light.accnt: unknown key; did you mean accent?"),
        ("[theme.light]\nink = 'black'", 'theme.light.ink: a colour is written as "#0b4f8a"'),
        ("[theme]\nfont = ['Arial; }']", "theme.font[0]"),
        ("[theme]\n" + LOGO.replace("Stadt Musterstadt", ""), "theme.logo: a logo's alt says whose it is"),
        ("[theme]\n" + LOGO.replace("Stadt Musterstadt", "Logo"), "theme.logo: a logo's alt says whose it is"),
        ("[theme]\n" + LOGO.replace(' alt = "Stadt Musterstadt",', ""), "theme.logo.alt: missing"),
        ("[theme]\n" + LOGO.replace("src = ", "file = 'a.png', src = "), "either src, its address, or file"),
        (
            "[theme]\n" + LOGO.replace('src = "https://musterstadt.example/wappen.png"', "file = 'a.svg'"),
            "these endings",
        ),
        (
            "[theme]\n" + LOGO.replace('src = "https://musterstadt.example/wappen.png"', "file = 'a.png'"),
            "cannot be read",
        ),
    ],
)
def test_each_problem_says_what_and_where(tmp_path: Path, general: str, expected: str) -> None:
    assert any(expected in line for line in problems(tmp_path, general))


def test_what_the_general_theme_got_wrong_is_told_once(tmp_path: Path) -> None:
    lines = problems(tmp_path, '[theme.light]\naccent = "#5aa0e0"', "theme = { radius = 3 }")
    assert len([one for one in lines if " on paper " in one]) == 1


def test_a_file_has_the_address_at_which_it_is_published(tmp_path: Path) -> None:
    (tmp_path / "wappen.png").write_bytes(b"a picture")
    general = "[theme]\n" + LOGO.replace('src = "https://musterstadt.example/wappen.png"', "file = 'wappen.png'")
    (own,) = loaded(tmp_path, general).newsletters
    assert own.theme.logo is not None
    assert re.fullmatch(r"https://news\.musterstadt\.example/theme/[0-9a-f]{12}\.png", own.theme.logo.src or "")
    settings = loaded(tmp_path, general, "theme = { radius = 3 }")
    assert settings.logos == {f"theme/{(own.theme.logo.src or '').rpartition('/')[2]}": tmp_path / "wappen.png"}


@pytest.mark.parametrize("accent", ["#0b4f8a", "#008000", "#c2410c", "#767676"])
def test_large_print_has_links_of_seven_to_one(accent: str) -> None:
    chosen = Theme.model_validate({"light": {"accent": accent}})
    look = theme(Format.LARGE, chosen)
    for palette in (look.light, look.dark):
        for ground in (palette.paper, palette.tint):
            assert contrast(colour(palette.accent), colour(ground)) >= 7


@pytest.mark.parametrize("format", [Format.STANDARD, Format.LARGE, Format.NO_IMAGES])
def test_a_mail_has_the_theme(format: Format) -> None:
    logo = Logo(src="https://musterstadt.example/wappen.png", alt="Stadt Musterstadt", width=160, height=40)
    chosen = Theme.model_validate(
        {
            "light": {"accent": "#7a1f1f"},
            "dark": {"accent": "#ffb3b3"},
            "font": ["Georgia", "Times New Roman", "serif"],
            "radius": 2,
        }
    ).model_copy(update={"logo": logo})
    own = newsletter(theme=chosen)
    found = variant(newsletter=own, format=format)
    html = filled(found.html)
    assert check(found, RELEASES, SITE, own) == ()
    assert '"Times New Roman", serif' in html
    assert "border-radius:2px" in html
    assert "#7a1f1f" in html or format is Format.LARGE
    pictures = lxml_html.document_fromstring(html).xpath("//p[@class='publisher logo']/img/@alt")
    assert pictures == ([] if format is Format.NO_IMAGES else ["Stadt Musterstadt"])
