"""The last resort: the text of a page by text statistics (trafilatura), where its structure does not show it."""

from __future__ import annotations

from functools import cache
from typing import Final

from newsletter.collect.read.page import PageTree

LANGUAGES: Final = (
    "Arabic", "Czech", "Danish", "Dutch", "English", "French", "German", "Italian", "Polish", "Romanian", "Russian",
    "Spanish", "Swedish", "Turkish", "Ukrainian",
)  # fmt: skip


@cache
def stopwords() -> frozenset[str]:
    """The words by which its last step tells prose from the rest: of all its hundred languages they take 34 MB."""
    from justext.utils import get_stoplist

    return frozenset().union(*map(get_stoplist, LANGUAGES))


def statistical_body(page: PageTree) -> str:
    """The body that trafilatura finds in the pruned page, as HTML that is not yet sanitised; "" for none."""
    from trafilatura import external, extract  # costs half a second to import, and most pages never need it

    external.JT_STOPLIST = stopwords()  # type: ignore[assignment]  # it is asked only whether a word is in it
    found = extract(
        page.root.html or "",
        url=page.url,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_images=True,
        include_links=True,
        favor_recall=True,
    )
    return found or ""
