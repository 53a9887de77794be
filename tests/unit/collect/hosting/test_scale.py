"""What becomes of a foreign picture: upright, in sRGB, scaled, bare of metadata, and never more than can be decoded."""

from __future__ import annotations

import tracemalloc

import pytest
from PIL import Image, ImageCms

from newsletter.collect.hosting import scale
from newsletter.collect.hosting.encode import TARGET
from newsletter.collect.hosting.scale import scaled
from newsletter.errors import UnfitImage
from tests.unit.collect.hosting.pictures import data, drawing, exif, opened, photo, png_of

WIDTH = 1200
BLUE_AS_RED = (0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0)


def copied(body: bytes, width: int = WIDTH) -> Image.Image:
    return opened(scaled(body, width).copy.data)


def is_red(picture: Image.Image, x: int, y: int) -> bool:
    red, _, blue = colour_at(picture, x, y)
    return red > 200 and blue < 50


def colour_at(picture: Image.Image, x: int = 9, y: int = 9) -> tuple[int, ...]:
    colour = picture.getpixel((x, y))
    assert isinstance(colour, tuple)
    return colour


def close(one: tuple[int, ...], other: tuple[int, ...], by: int) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_photograph_of_every_kind_becomes_a_jpeg_of_our_width(kind: str) -> None:
    made = scaled(data(photo(), kind), WIDTH)
    copy = opened(made.copy.data)
    assert (made.width, made.height) == (1600, 900)
    assert (copy.format, copy.mode, copy.size) == ("JPEG", "RGB", (1200, 675))
    assert (made.copy.type, made.copy.ending, made.copy.width, made.copy.height) == ("image/jpeg", "jpg", 1200, 675)
    assert copy.info["progressive"]
    assert len(made.copy.data) <= TARGET


def test_equal_bytes_become_equal_bytes() -> None:
    body = data(photo(), "JPEG")
    assert scaled(body, WIDTH) == scaled(body, WIDTH)


def test_a_small_picture_is_never_made_larger() -> None:
    assert copied(data(photo(400, 300), "JPEG")).size == (400, 300)


def test_a_ribbon_is_kept_whole_and_becomes_narrower() -> None:
    assert copied(data(photo(1000, 4000), "JPEG")).size == (400, 1600)


def test_whatever_a_camera_or_a_program_wrote_is_gone() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF>Marktplatz 1</rdf:RDF></x:xmpmeta>"
    jpeg = data(photo(), "JPEG", exif=exif(gps=True), comment=b"von Erika Mustermann", icc_profile=profile, xmp=xmp)
    assert b"Kamera GmbH" in jpeg
    assert b"Erika" in jpeg
    made = scaled(jpeg, WIDTH).copy.data
    copy = opened(made)
    assert set(copy.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert not copy.getexif()
    for said in (b"Kamera", b"Erika", b"Marktplatz", b"Exif", b"ICC_PROFILE", b"http"):
        assert said not in made

    png = scaled(data(drawing(), "PNG", exif=exif(gps=True), icc_profile=profile, dpi=(300, 300)), WIDTH).copy
    assert png.ending == "png"
    assert opened(png.data).info == {}


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_picture_taken_sideways_stands_upright(orientation: int) -> None:
    upright = photo(1600, 900)
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    lying = upright.transpose(turns[orientation])
    made = scaled(data(lying, "JPEG", exif=exif(orientation)), WIDTH)
    copy = opened(made.copy.data)
    assert (made.width, made.height) == (1600, 900)
    assert copy.size == (1200, 675)
    assert is_red(copy, 20, 300)
    assert is_red(copy.transpose(Image.Transpose.FLIP_LEFT_RIGHT).convert("RGB", BLUE_AS_RED), 20, 300)


def test_print_colours_become_screen_colours() -> None:
    red = Image.new("RGB", (600, 400), (200, 30, 30)).convert("CMYK")
    assert close(colour_at(copied(data(red, "JPEG", quality=95))), (200, 30, 30), 12)


def test_another_colour_space_becomes_srgb() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")  # its red is our blue
    for profile, colour in ((srgb, (200, 30, 30)), (swapped, (30, 30, 200))):
        body = data(Image.new("RGB", (400, 300), (200, 30, 30)), "PNG", icc_profile=profile)
        assert close(colour_at(copied(body)), colour, 3)


def test_a_profile_that_is_none_of_the_picture_is_not_believed() -> None:
    grey = Image.new("RGB", (400, 300), (120, 120, 120))
    of_another_model = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (of_another_model, b"no profile at all"):
        assert close(colour_at(copied(data(grey, "JPEG", icc_profile=profile))), (120, 120, 120), 2)


def test_sixteen_bits_keep_their_range() -> None:
    deep = Image.new("I;16", (512, 256))
    deep.putdata([(number % 512) * 128 for number in range(512 * 256)])
    copy = copied(data(deep, "PNG"))
    assert copy.mode == "L"
    assert min(copy.tobytes()) == 0
    assert max(copy.tobytes()) >= 250


def test_a_drawing_stays_without_loss() -> None:
    for picture in (drawing(), drawing().quantize(8)):
        made = scaled(data(picture, "PNG"), WIDTH)
        assert made.copy.type == "image/png"
        assert opened(made.copy.data).convert("RGB").tobytes() == drawing().tobytes()


@pytest.mark.parametrize(
    ("ink", "ground"), [((0, 0, 0), scale.WHITE), ((90, 90, 90), scale.WHITE), ((255, 255, 255), scale.DARK)]
)
def test_what_is_transparent_can_be_seen_in_light_and_dark(
    ink: tuple[int, int, int], ground: tuple[int, int, int]
) -> None:
    sign = Image.new("RGBA", (600, 300), (0, 0, 0, 0))
    sign.paste((*ink, 255), (100, 100, 500, 200))
    copy = copied(data(sign, "PNG")).convert("RGB")
    assert copy.getpixel((5, 5)) == ground
    assert copy.getpixel((300, 150)) == ink


def test_of_an_animation_the_first_frame_is_shown() -> None:
    first, second = Image.new("RGB", (300, 200), "red"), Image.new("RGB", (300, 200), "blue")
    for kind in ("GIF", "WEBP"):
        copy = copied(data(first, kind, save_all=True, append_images=[second], duration=100)).convert("RGB")
        assert is_red(copy, 150, 100)


def test_a_picture_too_rich_for_every_quality_becomes_smaller() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((1600, 1200), 120) for _ in range(3)])
    made = scaled(data(noise, "PNG"), WIDTH)
    assert len(made.copy.data) <= TARGET
    assert made.copy.width < WIDTH
    assert abs(made.copy.width / made.copy.height - 4 / 3) < 0.01


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (png_of(30_000, 30_000), "900 million|decoded|damaged"),
        (png_of(5_000, 5_000), "more than the 16 million"),
        (data(photo(), "JPEG")[:5_000], "damaged"),
        (data(photo(), "PNG")[:20_000], "damaged"),
        (b"<!doctype html><title>404</title>", "cannot be read"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "cannot be read"),
        (data(photo(400, 300), "TIFF"), "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_bombs_and_what_is_no_picture_are_refused(body: bytes, said: str) -> None:
    with pytest.raises(UnfitImage, match=said):
        scaled(body, WIDTH)


@pytest.mark.parametrize("size", [(1, 1), (600, 1), (64, 64)])
def test_pixels_lines_and_icons_stand_for_nothing(size: tuple[int, int]) -> None:
    with pytest.raises(UnfitImage) as refused:
        scaled(data(Image.new("RGB", size), "PNG"), WIDTH)
    assert refused.value.stand_in


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    body = data(photo(400, 300), "JPEG", progressive=True)
    scan = body[body.index(b"\xff\xda") : body.index(b"\xff\xda", body.index(b"\xff\xda") + 2)]
    endless = body[:-2] + scan * scale.MOST_SCANS + b"\xff\xd9"
    with pytest.raises(UnfitImage, match="scans"):
        scaled(endless, WIDTH)


def test_a_progressive_jpeg_is_bounded_more_tightly_for_libjpeg_keeps_all_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scale, "MOST_SAMPLES", 3_000_000)
    assert copied(data(photo(), "JPEG")).size == (1200, 675)
    with pytest.raises(UnfitImage, match="1 million"):
        scaled(data(photo(), "JPEG", progressive=True), WIDTH)


def test_python_itself_holds_little_of_a_picture() -> None:
    body = data(Image.new("RGB", (7_000, 7_000), "red"), "JPEG")
    tracemalloc.start()
    try:
        scaled(body, WIDTH)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
