"""Settings are read once, and every problem is told in one go."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from newsletter.config import Settings, load
from newsletter.errors import SettingsError
from newsletter.model import Cadence

GOOD = """
[site]
title = "Presse Musterstadt"
base_url = "https://news.musterstadt.example/"
publisher = "Stadt Musterstadt"
contact = "presse@musterstadt.example"
[mail]
from = "Presse Musterstadt <presse@musterstadt.example>"
[mail.smtp]
password_file = "secret"
[[newsletters]]
id = "presse"
title = "Pressemitteilungen"
feeds = ["musterstadt"]
holidays = "DE-BW"
"""
FEED = 'title = "Presse"\nurl = "https://musterstadt.example/presse"\nevery = "5m"\nmax_age = ""\n'


def write(folder: Path, text: str = GOOD, feed: str = FEED) -> Path:
    (folder / "feeds").mkdir(exist_ok=True)
    (folder / "feeds" / "musterstadt.toml").write_text(feed)
    (folder / "secret").write_text("geheim\n")
    path = folder / "newsletter.toml"
    path.write_text(text)
    return path


ASKS = "send_at = '07:00'\napproval = 'editor'\ncompose_at = "


def problems(path: Path, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(path, environment or {})
    return caught.value.problems


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(write(tmp_path), {"NEWSLETTER_MAIL__SMTP__PORT": "2525", "NEWSLETTER_CONFIG": "elsewhere"})


def test_paths_lie_beside_the_file(settings: Settings, tmp_path: Path) -> None:
    assert settings.store.url == f"sqlite:///{tmp_path}/var/newsletter.db"
    assert settings.publish.directory == tmp_path / "public"
    assert settings.security.key_file == tmp_path / "var" / "keys"


def test_environment_and_secret_files_are_read(settings: Settings) -> None:
    assert settings.mail.smtp.port == 2525
    assert settings.mail.smtp.password.get_secret_value() == "geheim"
    assert "geheim" not in repr(settings)


def test_feeds_come_with_their_slug(settings: Settings) -> None:
    feed = settings.feeds["musterstadt"]
    assert feed.every == timedelta(minutes=5)
    assert feed.max_age is None
    assert settings.site.base_url == "https://news.musterstadt.example"


def test_a_layout_holds_for_the_digests_or_a_cadence(tmp_path: Path) -> None:
    def layouts(line: str) -> list[str]:
        (found,) = load(write(tmp_path, GOOD.replace("[[newsletters]]", f"[[newsletters]]\n{line}")), {}).newsletters
        return [found.layout_of(cadence) for cadence in Cadence]

    assert layouts("") == ["single", "standard", "standard"]
    assert layouts("layout = 'compact'") == ["single", "compact", "compact"]
    assert layouts("layout = { weekly = 'compact', immediate = 'standard' }") == ["standard", "standard", "compact"]


def test_a_layout_of_ones_own_is_found(tmp_path: Path) -> None:
    (tmp_path / "templates/email").mkdir(parents=True)
    (tmp_path / "templates/email/own.mjml").touch()
    load(write(tmp_path, GOOD.replace("[[newsletters]]", "[[newsletters]]\nlayout = 'own'")), {})


def test_a_maildir_lies_beside_the_file_too(tmp_path: Path) -> None:
    lines = "return_path = 'b@m.example'\n[mail.feedback]\nkind = 'maildir'\npath = 'var/returned'\n[mail.smtp]"
    feedback = load(write(tmp_path, GOOD.replace("[mail.smtp]", lines)), {}).mail.feedback
    assert feedback
    assert feedback.path == tmp_path / "var/returned"


def test_all_problems_are_told_together(tmp_path: Path) -> None:
    text = GOOD.replace("[mail.smtp]", "[mail.smpt]").replace("publisher =", "publischer =")
    found = problems(write(tmp_path, text, FEED.replace("https:", "ftp:").replace("5m", "5 Minuten")))
    assert any("feeds/musterstadt.toml: url:" in line for line in found)
    assert any("feeds/musterstadt.toml: every:" in line for line in found)
    assert "newsletter.toml: mail.smpt: unknown key; did you mean smtp?" in found
    assert "newsletter.toml: site.publischer: unknown key; did you mean publisher?" in found
    assert "newsletter.toml: site.publisher: missing; it must be set" in found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('["musterstadt"]', '["musterstad"]', "did you mean musterstadt?"),
        ("DE-BW", "DE-XX", "holidays: not known"),
        ("https://news", "news", "base_url: an address begins with https://"),
        ('contact = "presse@musterstadt.example"', 'contact = "presse"', "contact: no mail address"),
        ('"secret"', '"nowhere"', "mail.smtp.password_file: cannot be read"),
        ("[site]", "[site]\ntimezone = 'Europa/Berlin'", 'time zone is named as "Europe/Berlin"'),
        ("[site]", "[site]\nlanguage = 'tlh'", "site.language: not one of"),
        ("[mail]", "[mail]\nreturn_path = 'b@@x'", "mail.return_path: an address"),
        ("[mail.smtp]", "[mail.feedback]\nkind = 'pipe'\n[mail.smtp]", "feedback needs return_path"),
        ("[mail.smtp]", "[mail.feedback]\nkind = 'maildir'\n[mail.smtp]", "maildir needs path"),
        ("[mail.smtp]", "[mail.feedback]\nkind = 'pipe'\npath = 'x'\n[mail.smtp]", "pipe has no path"),
        ("[mail.smtp]", "[mail.feedback]\nkind = 'imap'\nhost = 'h'\n[mail.smtp]", "imap needs username"),
        (
            "[mail.smtp]",
            "[mail.feedback]\nkind = 'lmtp'\n[mail.smtp]",
            "lmtp listens at a path (a socket) or at listen",
        ),
        ("[mail.smtp]", "[mail.feedback]\nkind = 'lmtp'\nlisten = '2400'\n[mail.smtp]", "a host and a port"),
        ("[site]", "[site", "not valid TOML"),
        ("[site]", "root = 'x'\n[site]", "root: unknown key"),
        ("[[newsletters]]", "[[newsletters]]\nsend_at = '7 Uhr'", 'a time of day is written as "07:00"'),
        (
            "[[newsletters]]",
            "[[newsletters]]\nlayout = 'kompact'",
            "no templates/email/kompact.mjml; did you mean compact?",
        ),
        ("[[newsletters]]", "[[newsletters]]\napproval = 'editor'", "needs compose_at"),
        ("[[newsletters]]", "[[newsletters]]\ncompose_at = '05:30'", 'are for approval = "editor"'),
        ("[[newsletters]]", f"[[newsletters]]\n{ASKS}'07:10'\napprove_by = '07:05'", "at most 20 hours"),
        ("[[newsletters]]", f"[[newsletters]]\n{ASKS}'05:30'\napprove_by = '05:00'", "between compose_at and send_at"),
        ("[[newsletters]]", f"[[newsletters]]\n{ASKS}'07:00'\napprove_by = '07:00'", "needs time between"),
        ("[[newsletters]]", "[[newsletters]]\nlayout = { daily = 'single' }", "it is for immediate only"),
        ("[[newsletters]]", "[[newsletters]]\nlayout = { monthly = 'compact' }", "layout.monthly"),
    ],
)
def test_each_problem_says_what_and_where(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert any(expected in line for line in problems(write(tmp_path, GOOD.replace(old, new, 1))))


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    assert "newsletter init" in problems(tmp_path / "newsletter.toml")[0]


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    (line,) = problems(write(tmp_path), {"NEWSLETTER_MAIL__SMTP__PASSWORD": '["hunter2"]'})
    assert "hunter2" not in line


NETWORK = """
[network]
proxy = "http://proxy.example:3128"
proxy_username = "newsletter"
proxy_password_file = "secret"
no_proxy = [".Intern.example", "10.0.0.0/8", "192.168.0.7"]
"""


def test_the_way_out_is_read(tmp_path: Path) -> None:
    network = load(write(tmp_path, GOOD.replace("[mail]", NETWORK + "[mail]", 1)), {}).network
    assert network.proxy.get_secret_value() == "http://proxy.example:3128"
    assert network.proxy_password.get_secret_value() == "geheim"
    assert network.no_proxy == ["intern.example", "10.0.0.0/8", "192.168.0.7/32"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PROXY", "socks5://proxy.example:1080", "a proxy is written as"),
        ("PROXY", "proxy.example:3128", "a proxy is written as"),
        ("PROXY", "http://proxy.example:99999", "a proxy is written as"),
        ("PROXY", "http://proxy.example/x", "no path"),
        ("NO_PROXY", '["https://intern.example/"]', "a host, or a network"),
        ("NO_PROXY", '["*.intern.example"]', "a host, or a network"),
        ("PROXY_USERNAME", "newsletter", "for a proxy, and there is none"),
        ("PROXY_PASSWORD_FILE", "nowhere", "network.proxy_password_file: cannot be read"),
        ("CA_FILE", "nowhere.pem", "network.ca_file: no certificate"),
        ("CA_FILE", "secret", "network.ca_file: no certificate"),
    ],
)
def test_a_way_out_that_cannot_be(tmp_path: Path, name: str, value: str, said: str) -> None:
    (line,) = problems(write(tmp_path), {f"NEWSLETTER_NETWORK__{name}": value})
    assert said in line


def test_a_proxy_has_one_user_name(tmp_path: Path) -> None:
    names = {"PROXY": "http://one:hunter2@proxy.example", "PROXY_USERNAME": "two"}
    (line,) = problems(write(tmp_path), {f"NEWSLETTER_NETWORK__{name}": value for name, value in names.items()})
    assert "keep one of them" in line
    assert "hunter2" not in line


def test_the_password_of_a_proxy_is_never_shown(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("[mail]", '[network]\nproxy = "http://one:hunter2@proxy.example/x"\n[mail]', 1))
    (line,) = problems(path)
    assert "hunter2" not in line
    settings = load(write(tmp_path), {"NEWSLETTER_NETWORK__PROXY": "http://one:hunter2@proxy.example"})
    assert "hunter2" not in repr(settings)


def test_a_broken_feed_file_is_one_problem_and_not_two(tmp_path: Path) -> None:
    (line,) = problems(write(tmp_path, feed=FEED + "kinds = 'html'\n"))
    assert line == "feeds/musterstadt.toml: kinds: unknown key; did you mean kind?"


def test_a_former_slug_leads_to_one_feed(tmp_path: Path) -> None:
    path = write(tmp_path, feed=FEED + 'aliases = ["alt", "musterstadt", "vorstadt"]\n')
    (tmp_path / "feeds" / "vorstadt.toml").write_text(FEED + 'aliases = ["alt"]\n', "utf-8")
    assert problems(path) == [
        "feeds/musterstadt.toml: aliases: 'musterstadt' cannot lead here: it is the feed's own slug",
        "feeds/musterstadt.toml: aliases: 'vorstadt' cannot lead here: feeds/vorstadt.toml has it",
        "feeds/vorstadt.toml: aliases: 'alt' cannot lead here: feeds/musterstadt.toml has it",
    ]


BUCKET = '\n[publish.s3]\nbucket = "archive"\nkey = "K"\n'


def test_a_bucket_and_a_cdn_have_their_secrets_in_files(tmp_path: Path) -> None:
    (tmp_path / "s3").write_text("s3-geheim\n")
    (tmp_path / "cdn").write_text("cdn-geheim\n")
    purge = '[publish.purge]\nurl = "https://cdn.example/purge"\ntoken_file = "cdn"\n'
    publish = load(write(tmp_path, f'{GOOD}{BUCKET}secret_file = "s3"\n{purge}'), {}).publish
    assert publish.s3
    assert publish.purge
    assert (publish.s3.secret.get_secret_value(), publish.purge.token.get_secret_value()) == ("s3-geheim", "cdn-geheim")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (BUCKET, "belong together"),
        (f'{BUCKET}secret_file = "nowhere"\n', "publish.s3.secret_file: cannot be read"),
        (f'{BUCKET}secret = "s"\nprefix = "/news"\n', "publish.s3.prefix"),
    ],
)
def test_a_bucket_that_cannot_be(tmp_path: Path, lines: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        load(write(tmp_path, GOOD + lines), {})


def test_an_empty_secret_of_a_bucket_is_told_beside_what_else_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "s3").write_text("\n")
    purge = (
        '[publish.purge]\nurl = "https://cdn.example/purge"\ntoken_file = "nowhere"\n[network]\nca_file = "nowhere"\n'
    )
    with pytest.raises(SettingsError) as caught:
        load(write(tmp_path, f'{GOOD}{BUCKET}secret_file = "s3"\n{purge}'), {})
    said = str(caught.value)
    assert "publish.s3.secret_file: it is empty" in said
    assert "publish.purge.token_file: cannot be read" in said
    assert "network.ca_file" in said
