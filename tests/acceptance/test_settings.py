"""Wrong settings and wrong usage: all problems at once, one line each, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.instance import Instance, newsletter

WRONG = {
    "an unknown key": (("site", "tittle"), "x", "newsletter.toml: site.tittle: unknown key; did you mean title?"),
    "a time that is none": (("newsletters", 0, "send_at"), "7 Uhr", "newsletters[0].send_at"),
    "a cadence that is none": (("newsletters", 0, "cadences"), ["hourly"], "newsletters[0].cadences"),
    "a zone that is none": (("site", "timezone"), "Europe/Musterstadt", "site.timezone"),
    "an address that is none": (("mail", "from"), "Presse", "mail.from"),
    "a header in an address": (("mail", "reply_to"), "a@b.example\nBcc: c@d.example", "mail.reply_to"),
    "a transport that is none": (("mail", "transport"), "pigeon", "mail.transport"),
    "a network that is none": (("collect", "allow_networks"), ["everything"], "collect.allow_networks"),
    "a port that is none": (("web", "listen"), "8000", "web"),
    "holidays of nowhere": (("newsletters", 0, "holidays"), "DE-XX", "newsletters[0].holidays"),
    "a feed without a file": (("newsletters", 0, "feeds"), ["pressse"], "there is no feeds/pressse.toml"),
}


def put(instance: Instance, path: tuple[str | int, ...], value: object) -> None:
    table = instance.settings
    for key in path[:-1]:
        table = table[key]  # type: ignore[index]  # tables and lists of tables
    table[path[-1]] = value  # type: ignore[index]


def test_all_wrong_settings_are_told_at_once_a_line_each(instance: Instance) -> None:
    instance.feed("presse", "https://musterstadt.example/presse")
    for path, value, _ in WRONG.values():
        put(instance, path, value)
    instance.feeds["presse"] |= {"every": "soon", "kinds": "html"}
    instance.write()
    done = instance.run("status")
    lines = done.err.splitlines()
    assert (done.code, done.out) == (1, "")
    assert "Traceback" not in done.err
    for what in (*(path for path, _, _ in WRONG.values()), ("every",), ("kinds",)):
        assert any(str(what[-1]) in line for line in lines), (what, lines)
    assert any("feeds/presse.toml: kinds: unknown key; did you mean kind?" in line for line in lines)
    assert all(line.startswith(("newsletter.toml: ", "feeds/presse.toml: ")) for line in lines), lines


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_setting_is_one_line_that_names_it(tmp_path: Path, what: str) -> None:
    path, value, said = WRONG[what]
    instance = Instance(tmp_path)
    instance.feed("presse", "https://musterstadt.example/presse")
    put(instance, path, value)
    instance.write()
    done = instance.run("editions", "list")
    assert done.code == 1
    assert len(done.err.splitlines()) == 1, done.err
    assert said in done.err


def test_a_missing_file_broken_toml_and_missing_keys_are_one_line(instance: Instance) -> None:
    missing = newsletter("--config", str(instance.folder / "nowhere.toml"), "status")
    assert (missing.code, len(missing.err.splitlines())) == (1, 1)
    assert "newsletter init" in missing.err
    (instance.folder / "newsletter.toml").write_text("[site\ntitle = 1", "utf-8")
    broken = instance.run("status")
    assert (broken.code, len(broken.err.splitlines())) == (1, 1)
    instance.feed("presse", "https://musterstadt.example/presse")
    (instance.folder / "var/keys").unlink()
    keyless = instance.run("status")
    assert (keyless.code, len(keyless.err.splitlines())) == (1, 1)
    assert "var/keys" in keyless.err


def test_an_edition_a_feed_or_a_moment_that_there_is_not_is_one_line(instance: Instance) -> None:
    instance.feed("presse", "https://musterstadt.example/presse")
    for args in (("ledger", "presse-daily-x"), ("collect", "pressse"), ("once", "--now", "tomorrow")):
        done = instance.run(*args)
        assert (done.code, len(done.err.splitlines())) == (1, 1), done
        assert "Traceback" not in done.err
        assert args[-1] in done.err


def test_wrong_usage_exits_with_2() -> None:
    for args in (("nonsense",), ("once", "--when", "now"), ("ledger",), ("editions", "approve"), ("read",)):
        done = newsletter(*args)
        assert done.code == 2, (args, done)
        assert "Usage:" in done.err


def test_init_makes_what_doctor_finds_in_order(tmp_path: Path) -> None:
    made = newsletter("init", str(tmp_path / "new"))
    assert made.code == 0, made.err
    config = str(tmp_path / "new/newsletter.toml")
    doctor = newsletter("--config", config, "doctor", "--json")
    assert doctor.code == 0, doctor.out + doctor.err
    assert all(check["good"] for check in doctor.json)
    assert (tmp_path / "new/var/keys").stat().st_mode & 0o077 == 0
    again = newsletter("init", str(tmp_path / "new"))
    assert again.code == 1
    assert "nothing was written" in again.err
