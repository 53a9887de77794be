"""What providers' calls mean, in the words of their own documentation; and which calls are theirs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from newsletter.config import Mail
from newsletter.deliver import providers
from newsletter.deliver.feedback.returned import Complaint, Kind, Reason
from newsletter.deliver.hook import Event, Hook
from newsletter.errors import HookRefused

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
MARK = "ddugcgpv2oa3cbge2c5shn4dl5g6jkak"
WHO = "leserin@stadt.example"
ARN = "arn:aws:sns:eu-central-1:111122223333:presse"
SCW = "arn:scw:sns:fr-par:project-11111111:presse"
API: dict[str, dict[str, str]] = {
    "brevo": {},
    "mailgun": {"domain": "mg.musterstadt.example"},
    "mailjet": {"secret": "s"},
    "postmark": {},
    "scaleway": {"project": "p", "region": "fr-par", "topic": SCW},
    "ses": {"secret": "s", "region": "eu-central-1", "topic": ARN},
}


def provider(name: str) -> providers.Provider:
    hook = {} if name in ("ses", "scaleway") else {"hook_secret": "geheim"}
    api = {"key": "k", **API[name], **hook}
    return providers.find(Mail.model_validate({"from": "presse@musterstadt.example", "transport": name, "api": api}))


def call(body: Any, password: str = "geheim", scheme: str = "Basic") -> Hook:
    given = base64.b64encode(f"hook:{password}".encode()).decode() if scheme == "Basic" else password
    headers = {"authorization": f"{scheme} {given}"} if password else {}
    return Hook(headers, json.dumps(body).encode(), nothing, NOW)


def nothing(address: str) -> bytes:
    raise AssertionError(f"{address} is fetched")


BREVO = {"email": WHO, "X-Mailin-custom": MARK, "message-id": "<x@smtp-relay.mailin.fr>", "ts_epoch": 1732700000000}
MAILJET = {"email": WHO, "CustomID": MARK, "time": 1732700000, "MessageID": 19421777835146490}
POSTMARK = {"Email": WHO, "Metadata": {"mark": MARK}, "MessageID": "883953f4", "MessageStream": "broadcast"}


@pytest.mark.parametrize(
    ("name", "body", "reason", "permanent"),
    [
        ("brevo", {**BREVO, "event": "hard_bounce"}, Reason.USER_UNKNOWN, True),
        (
            "brevo",
            {**BREVO, "event": "hard_bounce", "reason": "550 5.7.1 your network is on a block list"},
            Reason.BLOCKED,
            False,
        ),
        ("brevo", {**BREVO, "event": "soft_bounce", "reason": "452 4.2.2 mailbox full"}, Reason.MAILBOX_FULL, False),
        ("brevo", {**BREVO, "event": "soft_bounce", "reason": "550 5.1.1 user unknown"}, Reason.USER_UNKNOWN, False),
        ("brevo", {**BREVO, "event": "deferred"}, Reason.DELAYED, False),
        ("brevo", {**BREVO, "event": "spam"}, Complaint.ABUSE, None),
        ("brevo", {**BREVO, "event": "unsubscribed"}, Complaint.OPT_OUT, None),
        (
            "mailjet",
            {**MAILJET, "event": "bounce", "hard_bounce": True, "error": "user unknown"},
            Reason.USER_UNKNOWN,
            True,
        ),
        (
            "mailjet",
            [{**MAILJET, "event": "bounce", "hard_bounce": False, "error": "quota exceeded"}],
            Reason.MAILBOX_FULL,
            False,
        ),
        ("mailjet", {**MAILJET, "event": "blocked", "error": "preblocked"}, Reason.POLICY, False),
        ("mailjet", {**MAILJET, "event": "spam", "source": "JMRPP"}, Complaint.ABUSE, None),
        ("mailjet", {**MAILJET, "event": "unsub"}, Complaint.OPT_OUT, None),
        (
            "postmark",
            {**POSTMARK, "RecordType": "Bounce", "Type": "HardBounce", "Details": "smtp;550 5.1.1 no such user"},
            Reason.USER_UNKNOWN,
            True,
        ),
        ("postmark", {**POSTMARK, "RecordType": "Bounce", "Type": "SoftBounce", "Details": ""}, Reason.SYSTEM, False),
        (
            "postmark",
            {**POSTMARK, "RecordType": "Bounce", "Type": "DMARCPolicy", "Details": ""},
            Reason.AUTHENTICATION,
            False,
        ),
        ("postmark", {**POSTMARK, "RecordType": "SpamComplaint", "Type": "SpamComplaint"}, Complaint.ABUSE, None),
        (
            "postmark",
            {
                **POSTMARK,
                "RecordType": "SubscriptionChange",
                "Email": "",
                "Recipient": WHO,
                "SuppressSending": True,
                "SuppressionReason": "ManualSuppression",
            },
            Complaint.OPT_OUT,
            None,
        ),
    ],
)
def test_what_a_call_tells(name: str, body: Any, reason: Any, permanent: bool | None) -> None:
    (event,) = provider(name).events(call(body))
    assert (event.mark, event.address) == (MARK, WHO)
    assert event.returned.kind is (Kind.COMPLAINT if isinstance(reason, Complaint) else Kind.BOUNCE)
    assert event.returned.reason is reason
    assert event.returned.permanent is permanent


@pytest.mark.parametrize("name", ["brevo", "mailjet", "postmark"])
@pytest.mark.parametrize("event", ["delivered", "sent", "Delivery", "open", "opened", "click", "request", "", 7, None])
def test_what_is_no_news_is_none(name: str, event: Any) -> None:
    assert list(provider(name).events(call({"event": event, "RecordType": event, "Type": event}))) == []
    assert list(provider(name).events(call({"RecordType": "Bounce", "Type": "AutoResponder", "event": event}))) == []


@pytest.mark.parametrize("name", ["brevo", "mailjet", "postmark"])
def test_a_call_without_the_password_is_refused(name: str) -> None:
    told = {**BREVO, **MAILJET, **POSTMARK, "event": "spam", "RecordType": "SpamComplaint"}
    assert len(provider(name).events(call(told, scheme="Bearer"))) == 1
    for password in ("", "geheimer", "Geheim"):
        with pytest.raises(HookRefused, match="password") as refused:
            provider(name).events(call(told, password))
        assert refused.value.status == 401
    for body in (b"", b"\xff\x00", b"[" * 100_000, b'{"event": "spam"'):
        with pytest.raises(HookRefused, match="no JSON") as refused:
            provider(name).events(Hook(call(told).headers, body, nothing, NOW))
        assert refused.value.status == 400


def mailgun(data: dict[str, Any], key: str = "geheim") -> Hook:
    """As documentation.mailgun.com shows it."""
    stamp, token = "1732700000", "4f3c2a"
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    body = {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": data}
    return Hook({}, json.dumps(body).encode(), nothing, NOW)


FAILED = {"event": "failed", "recipient": WHO, "message": {"headers": {"message-id": f"{MARK}@musterstadt.example"}}}


@pytest.mark.parametrize(
    ("data", "reason", "permanent"),
    [
        (
            {
                **FAILED,
                "severity": "permanent",
                "delivery-status": {
                    "code": 550,
                    "message": "5.1.1 The email account that you tried to reach does not exist",
                },
            },
            Reason.USER_UNKNOWN,
            True,
        ),
        (
            {
                **FAILED,
                "severity": "permanent",
                "delivery-status": {"code": 554, "message": "5.7.1 message looks like spam"},
            },
            Reason.SPAM,
            False,
        ),
        ({**FAILED, "severity": "permanent", "reason": "suppress-bounce"}, Reason.USER_UNKNOWN, True),
        (
            {**FAILED, "severity": "temporary", "delivery-status": {"code": 421, "message": "try again"}},
            Reason.DELAYED,
            False,
        ),
        ({**FAILED, "event": "complained", "user-variables": {"mark": MARK}}, Complaint.ABUSE, None),
    ],
)
def test_what_mailgun_tells(data: dict[str, Any], reason: Any, permanent: bool | None) -> None:
    (event,) = provider("mailgun").events(mailgun(data))
    assert (event.mark, event.address) == (MARK, WHO)
    assert (event.returned.reason, event.returned.permanent) == (reason, permanent)


def test_a_call_that_mailgun_did_not_sign_is_refused() -> None:
    with pytest.raises(HookRefused, match="not signed"):
        provider("mailgun").events(mailgun(FAILED, "another"))
    for body in (b"{}", b"[]", b'{"signature": null}', b'"text"'):
        with pytest.raises(HookRefused):
            provider("mailgun").events(Hook({}, body, nothing, NOW))


PEM = "/SimpleNotificationService-0b1f.pem"


class Amazon:
    """A key of Amazon's own, and what it signs."""

    def __init__(self, host: str, since: datetime = NOW - timedelta(days=30), path: str = PEM) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        made = made.serial_number(1).not_valid_before(since).not_valid_after(since + timedelta(days=365))
        self.certificate = made.sign(self.key, SHA256()).public_bytes(Encoding.PEM)
        self.where = f"https://{host}{path}"
        self.fetched: list[str] = []

    def fetch(self, address: str) -> bytes:
        self.fetched.append(address)
        return self.certificate

    def call(self, message: Any, arn: str = ARN, version: str = "2", **more: str) -> Hook:
        """As docs.aws.amazon.com/sns shows it."""
        text = message if isinstance(message, str) else json.dumps(message)
        body = {"Type": "Notification", "MessageId": "m1", "TopicArn": arn, "Message": text, **more}
        body |= {"Timestamp": "2026-11-27T07:59:00.000Z", "SignatureVersion": version, "SigningCertURL": self.where}
        names = ("Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type")
        signed = "".join(f"{name}\n{body[name]}\n" for name in names if name in body)
        digest = SHA256() if version == "2" else SHA1()  # noqa: S303 - Amazon's version 1
        body["Signature"] = base64.b64encode(self.key.sign(signed.encode(), PKCS1v15(), digest)).decode()
        return Hook({}, json.dumps(body).encode(), self.fetch, NOW)


@pytest.fixture(scope="module")
def amazon() -> Amazon:
    return Amazon("sns.eu-central-1.amazonaws.com")


def ses(kind: str, **about: Any) -> dict[str, Any]:
    return {"eventType": kind, "mail": {"messageId": "0", "tags": {"mark": [MARK]}}, kind[0].lower() + kind[1:]: about}


GONE = {"emailAddress": WHO, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
PLAIN = {"emailAddress": WHO}


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    ("event", "reason", "permanent"),
    [
        (
            ses("Bounce", bounceType="Permanent", bounceSubType="General", bouncedRecipients=[GONE]),
            Reason.USER_UNKNOWN,
            True,
        ),
        (
            ses("Bounce", bounceType="Permanent", bounceSubType="NoEmail", bouncedRecipients=[PLAIN]),
            Reason.USER_UNKNOWN,
            True,
        ),
        (
            ses("Bounce", bounceType="Transient", bounceSubType="MailboxFull", bouncedRecipients=[PLAIN]),
            Reason.MAILBOX_FULL,
            False,
        ),
        (
            ses("Bounce", bounceType="Undetermined", bounceSubType="Undetermined", bouncedRecipients=[PLAIN]),
            Reason.UNEXPLAINED,
            False,
        ),
        (ses("DeliveryDelay", delayType="MailboxFull", delayedRecipients=[PLAIN]), Reason.DELAYED, False),
        (ses("Complaint", complainedRecipients=[PLAIN]), Complaint.ABUSE, None),
        (ses("Complaint", complainedRecipients=[PLAIN], complaintFeedbackType="not-spam"), Complaint.NOT_SPAM, None),
    ],
)
def test_what_amazon_tells(amazon: Amazon, event: Any, reason: Any, permanent: bool | None, version: str) -> None:
    (told,) = provider("ses").events(amazon.call(event, version=version))
    assert (told.mark, told.address) == (MARK, WHO)
    assert (told.returned.reason, told.returned.permanent) == (reason, permanent)


def test_certificates_are_fetched_once_and_from_amazon_only(amazon: Amazon) -> None:
    taker, event = provider("ses"), ses("Complaint", complainedRecipients=[PLAIN])
    amazon.fetched.clear()
    for _ in range(3):
        assert len(taker.events(amazon.call(event))) == 1
    assert amazon.fetched == [amazon.where]
    for host in ("sns.eu-central-1.amazonaws.com.evil.example", "evil.example", "sns.eu-west-1.amazonaws.com"):
        with pytest.raises(HookRefused, match="not its provider's"):
            provider("ses").events(Amazon(host).call(event))
    for path in ("/?Action=GetEndpointAttributes&x=.pem", f"{PEM}?x", "/x.pem", f"{PEM}/../x", "//evil.example/x.pem"):
        with pytest.raises(HookRefused, match="not its provider's"):
            provider("ses").events(Amazon("sns.eu-central-1.amazonaws.com", path=path).call(event))


def test_calls_that_amazon_did_not_make_are_refused(amazon: Amazon) -> None:
    event = ses("Complaint", complainedRecipients=[PLAIN])
    good = json.loads(amazon.call(event).body)
    for change in (
        {"Message": good["Message"].replace(WHO, "other@stadt.example")},
        {"Signature": "AAAA"},
        {"Subject": "x"},
    ):
        with pytest.raises(HookRefused, match="signature"):
            provider("ses").events(Hook({}, json.dumps({**good, **change}).encode(), amazon.fetch, NOW))
    with pytest.raises(HookRefused, match="another topic"):
        provider("ses").events(amazon.call(event, arn=ARN + "2"))
    with pytest.raises(HookRefused, match="no kind that is known"):
        provider("ses").events(amazon.call(event, Type="Other"))
    old = Amazon("sns.eu-central-1.amazonaws.com", NOW - timedelta(days=400))
    with pytest.raises(HookRefused, match="not valid now"):
        provider("ses").events(old.call(event))
    for body in (b"{}", b"[]", b"7", b'{"TopicArn": []}'):
        with pytest.raises(HookRefused):
            provider("ses").events(Hook({}, body, amazon.fetch, NOW))


def test_a_subscription_is_confirmed_for_our_topic_only(amazon: Amazon) -> None:
    amazon.fetched.clear()
    where = f"https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={ARN}&Token=t"
    ask = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": where}
    assert list(provider("ses").events(amazon.call("You have chosen to subscribe …", **ask))) == []
    assert amazon.fetched == [amazon.where, where]
    others = (where.replace("sns.eu", "evil.eu"), where.replace(ARN, ARN + "2"), where.replace("Confirm", "Delete"), "")
    for other in others:
        with pytest.raises(HookRefused, match="not its provider's"):
            provider("ses").events(amazon.call("…", **(ask | {"SubscribeURL": other})))
    assert list(provider("ses").events(amazon.call("Successfully validated SNS topic for Amazon SES."))) == []


def test_what_scaleway_tells() -> None:
    signer = Amazon("messaging.s3.fr-par.scw.cloud", path="/fr-par/sns/sns_certificate_1.crt")
    headers = [{"key": "X-Newsletter-Delivery", "value": MARK}]
    found: list[Event] = []
    for kind in ("email_mailbox_not_found", "email_deferred", "email_delivered", "email_spam"):
        event = {"type": kind, "email_to": WHO, "email_headers": headers, "email_response_code": 550}
        found += provider("scaleway").events(signer.call(event, SCW))
    assert {(event.mark, event.address) for event in found} == {(MARK, WHO)}
    said = [(event.returned.reason, event.returned.permanent) for event in found]
    assert said == [(Reason.USER_UNKNOWN, True), (Reason.DELAYED, False), (Reason.SPAM, False)]
