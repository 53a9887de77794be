"""Events that come through Amazon's SNS, or what speaks its language: each call signed, under one topic that we know.

docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. Nothing is fetched but from the hosts named.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import Certificate, load_pem_x509_certificate

from newsletter.deliver.answer import text_at
from newsletter.deliver.hook import Hook
from newsletter.errors import HookRefused

SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
HASHES: Final = {"1": SHA1, "2": SHA256}  # SignatureVersion
MOST_KEPT: Final = 8  # certificates: they change once a year
log = structlog.get_logger(__name__)


class Topic:
    """One topic. `certificates`: the addresses that its certificates may have, `service`: the host that confirms."""

    def __init__(self, arn: str | None, certificates: str, service: str) -> None:
        self._arn = arn
        self._certificates = re.compile(certificates)
        self._service = service
        self._kept: dict[str, Certificate] = {}

    def message(self, hook: Hook) -> Any:
        """What was published, as JSON; None for a call that only concerns the subscription, which is confirmed.

        Raises HookRefused.
        """
        call = hook.json
        if self._arn is None:
            raise HookRefused("events are not expected: mail.api.topic is not set", status=404)
        if text_at(call, "TopicArn") != self._arn:
            raise HookRefused("the call is of another topic than mail.api.topic", status=403)
        self._verify(call, hook)
        if text_at(call, "Type") == "SubscriptionConfirmation":
            return self._confirm(call, hook)
        try:
            return json.loads(text_at(call, "Message"))
        except (ValueError, RecursionError):
            return None  # a greeting in plain words

    def _verify(self, call: Any, hook: Hook) -> None:
        fields = SIGNED.get(text_at(call, "Type"))
        digest = HASHES.get(text_at(call, "SignatureVersion"))
        if fields is None or digest is None:
            raise HookRefused("the call is of no kind that is known", status=400)
        text = "".join(f"{name}\n{text_at(call, name)}\n" for name in fields if name in call)
        key = self._certificate(text_at(call, "SigningCertURL"), hook).public_key()
        try:
            signature = base64.b64decode(text_at(call, "Signature"), validate=True)
            if not isinstance(key, RSAPublicKey):
                raise ValueError
            key.verify(signature, text.encode(), PKCS1v15(), digest())
        except (ValueError, InvalidSignature) as error:
            raise HookRefused("the call's signature is not good", status=403) from error

    def _certificate(self, address: str, hook: Hook) -> Certificate:
        if not self._certificates.fullmatch(address):
            raise HookRefused("the certificate lies at an address that is not its provider's", status=403)
        found = self._kept.get(address)
        if found is None:
            try:
                found = load_pem_x509_certificate(hook.fetch(address))
            except (OSError, ValueError) as error:
                raise HookRefused("the certificate of the call cannot be read", status=503) from error
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[address] = found
        if not found.not_valid_before_utc <= hook.now <= found.not_valid_after_utc:
            raise HookRefused("the certificate of the call is not valid now", status=403)
        return found

    def _confirm(self, call: Any, hook: Hook) -> None:
        address = text_at(call, "SubscribeURL")
        if not self._ours(address):
            raise HookRefused("the call names an address that is not its provider's", status=403)
        try:
            hook.fetch(address)
        except OSError as error:
            raise HookRefused("the subscription cannot be confirmed now", status=503) from error
        log.info("subscription confirmed", topic=self._arn)

    def _ours(self, address: str) -> bool:
        """Whether the address confirms a subscription to our topic, and nothing else."""
        try:
            parts = urlsplit(address)
            asked = dict(parse_qsl(parts.query))
        except ValueError:
            return False
        wanted = {"Action": "ConfirmSubscription", "TopicArn": self._arn}
        return (parts.scheme, parts.netloc) == ("https", self._service) and wanted.items() <= asked.items()
