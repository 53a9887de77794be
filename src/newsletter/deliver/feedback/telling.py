"""Whether a mail in plain words is a bounce: by who speaks, and by what is said at its beginning.

One alone is not enough, and what a mail quotes or encloses is no evidence: a person who asks about a bounce, or hands
one on, would be taken for it.
"""

from __future__ import annotations

import re
from typing import Final

from newsletter.deliver.feedback import sender
from newsletter.deliver.feedback.mime import Mail, open_mail
from newsletter.deliver.feedback.notice import LONGEST_LINE, Notice
from newsletter.deliver.feedback.wording import wording

FIRST_LINES: Final = 60

SUBJECT: Final = wording(r"""
    undeliver|undelivrable|returned mail|return(?:ed|ing) (?:mail|message|to sender)|failure notice
    mail (?:delivery )?fail
    delivery.{0,24}(?:fail|status|problem|error|report|notif|delay|warning|abort)|(?:permanent|fatal) delivery
    non[- ]?(?:deliver|remis)|(?:could|can) ?no?t? ?(?:be |not be )(?:deliver|sent)|not? (?:yet )?been delivered
    not delivered
    mail system error|delayed mail|message .{0,40}delayed|warning: |processing error|(?:automatically )?rejected mail
    nameserver error|user unknown|unknown user|error sending your mail|blocked by our|loop alert|not member
    unzustellbar|nicht zugestellt|zustell(?:ung|fehler|bericht)|fehlgeschlagen|échec|non distribu|non recens
    no entregad
    devuelto|mancata consegna|não entregue|niet bezorgd|nie dostarczono|не ?доставлен
    エラー通知|送信エラー|配信(?:不能|エラー)|送信できません|退信|投递失败
""")
OPENING: Final = wording(r"""
    (?:could|can|would|did|has|have|was|were|is|are)(?: ?not|n['’]t) (?:yet )?(?:be(?:en)? )?(?:\w+ )?(?:deliver)
    (?:could|can|would|did|has|have|was|were|is|are)(?: ?not|n['’]t) (?:yet )?(?:be(?:en)? )?(?:\w+ )?(?:reach|sent\b)
    (?:could|can|would|did|has|have)(?: ?not|n['’]t) (?:be )?(?:receive|accept)|trouble delivering|cannot deliver
    (?:un|not |wasn't )able to (?:be )?(?:deliver|send|reach|forward)|delevery to
    delivery (?:to the following|of (?:your|the)|failed|failure|error|problem|has failed|attempt|status|notification)
    (?:permanent|fatal|delivery|transmission|mail) (?:fatal |delivery )?errors?
    error (?:was detected )?(?:while |in |occurred |delivering)|transcript of session|failure reasons|mailbox is full
    (?:mail|message) (?:is |has been |was |being )?(?:returned|rejected|bounced|refused|delayed)
    returned (?:message|mail)
    failed (?:addresses|recipients?)|was (?:automatically )?(?:rejected|refused)|undeliver|undisclosed address
    (?:rejected by|refused by) (?:a |the )?(?:remote|recipient|mail)|not a member of (?:this|the)
    duplicated message-id
    (?:user|account)\(?s?\)? .{0,20}disabled|no such user|unknown user|user unknown|invalid final delivery
    intended recipient|no valid recipients
    nicht (?:zugestellt|ausgeliefert|übermittelt)|unzustellbar|zustellung.{0,40}(?:fehl|nicht|unmöglich)
    n.a pas pu|n.a pu|pas été (?:remis|délivré|distribué)|non (?:remis|distribu)
    no (?:se )?(?:ha )?(?:pudo|podido|pued)
    no ha sido entregad|non (?:è stato|può|ha potuto)|impossibile|n[aã]o (?:p[oô]de|foi)
    niet (?:worden )?(?:bezorgd|afgeleverd)|nie (?:mo(?:że|gła)|został)|не (?:может|могло|было|удалось)
    (?:送信|配信|配送|送達|お届け)(?:は)?(?:できま|でき|され)|无法(?:投递|送达|发送)|退回|投递失败
""")
TRANSCRIPT: Final = re.compile(r"^(?:>>>|<<<|\W{0,4}[45]\d\d[ -]\S)|\b[45]\.\d\.\d{1,3}\b|said: [45]\d\d", re.MULTILINE)


def is_notice(mail: Mail, notice: Notice) -> bool:
    """Whether a server tells of a mail that it could not deliver; never a person who forwards or quotes a notice."""
    by_subject = bool(SUBJECT.search(mail.headers.get("subject")))
    by_words = bool(OPENING.search(_beginning(notice.words)))
    if "x-failed-recipients" in mail.headers and (by_subject or by_words):  # exim, Gmail
        return True
    if sender.is_handed_on(mail) and not sender.has_no_sender(mail):
        return False
    if sender.is_server(mail):
        return by_subject or by_words
    if "report" in mail.headers.type or sender.is_list_machine(mail):
        return by_words
    if sender.has_no_sender(mail):
        return by_words and bool(notice.entries) and not sender.is_answer(mail)
    return by_subject and by_words and _shows(mail, notice)


def _shows(mail: Mail, notice: Notice) -> bool:
    """Whether a mail from anybody shows what came back, as servers do: the mail itself, or a session with addresses."""
    enclosed = next((part for part in mail.parts if part.enclosed), None)
    if enclosed:  # a person hands on a server's mail, a server a person's
        return not sender.is_server(open_mail(enclosed.body))
    return bool(notice.entries) and bool(notice.copied or TRANSCRIPT.search(notice.words))


def _beginning(words: str) -> str:
    lines = [line[:LONGEST_LINE].strip() for line in words.split("\n") if line.strip()]
    return " ".join(lines[:FIRST_LINES])
