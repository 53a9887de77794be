"""Amazon SES v2: POST /v2/email/outbound-emails (docs.aws.amazon.com/ses/latest/APIReference-V2), events through SNS.

It takes our MIME, but makes Message-ID and Date its own; so the delivery's mark goes as a tag, which comes back with
each event. It knows no idempotency keys. Without a key of ours, botocore finds one (environment, instance, container).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from newsletter.config import Api
from newsletter.deliver.answer import Answer, accepted, refused, text_at
from newsletter.deliver.feedback.returned import Complaint, Reason, Returned
from newsletter.deliver.hook import Event, Hook, bounce, complaint, objects
from newsletter.deliver.interface import Interface
from newsletter.deliver.letter import mark_of
from newsletter.deliver.message import Message
from newsletter.deliver.providers import Request
from newsletter.deliver.sns import Topic
from newsletter.deliver.verdict import Fate, Outcome
from newsletter.errors import SettingsError, TransportError

NEEDS: Final = ("region",)
TAKES: Final = ("key", "secret", "topic")

FATES: Final = {  # of those that come with status 400
    **dict.fromkeys(("LimitExceededException", "ThrottlingException", "TooManyRequestsException"), Fate.DEFERRED),
    **dict.fromkeys(("MessageRejected", "AccountSuspendedException", "SendingPausedException"), Fate.BARRED),
    **dict.fromkeys(("MailFromDomainNotVerifiedException", "NotFoundException"), Fate.BARRED),
}
SUBTYPES: Final = {
    "NoEmail": Reason.USER_UNKNOWN,
    "Suppressed": Reason.USER_UNKNOWN,
    "OnAccountSuppressionList": Reason.USER_UNKNOWN,
    "MailboxFull": Reason.MAILBOX_FULL,
    "MessageTooLarge": Reason.TOO_BIG,
    "ContentRejected": Reason.CONTENT,
    "AttachmentRejected": Reason.CONTENT,
}
COMPLAINTS: Final = {"not-spam": Complaint.NOT_SPAM, "auth-failure": Complaint.AUTH_FAILURE, "fraud": Complaint.FRAUD}


class Ses(Interface):
    def __init__(self, api: Api) -> None:
        if bool(api.key.get_secret_value()) != bool(api.secret.get_secret_value()):
            raise SettingsError(["mail.api.key and mail.api.secret: ses takes both, or neither"])
        super().__init__(api.url or f"https://email.{api.region}.amazonaws.com")
        self._sign = _signer(api)
        service = f"sns.{(api.topic or '::::').split(':')[3]}.amazonaws.com"
        certificates = rf"https://{re.escape(service)}/SimpleNotificationService-[0-9a-f]{{1,64}}\.pem"
        self._topic = Topic(api.topic, certificates, service)

    def request(self, message: Message) -> Request:
        """See `Provider`. Raises TransportError where no key can be found."""
        body = {
            "FromEmailAddress": message.sender,
            "Destination": {"ToAddresses": [message.recipient]},
            "Content": {"Raw": {"Data": base64.b64encode(b"".join(message.data)).decode("ascii")}},
            "EmailTags": [{"Name": "mark", "Value": mark_of(message)}],
        }
        return self._sign(self.post("/v2/email/outbound-emails", {}, body))

    def judge(self, answer: Answer, now: datetime) -> Outcome:
        """See `Provider`."""
        if answer.status < 300:
            return accepted(answer, text_at(answer.json, "MessageId"))
        kind = answer.headers.get("x-amzn-errortype", "") or text_at(answer.json, "__type")
        kind = kind.partition(":")[0].rpartition("#")[2]
        said = text_at(answer.json, "message") or text_at(answer.json, "Message")
        return refused(answer, f"{kind}: {said}", FATES.get(kind), now=now)

    def events(self, hook: Hook) -> Sequence[Event]:
        """See `Provider`; an event destination of a configuration set, published to the topic."""
        events = []
        for one in objects(self._topic.message(hook)):
            mark = text_at(one, "mail", "tags", "mark", 0)
            events += [Event(mark, address, returned) for address, returned in _returned(one)]
        return events


def _returned(event: dict[str, Any]) -> list[tuple[str, Returned]]:
    kind = text_at(event, "eventType") or text_at(event, "notificationType")
    about = event.get(kind[:1].lower() + kind[1:])
    if not isinstance(about, dict):
        return []
    if kind == "Complaint":
        feedback = COMPLAINTS.get(text_at(about, "complaintFeedbackType"), Complaint.ABUSE)
        people = objects(about.get("complainedRecipients"))
        return [(text_at(one, "emailAddress"), complaint(feedback)) for one in people]
    if kind == "DeliveryDelay":
        people = objects(about.get("delayedRecipients"))
        delayed = bounce("", permanent=False, default=Reason.DELAYED)
        return [(text_at(one, "emailAddress"), delayed) for one in people]
    if kind == "Bounce":
        return [(text_at(one, "emailAddress"), _bounced(about, one)) for one in objects(about.get("bouncedRecipients"))]
    return []


def _bounced(about: dict[str, Any], one: dict[str, Any]) -> Returned:
    permanent = {"Permanent": True, "Transient": False}.get(text_at(about, "bounceType"))
    reason = SUBTYPES.get(text_at(about, "bounceSubType"))
    if reason is Reason.USER_UNKNOWN:
        return bounce("", permanent=True, default=reason)
    said = text_at(one, "diagnosticCode").partition(";")[2]
    default = reason or (Reason.USER_UNKNOWN if permanent else Reason.UNEXPLAINED)
    return bounce(said, text_at(one, "status"), permanent=permanent, default=default)


def _signer(api: Api) -> Callable[[Request], Request]:
    """Signs requests (AWS Signature Version 4). Raises SettingsError where botocore is not installed."""
    try:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        from botocore.session import get_session
    except ImportError as error:
        hint = "pip install 'newsletter[ses]'"
        raise SettingsError([f"mail.transport: ses needs botocore, which is not installed: {hint}"]) from error
    key, secret = api.key.get_secret_value(), api.secret.get_secret_value()
    found = Credentials(key, secret) if key else get_session().get_credentials()
    if found is None:
        raise SettingsError(["mail.api.key: there is none, and botocore finds none on this machine"])

    def sign(request: Request) -> Request:
        try:
            auth = SigV4Auth(found.get_frozen_credentials(), "ses", api.region)
        except Exception as error:  # botocore asks the instance for a new key, in many ways
            raise TransportError(f"no key for ses can be had: {type(error).__name__}") from error
        signed = AWSRequest("POST", request.url, dict(request.headers), request.body)
        auth.add_auth(signed)
        return Request(request.url, dict(signed.headers.items()), request.body)

    return sign


def provider(api: Api) -> Ses:
    return Ses(api)
