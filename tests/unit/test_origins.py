"""Every setting says where it came from, and no secret is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.config import load
from newsletter.config.origins import Known, Origin, known

SETTINGS = """
[site]
title = "Presse"
base_url = "https://news.musterstadt.example"
publisher = "Stadt Musterstadt"
contact = "presse@musterstadt.example"
[store]
url = "postgresql://news:geheim@db.musterstadt.example/news"
[alerts]
webhook = "https://chat.musterstadt.example/hooks/geheim"
[mail]
from = "Presse <presse@musterstadt.example>"
[mail.smtp]
host = "mail.musterstadt.example"
username = "news"
password_file = "kennwort"
[[newsletters]]
id = "presse"
title = "Pressemitteilungen"
feeds = []
"""


@pytest.fixture
def found(tmp_path: Path) -> dict[str, Known]:
    (tmp_path / "newsletter.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "kennwort").write_text("geheim\n", "utf-8")
    environment = {
        "NEWSLETTER_SITE__TITLE": "Aus der Umgebung",
        "NEWSLETTER_NETWORK__PROXY": "http://u:geheim@proxy.musterstadt.example:3128",
        "OTHER": "x",
    }
    settings = load(tmp_path / "newsletter.toml", environment)
    return {one.name: one for one in known(settings, settings.origins)}


def test_where_each_came_from(found: dict[str, Known]) -> None:
    origins = {
        name: (found[name].origin, found[name].place)
        for name in ("site.title", "site.publisher", "site.language", "mail.smtp.password", "newsletters.0.id")
    }
    assert origins == {
        "site.title": (Origin.ENVIRONMENT, "NEWSLETTER_SITE__TITLE"),
        "site.publisher": (Origin.FILE, ""),
        "site.language": (Origin.DEFAULT, ""),
        "mail.smtp.password": (Origin.SECRET_FILE, "mail.smtp.password_file"),
        "newsletters.0.id": (Origin.FILE, ""),
    }
    assert found["site.title"].value == "Aus der Umgebung"
    assert found["mail.from"].value == "Presse <presse@musterstadt.example>"


def test_no_secret_is_shown(found: dict[str, Known]) -> None:
    assert "geheim" not in repr(found)
    assert found["store.url"].value == "postgresql://news:…@db.musterstadt.example/news"
    secrets = {name: one.is_set for name, one in found.items() if one.value is None}
    assert {name for name, is_set in secrets.items() if is_set} == {
        "mail.smtp.password",
        "network.proxy",
        "alerts.webhook",
    }
    assert not secrets["network.proxy_password"]


def test_the_names_of_ours_alone_are_hidden(found: dict[str, Known]) -> None:
    assert not {name.partition(".")[0] for name in found} & {"root", "feeds", "origins"}
