"""Mails as they are read in a terminal: the text part as it is, the HTML part in w3m (mutt shows it by w3m, too).

Read a snapshot aloud when it changes: everything in its order, nothing said twice, no address in a sentence.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from newsletter.edition.compose import compose
from newsletter.edition.render import render_sheet
from newsletter.edition.variants import fill
from newsletter.model import Cadence, Format, Variant
from tests.integration.edition.mails import in_full
from tests.servers.process import needed
from tests.unit.edition.samples import NOON, RELEASES, SITE, SLOT, filled, newsletter

KINDS = {
    "standard": (Format.STANDARD, "de"),
    "standard, English": (Format.STANDARD, "en"),
    "standard, without pictures": (Format.NO_IMAGES, "de"),
    "compact": (Format.STANDARD, "de"),
    "single": (Format.STANDARD, "de"),
}


def mail(kind: str) -> Variant:
    layout = kind.partition(",")[0]
    format, language = KINDS[kind]
    single = layout == "single"
    releases = [in_full()] if single else RELEASES
    cadence, at = (Cadence.IMMEDIATE, NOON) if single else (Cadence.DAILY, SLOT)
    content = compose(SITE, newsletter(layout={cadence: layout}), cadence, at, releases)
    return fill(render_sheet(content, language, format), [one.id for one in releases])


def w3m(html: str) -> str:
    program = needed(Path("/usr/bin/w3m"))
    options = ["-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "80", "-o", "auto_image=FALSE"]
    run = subprocess.run([program, *options], input=html.encode(), capture_output=True, check=True, timeout=30)
    return run.stdout.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_part_in_w3m(kind: str, snapshot: SnapshotAssertion) -> None:
    assert w3m(filled(mail(kind).html)) == snapshot


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_part(kind: str, snapshot: SnapshotAssertion) -> None:
    assert filled(mail(kind).text) == snapshot


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_part_is_made_for_reading(kind: str) -> None:
    text = filled(mail(kind).text)
    assert "\n\n\n\n" not in text
    assert not re.search(r"[-=*_#~]{3,}", text)  # lines drawn of characters are read out one by one
    assert not re.search(r"[ \t]$", text, re.MULTILINE)
    for line in text.splitlines():
        before, _, _ = line.partition("http")
        assert line == before or not before or before.endswith(": ")  # an address stands alone, or behind its name
