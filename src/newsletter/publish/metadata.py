"""What a release's page says of itself to programs: schema.org's NewsArticle, and the Open Graph that previews read."""

from __future__ import annotations

from typing import Any

from newsletter.config import Site
from newsletter.model import Image, Precision, Release
from newsletter.publish import dates


def article(release: Release, site: Site) -> dict[str, Any]:
    """A fit release as schema.org's NewsArticle (schema.org/NewsArticle), to be written as JSON-LD.

    It is based on the page of the publisher, which stays the original.
    """
    said = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"urn:uuid:{release.id}",
        "headline": release.headline,
        "alternativeHeadline": release.kicker,
        "description": release.teaser,
        "inLanguage": release.language,
        "datePublished": _published(release, site),
        "dateModified": dates.updated(release, site.zone).isoformat(timespec="seconds"),
        "author": release.author and {"@type": "Person", "name": release.author},
        "publisher": {"@type": "Organization", "name": release.issuer or site.publisher},
        "image": release.lead and _picture(release.lead),
        "isBasedOn": release.url,
        "mainEntityOfPage": f"{site.base_url}/releases/{release.id}",
    }
    return {key: value for key, value in said.items() if value}


def open_graph(release: Release, site: Site) -> list[tuple[str, str]]:
    """Property and content of each `<meta>` (ogp.me), in order: what is of the picture follows the picture."""
    said = [
        ("og:type", "article"),
        ("og:title", release.headline),
        ("og:description", release.teaser),
        ("og:url", f"{site.base_url}/releases/{release.id}"),
        ("og:site_name", site.title),
        ("og:locale", release.language.replace("-", "_")),
        ("article:published_time", _published(release, site)),
    ]
    if lead := release.lead:
        said += [("og:image", lead.src), ("og:image:alt", lead.alt)]
        if lead.width and lead.height:
            said += [("og:image:width", str(lead.width)), ("og:image:height", str(lead.height))]
    return [(name, content) for name, content in said if content]


def _published(release: Release, site: Site) -> str | None:
    """As exactly as the source said it."""
    at = dates.published(release, site.zone)
    if at is None:
        return None
    return at.date().isoformat() if release.published_precision is Precision.DAY else at.isoformat(timespec="seconds")


def _picture(image: Image) -> dict[str, Any]:
    said = {
        "@type": "ImageObject",
        "url": image.src,
        "description": image.alt,
        "caption": image.caption,
        "creditText": image.credit,
        "width": image.width,
        "height": image.height,
    }
    return {key: value for key, value in said.items() if value}
