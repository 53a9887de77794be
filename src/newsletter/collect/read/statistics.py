"""The last resort: the text of a page by text statistics (trafilatura), where its structure does not show it."""

from __future__ import annotations

from newsletter.collect.read.page import PageTree


def statistical_body(page: PageTree) -> str:
    """The body that trafilatura finds in the pruned page, as HTML that is not yet sanitised; "" for none."""
    from trafilatura import extract  # costs half a second to import, and most pages never need it

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
