"""What servers say in words, by reason, in the order in which it is asked. To teach it a wording, add a line or a word.

It is searched in text that was made lower case, one line, and free of addresses, long host names, links and the codes
at the head of each line (`plain` in diagnosis.py); block lists leave the word `dnsbl`.
"""

from __future__ import annotations

import re
from typing import Final

from newsletter.deliver.feedback.returned import Reason
from newsletter.deliver.feedback.wording import wording

Rule = tuple[Reason, re.Pattern[str]]


def _rule(reason: Reason, text: str) -> Rule:
    return reason, wording(text)


# Said so plainly that it stands even against a code that says something else: most of it keeps an address that a lazy
# `5.1.1` would have lost.
OUTRIGHT: Final[tuple[Rule, ...]] = (
    _rule(  # Exchange Online: its edge and its directory
        Reason.USER_UNKNOWN,
        r"""
        recipient address rejected: access denied|recip(?:ient)?notfound
        """,
    ),
    _rule(
        Reason.VIRUS,
        r"""
        \bvirus|\bmalware|\binfected\b|\btrojan
        """,
    ),
    _rule(
        Reason.MAILBOX_FULL,
        r"""
        <mailbox>s?\b.{0,40}(?:\b(?:is|are|was) ?(?:too |currently |almost )?full\b|over ?quota|\büber ?füllt)
        <mailbox>s?\b.{0,40}\bvoll\b
        over (?:the |his |her |its |their |allotted |allowed |disk |storage |mail )*quota|over ?quota
        \bquota\b.{0,30}(?:exceed|violat|full|reached|überschritten)|mail ?box full|full mailbox|too much mail
        (?:exceed|überschr|superad|superou|dépass|depass|превы|przekro)\w* … \b(?:quota|kontingent|storage|speicher)
        (?:exceed|überschr|superad|superou|dépass|depass|превы|przekro)\w* … \bквот
        (?:exceed|überschr)\w* … mailbox size|exceeded (?:the |its |their )?(?:storage|local limit|mailbox)
        out of (?:storage|disk|mail) ?(?:space|quota)|not enough (?:disk |storage )?space (?:in|for|left)
        insufficient (?:mailbox )?(?:storage|quota)|storage (?:allocation|limit|quota) (?:exceeded|reached)
        mailbox.{0,30}(?:exceeds?|size limit|limit (?:exceeded|reached)|no space|out of space)
        messages in recipient's mailbox exceeded|(?:bo[iî]te|compte).{0,40}(?:plein|satur)|casella.{0,40}pien
        (?:buz[oó]n|cuenta|caixa).{0,40}(?:llen|chei)|postfach.{0,40}(?:voll|überfüllt)
        zu ?viele (?:mails|nachrichten)
        переполнен|(?:容量|メールボックス).{0,20}(?:一杯|いっぱい|超過|オーバー)|邮箱.{0,6}(?:已满|满)
        """,
    ),
    _rule(
        Reason.TOO_BIG,
        r"""
        <size> ?(?:size|length)?.{0,30}(?:too (?:big|large)|larger than|zu gro(?:ß|ss))
        <size> ?(?:size|length)?.{0,30}exceed\w*.{0,40}(?:size|maxim|limit)
        (?:size|length) (?:limit )?(?:exceed|larger)
        exceed\w* .{0,30}(?:message|mail|fixed|maximum|allowed) .{0,20}size
        maximum (?:allowed )?(?:message |mail )?size
        (?:recip|send)sizelimit
        """,
    ),
    _rule(
        Reason.DISABLED,
        r"""
        <mailbox>.{0,30}\b(?:is|est|has been) (?:currently |temporarily )?(?:blocked|bloqu|locked|gesperrt|temporary)
        \buser\b.{0,20}temporary locked
        """,
    ),
    _rule(
        Reason.AUTHENTICATION,
        r"""
        \bspf\b|\bdkim\b|\bdmarc\b|sender policy framework|sender id\b|not authenticated|must authenticate
        unauthenticated (?:e-?mail|senders?|mail)|authentication (?:failed|required|information|check)
        mismatche?s? client ip|not (?:authori[sz]ed|permitted) to send (?:mail |messages )?(?:from|on behalf)
        """,
    ),
    _rule(
        Reason.SPAM,
        r"""
        \bspam(?!\w*(?:filter|gateway|firewall|trap))|\bspammy|unsolicited|\bube\b|\buce\b|junk ?mail
        bulk (?:e-?)?mail
        \bphishing|(?:mail|message) (?:was )?rejet[eé]
        """,
    ),
    _rule(
        Reason.SENDER,
        r"""
        sender'?s? ?(?:e-?mail |mail )?(?:address|domain)?.{0,30}(?:rejected|denied|does not|doesn't|invalid|unknown)
        sender'?s? ?(?:e-?mail |mail )?(?:address|domain)?.{0,30}refused
        sender'?s? ?(?:address|domain)?.{0,30}(?:not (?:exist|found|resolv|allowed|verified|accepted)|unresolvable)
        sender (?:verify|verification) fail|sender rejected|domain of sender|invalid sender|bad sender
        (?:after|in reply to|did not like our) (?:pipelined )?mail from
        (?:return|from) address.{0,20}(?:rejected|invalid)
        call(?:back|out) (?:setup |verification )?fail|absender.{0,30}(?:abgelehnt|ungültig|unbekannt)
        """,
    ),
    _rule(
        Reason.BLOCKED,
        r"""
        \bdnsbl\b|\brbl\b|black ?list|block ?list|deny ?list|schwarze liste|reputation|open relay|unwanted messages
        blocked (?:using|by|due|for|because of)|has been blocked|too many spam|may not be mail exchanger|dynamic ip
        <from> <machine>(?: name| is| has been| was|)?.{0,40}<refused>|adresse ip (?:source )?bloqu
        reverse (?:dns|lookup|mapping|hostname)|\bptr\b|\brdns\b|ip name lookup|(?:find|no|your) (?:your )?reverse
        helo command rejected|host network not allowed|no access from mail server
        messages from .{0,30}(?:weren't sent|temporarily deferred|were blocked)
        """,
    ),
    _rule(
        Reason.BUSY,
        r"""
        too many (?:connections?|recipients|messages|mails|e-?mails|requests|concurrent|sessions|errors|invalid)
        too many (?:failures|bad)
        (?:rate|frequency) ?(?:is )?limit|exceeded .{0,30}(?:rate|hourly|per hour)|throttl|rate control
        unexpected volume
        gr[ae]y ?list|receiving (?:e?mail|messages) (?:at a rate|too quickly)
        """,
    ),
    _rule(
        Reason.RELAY,
        r"""
        relay(?:ing)?.{0,20}(?:denied|not (?:permitted|allowed)|prohibited|refused)|rcpthosts
        (?:unable|not (?:allowed|permitted)) to relay|(?:do|will|can) ?no?'?t relay
        """,
    ),
    _rule(
        Reason.POLICY,
        r"""
        \bpolic(?:y|ies)\b(?! server)|richtlinie|potential security|security (?:reasons?|issue|risk|concern)
        content (?:was |has been )?(?:rejected|blocked|filter|refused)
        administrative(?:ly)? (?:prohibit|denied|reject)
        (?:attachment|file type|anhang).{0,30}(?:not (?:allowed|permitted)|blocked|prohibited|verboten)
        """,
    ),
)

# Believed where the code is vague or missing.
WORDS: Final[tuple[Rule, ...]] = (
    _rule(
        Reason.CONTENT,
        r"""
        8-?bit|non-?ascii|rfc ?(?:2822|5322)|rfc ?822 (?:compl|format|header)|headers? (?:too|error|missing|invalid)
        (?:bad|malformed|invalid|missing|duplicate) (?:\w+ )?header|multiple addresses in from|bare (?:lf|cr)
        line too long|mime (?:error|syntax)|conversion (?:required|not)
        """,
    ),
    _rule(
        Reason.NOT_ALLOWED,
        r"""
        not (?:a )?(?:member|subscriber)s? (?:of|to)?|members?[- ]only|only (?:members|subscribers)
        permissions? to post
        not (?:allowed|permitted|authori[sz]ed) to (?:send|post|mail)|delivery not authori[sz]ed|authrequired
        notauthorized
        rejected by (?:the )?(?:recipient|user)\b(?! domain)|(?:recipient|user|group) .{0,30}only accepts
        restrict(?:ed|ion)|challenge|not accept\w* (?:e?mail|messages) from
        """,
    ),
    _rule(
        Reason.EXPIRED,
        r"""
        <time> (?:time(?:out)? )?(?:has |was |is )?expired|retry time not reached|message (?:is )?too old
        gave up after
        (?:retry|delivery|queue|time).{0,20}(?:timeout|time ?limit|limit|period).{0,10}(?:exceeded|expired)
        cannot send message (?:for|within)|could not deliver for the last|in the queue too long|allowed queue period
        (?:not|n't) (?:be(?:en)? )?delivered (?:within|after|for|in) |have been failing for a long time
        for more than \d
        unable to deliver (?:this |the |your )?(?:message |mail )?(?:for|in|after|within) \d
        (?:after|for) \d+(?:\.\d+)? (?:hours?|days?|hour\(s\)|day\(s\))
        (?:zeit|frist)\w*.{0,20}(?:abgelaufen|überschritten)
        """,
    ),
    _rule(
        Reason.USER_UNKNOWN,
        r"""
        <no>(?: or \w+)? (?:<kind> )*<mailbox>|<mailbox>\w*\b(?: name| id)? … <absent>
        <mailbox>.{0,30}(?:見つかりません|存在しません|ありません|不明|不存在|无效|未找到)|ディレクトリ.{0,20}(?:見つかりません|ありません)
        (?:user|recipient|account|mailbox|person|name).{0,12}(?:unknown|not known)|unknown (?:user|recipient)
        no such (?:user|recipient|mailbox|account|address|person|local|one|alias)|user doesn.?t|^address rejected
        no (?:mailbox|user|account|one|recipient)s? (?:here |found |exists? )?(?:by|with|of|under|for|here|found)
        no (?:mailbox|user|account|one|recipient)s? (?:here |found |exists? )?(?:called|named|has)
        not our (?:user|customer)|not an? (?:valid|known|registered|local|active|existing)\b
        not listed in (?:domino|public|the)
        not in (?:our|the|my) (?:directory|database|list)|unrout(?:e?)able address|nobody (?:here )?by|badly formed
        mail ?box (?:is )?(?:unavailable|not available|name not allowed)
        (?:recipient|address|user).{0,20}(?:not|n't) recogni[sz]ed
        recipient (?:address )?(?:verify fail|check fail|is not accepted|not accepted|not exist)
        (?:left|no longer (?:works|employed|with)).{0,20}(?:company|organi[sz]ation)|undeliverable (?:to|address)
        syntax error in (?:mailbox|recipient) address|existiert nicht|адресат.{0,10}нет|недействител
        """,
    ),
    _rule(
        Reason.NETWORK,
        r"""
        host name lookup fail|(?:name ?server|dns|lookup).{0,20}(?:temporar|try again|timeout|time ?out|servfail)
        temporar\w+ (?:lookup|dns|failure in name|name)|not found, try again|name server lookup failure|soft error
        connection (?:was |has )?(?:timed|time|refused|reset|lost|closed|dropped|broken|died|fail)|lost connection
        timed? ?out
        no route to host|network (?:is |was )?unreachable|\bloop|too many hops|hop count|no answer|bad connection
        (?:host|server|destination|computer) (?:is |was |\w+ )?(?:down|unreachable|not respond|not reach)
        (?:host|server|destination|computer) (?:is |was |\w+ )?(?:did not respond|did not accept)
        (?:could ?n.?t|can ?n?.?t|cannot|(?:un|not )able to|failed to) (?:\w+ ){0,2}(?:connect|establish|contact)
        (?:could ?n.?t|can ?n?.?t|cannot|(?:un|not )able to|failed to) (?:\w+ ){0,2}reach
        refused to talk|\btls\b|starttls|\bssl\b|handshake|error transferring to|not responding
        wasn't able to (?:\w+ ){0,2}(?:connect|establish)|keine verbindung
        verbindung.{0,20}(?:fehlgeschlagen|abgebrochen|zeit)
        """,
    ),
    _rule(
        Reason.HOST_UNKNOWN,
        r"""
        <host>(?: name| or domain name| part)?(?: is| was|,)? … (?:unknown|invalid|no longer exist|nicht gefunden)
        <host>(?: name| or domain name| part)?(?: is| was|,)? … unbekannt
        <host>(?: name| or domain name)?(?: is| was|,)? … not (?:be )?(?:found|known|exist|valid|resolved|recogn)
        <host> … (?:(?:does|do|did)(?: not|n.?t) (?:exist|resolve|have)|existiert nicht|inexistant|no existe)
        (?:<no>|unresolvable|unroutable) (?:mail |internet |destination |remote |recipient )?(?:<host>|system)
        nxdomain|nonexistentdomain|couldn.?t find any host|not find a gateway|name or service not known
        no (?:mx|mail exchanger|dns|a) (?:record|entry|entries|or a)|no smtp service|null ?mx
        host does not accept mail
        domain (?:does not|doesn.t) accept|non-?existent hosts|all relevant mx|illegal host/domain
        unrouteable mail domain
        domain is not reachable\. please check the domain|no (?:valid )?mail ?(?:servers?|hosts?) (?:found|for)
        """,
    ),
    _rule(
        Reason.MOVED,
        r"""
        (?:user|person|recipient|address|mailbox|account) (?:has |have )?(?:moved|changed|migrated)|user not local
        moved to
        has (?:a )?new (?:e-?mail )?address|please (?:use|try) (?:the )?(?:new|following) address
        neue (?:e-?mail-?)?adresse|nouvelle adresse
        """,
    ),
    _rule(
        Reason.DISABLED,
        r"""
        (?:disabled|inactive|suspended|deactivated|expired|locked|frozen) (?:<mailbox>|e-?mail)
        <mailbox>s?\b … (?:disabled|suspend|inactive|not active|deactivat|locked|frozen|on hold|discontinued|expired)
        <mailbox>s?\b … closed
        <mailbox>s?\b … (?:not accepting|unavailable|gesperrt|deaktiviert|inaktiv|bloqu|desactiv|désactiv)
        <mailbox>s?\b … (?:заблокирован|отключ|停止)
        """,
    ),
    _rule(
        Reason.DELAYED,
        r"""
        (?:not|n't) yet been delivered|will (?:be |continue to be |keep )?retr(?:ied|y)
        has been (?:delayed|postponed|deferred)
        delivery attempts will continue|warning (?:message )?only|will continue (?:to )?(?:attempt|try)
        noch nicht zugestellt|weitere zustellversuche
        """,
    ),
    _rule(
        Reason.PROTOCOL,
        r"""
        (?:improper|bad|wrong) (?:command )?sequence|syntax error|command (?:not |un)(?:recogni|implement|known)
        protocol error
        unrecogni[sz]ed command|not implemented|(?:bad|invalid) (?:argument|parameter|helo|ehlo)
        """,
    ),
    _rule(
        Reason.SYSTEM,
        r"""
        (?:system|internal|local|mailer|config(?:uration)?|server|i/o|software) (?:\w+ )?(?:error|failure|problem)
        service (?:is )?(?:currently |temporarily )?(?:un|not )available|disk (?:full|space|quota)
        insufficient (?:disk|system)
        command (?:died|failed|output|line)
        (?:cannot|can.?t|unable to|could not) (?:open|append|create|write|lock|access)\b|procmail
        resources? (?:temporarily )?unavailable|not accepting (?:connections|network|messages|mail)|service refus
        temporary failure|try (?:again )?later
        """,
    ),
    _rule(
        Reason.POLICY,
        r"""
        access denied|not (?:allowed|permitted|accepted)|prohibited|rejected|denied|refused|banned|blocked
        abgelehnt|refus[eé]|rechazad|отклонен
        """,
    ),
)
