"""A small notation for what servers and people write, so that a wording can be read and added without being a riddle.

One wording a line, or several with `|` between them. `…` is a gap of up to 60 characters, `<name>` a word of that
class; the rest is a regular expression.
"""

from __future__ import annotations

import re
from typing import Final

GAP: Final = ".{0,60}"

CLASSES: Final[dict[str, str]] = {
    # the mailbox, or whom it belongs to
    "mailbox": """
        user|recipient|mail ?box|account|addressee|address|alias|person|userid|user ?name|inbox|mail ?drop|maildir
        (?:e-?)?mail ?account|mail ?folder|(?:e-?)?mail ?address|local[- ]part|destinat(?:ion|ary)
        empfänger|empfaenger|benutzer|nutzer|postfach|konto|adresse|adressat|mailadresse|teilnehmer
        utilisateur|destinataire|compte|bo[iî]te|usuario|destinatario|direcci[oó]n|cuenta|buz[oó]n
        utente|indirizzo|casella|usu[aá]rio|destinat[aá]rio|endere[cç]o|conta|caixa
        gebruiker|ontvanger|adres|postbus|użytkownik|adresat|skrzynka|uživatel|schránka|brugeren|mottagare
        пользовател|получател|адрес|ящик|аккаунт
        ユーザ|宛先|アドレス|メールボックス|受信者|用户|收件人|邮箱|帐户|账户|地址
    """,
    # that it is not there
    "absent": r"""
        \bunknown|\bun ?known|invalid|no such|(?:was |is )?(?:deleted|nonexist\w*|non-exist\w*|wrong)\b
        not (?:be )?(?:known|found|exist|listed|recogni[sz]ed|here|valid|registered|identified|resolved|verified|an? )
        not (?:be )?(?:our )
        not (?:on (?:this )?server|in (?:the )?)
        (?:does|do|did|is)(?: not|n.?t) (?:\w+ )?(?:exist|found|listed|valid|have)
        no longer (?:exist|valid|in use|available|active|at|with|here|on|accept)
        has been (?:deleted|removed|closed|terminated)
        unbekannt|existiert (?:\w+ )?nicht|ungültig|gibt es nicht|gelöscht
        nicht (?:im |in ).{0,40}(?:vorhanden|gefunden|aufgeführt|verzeichnis)
        nicht (?:gefunden|bekannt|vorhanden|gültig|vergeben|existent|verfügbar|eingerichtet)
        inconnu|n.?existe pas|inexist|introuvable|invalide|non valide|desconocid|no existe|inv[aá]lid|no encontrad
        no v[aá]lid
        desconhecid|n[aã]o existe|n[aã]o encontrad|sconosciut|non esiste|non trovat|non valid
        onbekend|bestaat niet|ongeldig|niet gevonden|nie istnieje|nieznan|neexistuje|findes ikke|finns inte
        не ?существу|не найден|неизвест|нет такого
    """,
    # before the mailbox: that there is none
    "no": """
        unknown|unbekannte[rsn]?|invalid|illegal|bad|non-?existent|nonexisting|no such|no valid|wrong|incorrect
        ungültige[rsn]?|unrecogni[sz]ed|undeliverable|inexistant|not existing
    """,
    "kind": "local|mail|e-?mail|final|delivery|destination|virtual|domain|smtp|envelope|remote",
    # the machine that sends
    "from": "client|sending|sender'?s?|your|source|remote|connecting|this",
    "machine": "host|ip|ip address|network|mail ?server|server|mta|address",
    "refused": "blocked|rejected|denied|banned|listed|refused|not allowed|blacklisted",
    "size": "message|mail|e-?mail|file|attachment|nachricht",
    # the place that mail goes to
    "host": "host|domain|hostname|server|site|domäne|domaine|dominio",
    "time": "message|delivery|mail|queue|retry|time(?: limit)?|lifetime|period",
}


def wording(text: str) -> re.Pattern[str]:
    """The pattern of wordings in the notation above."""
    return re.compile(re.sub(r"<(\w+)>", lambda name: _either(CLASSES[name[1]]), _either(text)), re.IGNORECASE)


def _either(text: str) -> str:
    lines = (line.strip().replace(" … ", GAP).replace("…", GAP) for line in text.strip().split("\n"))
    return f"(?:{'|'.join(lines)})"
