"""Editions and notices × people become messages, and messages become receipts.

    Claim + Variant ──compile──▶ Compiled ──write──▶ Message ──session──▶ Outcome ──▶ Receipt
    (ledger)  (once for all)                 (one person)       ▲ fence, at the last moment

`worker` runs it; `shift`, `at_hand` and `connection` share out the work; `commits` is the one door to the ledger. What
a message is: `headers`, `splice`, `message`, `writer`. How it leaves: `transports/`, for SMTP `server`, `wire`, `smtp`.
What an answer means: `verdict`; how long to wait: `patience`, and `domains` with what processes `exchange` of them.

The room does not decide who gets what: that was frozen. It keeps nothing that a crash could lose: that is the ledger's.
"""
