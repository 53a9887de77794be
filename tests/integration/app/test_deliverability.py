"""What the doctor says of the DNS, from a real name server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.resolver
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from newsletter.app import deliverability
from newsletter.app.deliverability import findings
from newsletter.app.names import Names, reserved
from newsletter.config import Settings
from newsletter.deliver.dkim import RsaKey
from newsletter.errors import NewsletterError
from tests.servers.names import Zone, names_served

DOMAIN, RELAY = "musterstadt.de", "198.51.100.7"
POLICY = b"version: STSv1\r\nmode: enforce\r\nmx: *.musterstadt.de\r\nmax_age: 86400\r\n"
GOOD: dict[tuple[str, str], list[str]] = {
    (DOMAIN, "TXT"): ['"google-site-verification=x"', '"v=spf1 mx include:spf.rechen" "zentrum.de -all"'],
    ("spf.rechenzentrum.de", "TXT"): ['"v=spf1 ip4:198.51.100.0/24 ?all"'],
    (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:dmarc@musterstadt.de"'],
    (DOMAIN, "MX"): ["20 mx2.musterstadt.de.", "10 mx1.musterstadt.de."],
    (f"_mta-sts.{DOMAIN}", "TXT"): ['"v=STSv1; id=20261127"'],
    ("relay.musterstadt.de", "A"): ["8.8.4.4"],
    ("4.4.8.8.in-addr.arpa", "PTR"): ["relay.musterstadt.de."],
}


def settings(**mail: Any) -> Settings:
    site = {"title": "Presse", "base_url": "https://n.example", "publisher": "Stadt", "contact": "p@n.example"}
    own = {"from": f"Presse <presse@{DOMAIN}>", "transport": "smtp", "smtp": {"host": "relay.musterstadt.de"}}
    return Settings.model_validate({"site": site, "mail": own | mail})


def fetch(address: str) -> bytes:
    if address != f"https://mta-sts.{DOMAIN}/.well-known/mta-sts.txt":
        raise OSError("404")
    return POLICY


def looked(settings: Settings, resolver: dns.resolver.Resolver) -> dict[str, str]:
    """Each finding; problems begin with `!`."""
    found = {}
    for what, look in findings(settings, Names(resolver), fetch):
        try:
            found[what] = look()
        except NewsletterError as error:
            found[what] = f"! {error}"
    return found


@contextmanager
def changed(**change: Any) -> Iterator[dns.resolver.Resolver]:
    with names_served(GOOD | change.pop("zone", {})) as resolver:
        yield resolver


def test_where_all_is_well_it_says_what_is_there() -> None:
    with changed() as resolver:
        found = looked(settings(return_path=f"bounces+{{token}}@{DOMAIN}"), resolver)
    assert found == {
        f"SPF of {DOMAIN}": "v=spf1 mx include:spf.rechenzentrum.de -all (2 of 10 questions)",
        f"DMARC of {DOMAIN}": f"p=quarantine at _dmarc.{DOMAIN}",
        f"alignment of {DOMAIN}": (f"SPF by {DOMAIN}; let the relay sign with DKIM too, forwarded mail breaks SPF"),
        f"MTA-STS of {DOMAIN}": "mode enforce, names *.musterstadt.de",
        f"way back to {DOMAIN}": "mail to it goes to mx1.musterstadt.de, mx2.musterstadt.de",
        "reverse DNS": "8.8.4.4: its name leads back to it",
    }


BROKEN: list[tuple[Zone, dict[str, Any], str, str]] = [
    ({(DOMAIN, "TXT"): []}, {}, "SPF", "has no SPF record: publish TXT"),
    ({(DOMAIN, "TXT"): ['"v=spf1 -all"', '"v=spf1 mx ~all"']}, {}, "SPF", "has 2 SPF records"),
    ({(DOMAIN, "TXT"): ['"v=spf1 +all"']}, {}, "SPF", "anybody may send in its name"),
    ({(DOMAIN, "TXT"): ['"v=spf1 mx"']}, {}, "SPF", "has no end"),
    ({(DOMAIN, "TXT"): ['"v=spf1 ipv4:198.51.100.7 -all"']}, {}, "SPF", "a mistake in 'ipv4:198.51.100.7'"),
    ({(DOMAIN, "TXT"): ['"v=spf1 include:nirgends.de -all"']}, {}, "SPF", "nirgends.de has no SPF record"),
    ({(DOMAIN, "TXT"): [f'"v=spf1 {"a " * 11}-all"']}, {}, "SPF", "ask the DNS more than 10 times"),
    ({(DOMAIN, "TXT"): [f'"v=spf1 include:{DOMAIN} -all"']}, {}, "SPF", "ask the DNS more than 10 times"),
    ({(f"_dmarc.{DOMAIN}", "TXT"): []}, {}, "DMARC", "has no DMARC record, which Gmail and Yahoo ask"),
    ({(f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; rua=mailto:x@y.de"']}, {}, "DMARC", "has no policy"),
    ({(f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1;p=none"', '"v=DMARC1;p=reject"']}, {}, "DMARC", "has 2 records"),
    ({}, {"return_path": "b+{token}@anderswo.de"}, "alignment", "neither the DKIM domain nor the return path"),
    ({}, {"return_path": "b+{token}@anderswo.de"}, "way back", "has no MX record: bounces"),
    ({(DOMAIN, "MX"): ["0 ."]}, {"return_path": f"b@{DOMAIN}"}, "way back", "says that it takes no mail"),
    ({(DOMAIN, "MX"): ["10 mx.anderswo.de."]}, {}, "MTA-STS", "does not name mx.anderswo.de"),
    ({("4.4.8.8.in-addr.arpa", "PTR"): []}, {}, "reverse DNS", "8.8.4.4 has no name"),
    ({("4.4.8.8.in-addr.arpa", "PTR"): ["mx2.musterstadt.de."]}, {}, "reverse DNS", "does not lead back"),
]


@pytest.mark.parametrize(("zone", "mail", "what", "said"), BROKEN)
def test_each_problem_says_what_to_do(zone: Zone, mail: dict[str, Any], what: str, said: str) -> None:
    with changed(zone=zone) as resolver:
        found = looked(settings(**mail), resolver)
    (text,) = [text for name, text in found.items() if name.startswith(what)]
    assert text.startswith("! ")
    assert said in text


def test_a_policy_above_the_domain_counts() -> None:
    above = {"from": f"Presse <presse@presse.{DOMAIN}>"}
    with changed() as resolver:
        found = looked(settings(**above, return_path=f"b@{DOMAIN}"), resolver)
    assert found[f"DMARC of presse.{DOMAIN}"] == f"p=quarantine at _dmarc.{DOMAIN}"
    assert found[f"alignment of presse.{DOMAIN}"].startswith(f"SPF by {DOMAIN}")


def test_our_own_key_has_to_be_there(tmp_path: Path) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, kind = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    (tmp_path / "key").write_bytes(private.private_bytes(kind, form, serialization.NoEncryption()))
    own = settings(dkim={"domain": DOMAIN, "selector": "n1", "key_file": tmp_path / "key"})
    place, record = f"n1._domainkey.{DOMAIN}", RsaKey(private).record()
    halves = f'"{record[:200]}" "{record[200:]}"'
    for records, said in (([], "! the DNS has no key"), (['"v=DKIM1; p=AAAA"'], "! the DNS has another key")):
        with changed(zone={(place, "TXT"): records}) as resolver:
            assert looked(own, resolver)[f"DKIM at {place}"].startswith(said)
    with changed(zone={(place, "TXT"): [halves]}) as resolver:
        found = looked(own, resolver)
    assert found[f"DKIM at {place}"] == "the DNS has the key that we sign with"
    assert found[f"alignment of {DOMAIN}"] == f"DKIM by {DOMAIN} and SPF by {DOMAIN}"


def test_dns_that_does_not_answer_is_a_problem_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.app.names.SECONDS", 0.2)
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], 9
    found = looked(settings(), resolver)
    assert found[f"SPF of {DOMAIN}"].startswith(f"! the DNS cannot be asked about {DOMAIN}")


def test_a_relay_on_this_machine_sends_from_our_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverability, "_own", lambda: "8.8.4.4")
    with changed() as resolver:
        assert looked(settings(smtp={"host": "localhost"}), resolver)["reverse DNS"].startswith("8.8.4.4: its name")
    monkeypatch.setattr(deliverability, "_own", lambda: "10.1.2.3")
    with changed() as resolver:
        assert "private addresses only" in looked(settings(smtp={"host": "127.0.0.1"}), resolver)["reverse DNS"]


def test_a_provider_has_its_own_way() -> None:
    own = settings(transport="postmark", api={"key": "k"})
    with changed() as resolver:
        found = looked(own, resolver)
    assert set(found) == {f"DMARC of {DOMAIN}", f"alignment of {DOMAIN}", f"MTA-STS of {DOMAIN}"}


def test_domains_that_no_dns_knows_are_not_asked_about() -> None:
    assert all(map(reserved, ("musterstadt.example", "a.b.test", "localhost", "intern")))
    assert not reserved("musterstadt.de")
    own = settings(**{"from": "presse@musterstadt.example"}, return_path="b@musterstadt.example")
    assert list(findings(own, Names(), fetch)) == []
