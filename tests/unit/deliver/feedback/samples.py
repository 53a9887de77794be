"""Mails that come back, one for each family of server: its form, our words and addresses."""

from __future__ import annotations

RETURNED = """Received: from mail.musterstadt.example by relay.example; Mon, 2 Mar 2026 07:00:00 +0100
From: Presse Musterstadt <presse@musterstadt.example>
To: leserin@ort.example
Subject: Neues aus Musterstadt
Message-ID: <1@musterstadt.example>

Guten Tag
"""


def mail(
    text: str, *, sender: str = "MAILER-DAEMON@mx.example", subject: str = "failure notice", headers: str = ""
) -> bytes:
    """A mail of one text part to our return path."""
    head = f"From: {sender}\nTo: bounces+abc@musterstadt.example\nSubject: {subject}\n{headers}"
    return f"{head}\n{text}".encode()


def parts(
    *bodies: tuple[str, str],
    media: str = "multipart/report; report-type=delivery-status",
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.example>",
    subject: str = "Undelivered Mail Returned to Sender",
    headers: str = "",
) -> bytes:
    """A mail of several parts, each a content type and a body."""
    inner = "".join(f"--=_b\nContent-Type: {kind}\n\n{body}\n" for kind, body in bodies)
    return mail(
        f"{inner}--=_b--\n",
        sender=sender,
        subject=subject,
        headers=f'{headers}MIME-Version: 1.0\nContent-Type: {media}; boundary="=_b"\n',
    )


def report(fields: str, said: str = "It did not work.", **more: str) -> bytes:
    """An RFC 3464 report."""
    return parts(
        ("text/plain; charset=utf-8", said),
        ("message/delivery-status", f"Reporting-MTA: dns; mx.example\n\n{fields}"),
        ("message/rfc822", RETURNED),
        **more,
    )


def group(status: str, answer: str, address: str = "leserin@ort.example", action: str = "failed") -> str:
    """The fields of one recipient."""
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {answer}\n"


Case = tuple[str, bytes, tuple[str, ...], bool | None, str]
ONE = ("leserin@ort.example",)

BOUNCES: list[Case] = [
    (
        "postfix",
        report(
            group(
                "5.1.1",
                "550 5.1.1 <leserin@ort.example>: Recipient address rejected:\n    User unknown in "
                "virtual mailbox table",
            )
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "postfix-host",
        report(
            "Final-Recipient: rfc822; leserin@ort.example\nOriginal-Recipient: "
            "rfc822;leserin@ort.example\nAction: failed\nStatus: 5.4.4\n"
            "Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error\n    for "
            "name=ort.example type=A: Host not found\n"
        ),
        ONE,
        True,
        "host-unknown",
    ),
    (
        "postfix-text",
        mail(
            "This is the mail system at host mx.example.\n\nI'm sorry to have to inform you that your "
            "message could not\n"
            "be delivered to one or more recipients.\n\n                   The mail system\n\n"
            "<leserin@ort.example> (expanded from <alle@ort.example>): host mail.ort.example[192.0.2.1] "
            "said: 552 5.2.2\n"
            "    Over quota (in reply to RCPT TO command)\n"
        ),
        ("leserin@ort.example", "alle@ort.example"),
        False,
        "mailbox-full",
    ),
    (
        "postfix-delay",
        report(group("4.4.1", "connect to mail.ort.example[192.0.2.1]:25: Connection timed out", action="delayed")),
        ONE,
        False,
        "network",
    ),
    (
        "exim",
        mail(
            "This message was created automatically by mail delivery software.\n\nA message that you "
            "sent could not be delivered to one or more of its\n"
            "recipients. This is a permanent error. The following address(es) failed:\n\n  leserin@ort.example\n"
            "    host mail.ort.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT "
            "TO:<leserin@ort.example>:\n"
            "    550 No such user here\n\n------ This is a copy of the message, including all the headers. ------\n\n"
            + RETURNED,
            subject="Mail delivery failed: returning message to sender",
            headers="X-Failed-Recipients: leserin@ort.example\nAuto-Submitted: auto-replied\n",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "exim-mail-from",
        mail(
            "A message that you sent could not be delivered to one or more of its\nrecipients. The "
            "following address(es) failed:\n\n  leserin@ort.example\n"
            "    SMTP error from remote mail server after MAIL FROM:<a@b.example>:\n    553 unknown user\n",
            subject="Mail delivery failed",
        ),
        ONE,
        False,
        "sender",
    ),
    (
        "exim-delay",
        mail(
            "This message was created automatically by mail delivery software.\nA message that you sent "
            "has not yet been delivered to one or more of its\n"
            "recipients after more than 24 hours on the queue on mx.example.\n\nThe address to which the "
            "message has not yet been delivered is:\n\n"
            "  leserin@ort.example\n\nNo action is required on your part.\n",
            subject="Warning: message 1abc-2 delayed 24 hours",
        ),
        ONE,
        False,
        "delayed",
    ),
    (
        "qmail",
        mail(
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your "
            "message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            "<leserin@ort.example>:\n192.0.2.1 does not like recipient.\n"
            "Remote host said: 550 5.1.1 sorry, no mailbox here by that name\nGiving up on 192.0.2.1.\n\n"
            "--- Below this line is a copy of the message.\n\n" + RETURNED
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "qmail-host",
        mail(
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your "
            "message to the following addresses.\n\n"
            "<leserin@ort.example>:\nSorry, I couldn't find any host named ort.example. (#5.1.2)\n"
        ),
        ONE,
        True,
        "host-unknown",
    ),
    (
        "qmail-queue",
        mail(
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your "
            "message to the following addresses.\n\n"
            "<leserin@ort.example>:\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n"
            "I'm not going to try again; this message has been in the queue too long.\n"
        ),
        ONE,
        False,
        "network",
    ),
    (
        "sendmail",
        report(
            "Final-Recipient: RFC822; leserin@ort.example\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: SMTP; 550 5.1.1 <leserin@ort.example>... User unknown\n",
            "   ----- The following addresses had permanent fatal errors -----\n<leserin@ort.example>\n",
            subject="Returned mail: see transcript for details",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "exchange-2003",
        mail(
            "Your message\n\n  To:      Leserin\n  Subject: Neues aus Musterstadt\n  Sent:    Mon, 2 Mar "
            "2026 07:00:00 +0100\n\n"
            "did not reach the following recipient(s):\n\nleserin@ort.example on Mon, 2 Mar 2026 07:01:00 +0100\n"
            "    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=de;a= "
            ";p=ort\n    MSEXCH:IMS:ORT:MX 0 (000C05A6) Unknown Recipient\n",
            sender="System Administrator <postmaster@ort.example>",
            subject="Undeliverable: Neues aus Musterstadt",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "exchange-online",
        report(
            group(
                "5.1.10",
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient leserin@ort.example not found by "
                "SMTP address lookup",
            ),
            "Ihre Nachricht an leserin@ort.example konnte nicht zugestellt werden.",
            sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@ort.example>",
            subject="Unzustellbar: Neues aus Musterstadt",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "exchange-online-edge",
        report(group("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. [mx.example]")),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "exchange-online-policy",
        report(
            group("5.7.1", "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy")
        ),
        ONE,
        False,
        "policy",
    ),
    (
        "notes-german",
        mail(
            "Ihre Nachricht\n\n  Betreff: Neues aus Musterstadt\n\nwurde nicht zugestellt an:\n\n  "
            "leserin@ort.example\n\nWeil:\n\n"
            "  Benutzer Leserin (leserin@ort.example) nicht im Domino-Verzeichnis vorhanden\n",
            sender="Postmaster@ort.example",
            subject="ZUSTELLUNG FEHLGESCHLAGEN: Benutzer nicht vorhanden",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "courier",
        report(
            "Final-Recipient: rfc822; leserin@ort.example\nAction: failed\nStatus: 5.0.0\nRemote-MTA: "
            "dns; mail.ort.example [192.0.2.1]\nDiagnostic-Code: smtp; 550 User unknown.\n",
            "This is a delivery status notification from mx.example,\nrunning the Courier mail "
            "server.\n\n                UNDELIVERABLE MAIL\n",
            sender='"Courier mail server at mx.example" <@>',
            subject="NOTICE: mail delivery status.",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "opensmtpd",
        mail(
            "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An "
            "error has occurred while attempting to deliver a message for\n"
            "    the following list of recipients:\n\nleserin@ort.example: 550 5.2.2 "
            "<leserin@ort.example>... Mailbox Full\n\n    Below is a copy of the original message:\n\n" + RETURNED,
            sender="Mailer Daemon <MAILER-DAEMON@mx.example>",
            subject="Delivery status notification",
        ),
        ONE,
        False,
        "mailbox-full",
    ),
    (
        "gmail-old",
        mail(
            "Delivery to the following recipient failed permanently:\n\n     leserin@ort.example\n\n"
            "Technical details of permanent failure: \n"
            "Google tried to deliver your message, but it was rejected by the recipient domain. We "
            "recommend contacting the other email\n"
            "provider for further information about the cause of this error. The error that the other "
            "server returned was: 550 550 Unknown user (state 14).\n\n"
            "----- Original message -----\n\n" + RETURNED,
            sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            subject="Delivery Status Notification (Failure)",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "gmail-full",
        report(
            group(
                "5.2.2",
                "552-5.2.2 The recipient's inbox is out of storage space. Please direct the\n 552-5.2.2 "
                "recipient to the help page",
            )
        ),
        ONE,
        False,
        "mailbox-full",
    ),
    (
        "web-de",
        mail(
            "This message was created automatically by mail delivery software.\n\nA message that you "
            "sent could not be delivered to one or more of\nits recipients. "
            "This is a permanent error. The following address\nfailed:\n\nleserin@ort.example:\nSMTP "
            "error from remote server for RCPT TO command, host: mx00.ort.example (192.0.2.1) reason: "
            "550\n"
            "Requested action not taken: mailbox unavailable\n\n--- The header of the original message "
            "is following. ---\n\n" + RETURNED,
            sender="GMX Mailer Daemon <mailer-daemon@mx.example>",
            subject="Mail delivery failed: returning message to sender",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "t-online",
        mail(
            "|------------------------- Message log follows: -------------------------|\n no valid "
            "recipients were found for this message\n"
            "|------------------------- Failed addresses follow: ---------------------|\n "
            "<leserin@ort.example> ... transport smtp: 550 Benutzer unbekannt\n"
            "|------------------------- Message text follows: ------------------------|\n" + RETURNED,
            subject="mail failed, returning to sender",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "german-full",
        mail(
            "Ihre Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: <leserin@ort.example>\nGrund: "
            "Das Postfach des Empfängers ist voll.\n",
            sender="Mail-System <postmaster@ort.example>",
            subject="Nachricht nicht zugestellt",
        ),
        ONE,
        False,
        "mailbox-full",
    ),
    (
        "imail",
        mail(
            "Unknown user: leserin@ort.example\n\nOriginal message follows.\n\n" + RETURNED,
            sender="Postmaster <postmaster@mx.example>",
            subject="Undeliverable Mail",
            headers="X-Mailer: <SMTP32 v8.22>\n",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "sun",
        parts(
            (
                "text/plain",
                (
                    "Your message cannot be delivered to the following recipients:\n\n  Recipient address: "
                    "leserin@ort.example\n  Reason: Remote SMTP server has rejected address\n"
                    "  Diagnostic code: smtp;550 5.1.1 unknown or illegal alias: leserin@ort.example\n  "
                    "Remote system: dns;mail.ort.example\n"
                ),
            ),
            ("message/rfc822", RETURNED),
            sender="Internet Mail Delivery <postmaster@mx.example>",
            subject="Delivery Notification: Delivery has failed",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "mailmarshal",
        mail(
            "Your message:\n   From:    presse@musterstadt.example\n   Subject: Neues aus Musterstadt\n\n"
            "Could not be delivered because of\n\n550 5.1.1 User unknown\n\n"
            "The following recipients were affected:\n   leserin@ort.example\n",
            sender="postmaster@mx.example",
            subject="Undeliverable Mail: Neues aus Musterstadt",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "mcafee",
        mail(
            "--- The following addresses had delivery problems ---\n\n<leserin@ort.example>   (User "
            "unknown leserin@ort.example)\n\n--------------- Returned Message ---------------\n" + RETURNED,
            subject="Returned mail",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "mailfoundry",
        mail(
            "Unable to deliver message to: <leserin@ort.example>\nDelivery failed for the following "
            "reason:\nServer mail.ort.example[192.0.2.1] failed with: 550 <leserin@ort.example> No such "
            "user here\n\n"
            "This has been a permanent failure.  No further delivery attempts will be made.\n",
            subject="Message delivery has failed",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "yahoo",
        mail(
            "Sorry, we were unable to deliver your message to the following address.\n\n"
            "<leserin@ort.example>:\nRemote host said: 554 delivery error: dd This user doesn't have a "
            "mx.example account (leserin@ort.example) [0] [BODY]\n\n"
            "--- Below this line is a copy of the message.\n\n" + RETURNED,
            subject="Failure Notice",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "zoho",
        mail(
            "This message was created automatically by mail delivery software.\nA message that you sent "
            "could not be delivered to one or more of its recipients. This is a permanent error.\n\n"
            "leserin@ort.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 "
            "<leserin@ort.example>: Recipient address rejected: undeliverable\n",
            subject="Undelivered Mail Returned to Sender",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "james",
        mail(
            "Hi. This is the James mail server at mx.example.\nI'm afraid I wasn't able to deliver your "
            "message to the following addresses.\nThis is a permanent error; I've given up. "
            "Sorry it didn't work out.\n\nFailed recipient(s):\nleserin@ort.example\n\nError message:\n"
            "550 - Requested action not taken: no such user here\n",
            sender="postmaster@mx.example",
            subject="[BOUNCE] Neues aus Musterstadt",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "interscan",
        mail(
            "****** Message from InterScan Messaging Security Suite ******\n\nSent >>> RCPT "
            "TO:<leserin@ort.example>\nReceived <<< 550 5.1.1 <leserin@ort.example>: Recipient address "
            "rejected: User unknown\n\n"
            "Unable to deliver message to <leserin@ort.example>.\n\n************************     End of "
            "message     **********************\n",
            sender="imss@mx.example",
            subject="Mail could not be delivered",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "mimecast",
        report(group("5.0.0", "554 Email rejected due to security policies - https://community.mimecast.example/docs")),
        ONE,
        False,
        "policy",
    ),
    (
        "block-list",
        report(group("5.1.1", "550 5.1.1 Service unavailable; client host [192.0.2.9] blocked using zen.spamhaus.org")),
        ONE,
        False,
        "blocked",
    ),
    (
        "dmarc",
        report(group("5.7.26", "550-5.7.26 Unauthenticated email from musterstadt.example is not accepted")),
        ONE,
        False,
        "authentication",
    ),
    ("too-big", report(group("5.3.4", "552 5.3.4 Message size exceeds fixed limit")), ONE, False, "too-big"),
    (
        "disabled",
        report(group("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled")),
        ONE,
        False,
        "disabled",
    ),
    ("moved", report(group("5.0.0", "551 User not local; please try <leserin@anderswo.example>")), ONE, True, "moved"),
    (
        "greylisted",
        report(group("4.7.1", "450 4.7.1 Greylisted, try again later", action="delayed")),
        ONE,
        False,
        "busy",
    ),
    (
        "not-yet-unknown",
        report(group("4.1.1", "450 4.1.1 user unknown for now", action="delayed")),
        ONE,
        False,
        "user-unknown",
    ),
    (
        "one-of-two-full",
        report(group("5.1.1", "550 5.1.1 unknown") + "\n" + group("5.2.2", "552 5.2.2 full", "leser@ort.example")),
        ("leserin@ort.example", "leser@ort.example"),
        False,
        "mailbox-full",
    ),
    (
        "two-in-words",
        mail(
            "Hi. This is the qmail-send program at mx.example.\nI wasn't able to deliver your message to "
            "the following addresses.\n\n"
            "<leserin@ort.example>:\nUser unknown\n\n<leser@ort.example>:\nMailbox full\n"
        ),
        ("leserin@ort.example", "leser@ort.example"),
        False,
        "mailbox-full",
    ),
    (
        "no-mime",
        mail(
            "The following addresses had permanent fatal errors\n\nReporting-MTA: dns; mx.example\n\n"
            + group("5.1.1", "550 User unknown")
            + "\n"
            + RETURNED,
            subject="Returned mail: User unknown",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "only-the-returned-mail-names-it",
        parts(("text/plain", "Your message could not be delivered: unknown recipient."), ("message/rfc822", RETURNED)),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "handed-on",
        parts(
            ("text/plain", "The following addresses had delivery errors"),
            ("message/rfc822", report(group("5.1.1", "550 5.1.1 User unknown")).decode().replace("=_b", "=_inner")),
            media="multipart/mixed",
            subject="Returned mail",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "sieve-reject",
        parts(
            (
                "text/plain",
                (
                    "Your message to <leserin@ort.example> was automatically rejected:\nQuota exceeded "
                    "(mailbox for user is full)"
                ),
            ),
            (
                "message/disposition-notification",
                (
                    "Final-Recipient: rfc822; leserin@ort.example\nDisposition: "
                    "automatic-action/MDN-sent-automatically; deleted"
                ),
            ),
            media="multipart/report; report-type=disposition-notification",
            subject="Rejected: Neues",
        ),
        ONE,
        False,
        "mailbox-full",
    ),
    (
        "utf-8-address",
        report("Final-Recipient: utf-8; j\\x{FC}rgen@ort.example\nAction: failed\nStatus: 5.1.1\n"),
        ("jürgen@ort.example",),
        True,
        "user-unknown",
    ),
    ("unexplained", mail("Your message could not be delivered to leserin@ort.example.\n"), ONE, None, "unexplained"),
    (
        "japanese",
        mail(
            "次のメールを送信できませんでした。\n\n<leserin@ort.example>\n宛先のアドレスが見つかりません。\n",
            subject="配信エラー",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "french",
        mail(
            "Votre message n'a pas pu être remis à <leserin@ort.example>.\nL'adresse de messagerie n'existe pas.\n",
            sender="postmaster@mx.example",
            subject="Non remis : Neues",
        ),
        ONE,
        True,
        "user-unknown",
    ),
    (
        "russian",
        mail(
            "К сожалению, Ваше письмо не может быть доставлено:\n\n  leserin@ort.example\n    пользователь не найден\n",
            subject="Ваше сообщение не доставлено",
        ),
        ONE,
        True,
        "user-unknown",
    ),
]
