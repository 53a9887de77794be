# ruff: noqa: E501 - pages stand here as their systems write them
"""The files of a release, with what their links tell."""

from __future__ import annotations

import pytest

from newsletter.model import Document
from tests.unit.collect.read.pages import BODY, FIRST, release

SITE = "https://musterstadt.example"


def documents(link: str) -> tuple[Document, ...]:
    return release(f"<main><h1>Neuer Radweg am Nordufer</h1>{BODY}{link}</main>").documents


@pytest.mark.parametrize(("link", "title", "size"), [
    ('<p><a href="/plan.pdf">Lageplan (PDF, 1,2 MB)</a></p>', "Lageplan", 1_200_000),
    ('<p><a href="/plan.pdf">Lageplan</a> PDF | 38 KB | Datei ist nicht barrierefrei</p>', "Lageplan", 38_000),
    ('<ul><li><a href="/plan.pdf?__blob=publicationFile&v=2">Lageplan</a> (PDF, 120 kB)</li></ul>', "Lageplan", 120_000),
    ('<p><a href="/dam/jcr:1/plan" type="application/pdf">Lageplan</a></p>', "Lageplan", None),
    ('<p><a href="/index.php?eID=dumpFile&t=f&f=7">Lageplan (PDF, 2 MB)</a></p>', "Lageplan", 2_000_000),
    ('<p><a href="/media/7/download">Lageplan [PDF, 2 MB]</a></p>', "Lageplan", 2_000_000),
    ('<p>Der Plan liegt <a href="/files/Lageplan%20Nordufer.pdf">hier</a>.</p>', "Lageplan Nordufer.pdf", None),
    ('<p><a href="/x.pdf" title="Lageplan Nordufer (PDF, 3 MB)">Download</a></p>', "Lageplan Nordufer", None),
])  # fmt: skip
def test_a_document_with_its_title_type_and_size(link, title, size):
    (document,) = documents(link)
    assert (document.title, document.type, document.size) == (title, "application/pdf", size)
    assert document.url.startswith(SITE)


@pytest.mark.parametrize(
    "link", ['<p><a href="/b">Mehr zum Plan</a></p>', '<p><a href="/pdf-hinweise">Hinweise zu PDF</a></p>']
)
def test_a_page_is_none(link):
    assert documents(link) == ()


def test_a_line_that_is_but_a_document_is_not_in_the_text():
    line = '<p><a href="/plan.pdf">Lageplan vom 14. Oktober</a>PDF | 38 KB | Datei ist nicht barrierefrei</p>'
    text = release(f"<main><h1>Neuer Radweg am Nordufer</h1>{BODY}{line}<p>{FIRST}</p></main>").body_text
    assert "Lageplan" not in text
