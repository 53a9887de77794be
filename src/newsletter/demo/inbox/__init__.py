"""The demo's inbox: a mail server on loopback that keeps what it is sent, and pages that show it.

It is the outside world of the demo and the tests: it takes every mail as it comes, judges nothing and changes nothing.
`server` and `provider` receive, `folder` keeps, `reading` takes a mail apart for people, `app` shows it.
"""

from newsletter.demo.inbox.app import create_inbox
from newsletter.demo.inbox.folder import ReceivedMail
from newsletter.demo.inbox.provider import create_provider
from newsletter.demo.inbox.server import Inbox

__all__ = ["Inbox", "ReceivedMail", "create_inbox", "create_provider"]
