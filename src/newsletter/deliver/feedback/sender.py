"""Who is speaking: a mail server, a mailing list's machine, a machine that answers for a person, or a person."""

from __future__ import annotations

from typing import Final

from newsletter.deliver.feedback.mime import Mail
from newsletter.deliver.feedback.wording import wording

DAEMON: Final = wording(r"""
    mail(?:er)?[-_. ]?daemon|mdaemon|post[-_ ]?master|\bmmdf\b|mailserver
    mail[-_ ]?gateway|smtp[_ -]?gateway|mail[-_ ]?router|mail-?admin
    mail (?:delivery|system|administrator|service|server|transfer)|mail\.delivery|system administrator
    delivery (?:sub-?)?(?:system|service|agent)|microsoftexchange[0-9a-f]{16}
""")
LIST_MACHINE: Final = wording(r"""
    (?:-admin|-owner|-bounces?|-request|owner-[\w.-]{1,60}|majordomo|listserv|mailman|sympa)@
""")
ANSWERED: Final = wording(r"""
    \W{0,9}auto(?:matic|mated|matische?)?[- _]?(?:reply|response|antwort|svar)|automatische antwort|auto:
    out[- ]of[- ](?:the[- ])?office|(?:i am |i'm )?(?:on vacation|away from)|vacation
    abwesen|außer haus|nicht im (?:büro|haus)|im urlaub|absen[ct]e|réponse automatique|respuesta automática
    risposta automatica|resposta automática|automatisch antwoord|autosvar|автоответ|自動返信|自動応答|自动回复
""")
HANDED_ON: Final = wording(r"""
    (?:re|fwd?|aw|wg|antw|sv|vs|rv|tr|rif|enc|odp|i|r)\s*(?:\[\d+\])?\s*:
""")
ANSWER_HEADERS: Final = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-mail-autoreply",
    "x-vacation",
    "x-ms-exchange-inbox-rules-loop",
)


def is_server(mail: Mail) -> bool:
    """Whether a mail server speaks: by its name in From, or by an empty From."""
    author = mail.headers.get("from")
    return not author.strip(" <>") or "<>" in author or bool(DAEMON.search(author))


def has_no_sender(mail: Mail) -> bool:
    """Whether the envelope's sender is empty (RFC 5321, 4.5.5), so far as the receiving server wrote it down."""
    path = mail.headers.raw("return-path").strip().lower()
    return path == "<>" or path.startswith(("<mailer-daemon", "mailer-daemon"))


def is_list_machine(mail: Mail) -> bool:
    return bool(LIST_MACHINE.search(mail.headers.get("from"))) or "x-mlserver" in mail.headers


def is_handed_on(mail: Mail) -> bool:
    """Whether somebody replies to, or forwards, what the subject names."""
    return bool(HANDED_ON.match(mail.headers.get("subject").strip()))


def is_answer(mail: Mail) -> bool:
    """Whether a machine answers for a person (RFC 3834, and what was before it), or says it was read (RFC 8098)."""
    headers = mail.headers
    return (
        headers.raw("auto-submitted").lower().startswith("auto-replied")
        or headers.raw("precedence").lower().replace("-", "_").startswith("auto_reply")
        or any(name in headers for name in ANSWER_HEADERS)
        or bool(ANSWERED.match(headers.get("subject").strip()))
        or bool(mail.parts_of("message/disposition-notification"))
    )
