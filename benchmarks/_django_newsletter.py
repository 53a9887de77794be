"""Sends an edition by django-newsletter, with its own models and templates: `python … WORK`, WORK a JSON file.

It runs in an environment of its own, and prints the seconds that `Submission.submit` takes and the size of a mail.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

work = json.loads(Path(sys.argv[1]).read_text("utf-8"))
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": work["database"]}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=work["port"],
    INSTALLED_APPS=[
        *("django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sites", "django.contrib.admin"),
        *("django.contrib.messages", "django.contrib.sessions", "sorl.thumbnail", "newsletter"),
    ],
    ROOT_URLCONF="newsletter.urls",
    SITE_ID=1,
    SECRET_KEY="benchmark",  # noqa: S106 - nothing is served
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USE_TZ=True,
    NEWSLETTER_THUMBNAIL="sorl-thumbnail",
    NEWSLETTER_USE_HTTPS=True,
)
django.setup()
call_command("migrate", verbosity=0, interactive=False)

from django.contrib.sites.models import Site  # noqa: E402
from django.utils.timezone import now  # noqa: E402
from newsletter.models import Article, Message, Newsletter, Submission, Subscription  # type: ignore[attr-defined]  # noqa: E402

site = Site.objects.get_current()
letter = Newsletter.objects.create(title="Presse", slug="presse", email="presse@musterstadt.example", sender="Presse")
letter.site.add(site)
message = Message.objects.create(title=work["subject"], slug="heute", newsletter=letter)
Article.objects.create(post=message, title="Meldungen", text=work["html"], sortorder=10)
people = (
    Subscription(
        newsletter=letter, email_field=f"leser{number}@stadt.example", subscribed=True, activation_code="x" * 40
    )
    for number in range(work["messages"])
)
Subscription.objects.bulk_create(people)
submission = Submission.from_message(message)
submission.publish_date = now() - timedelta(minutes=1)
submission.save()
size = len(submission.get_message(submission.subscriptions.first()).message().as_bytes())
began = time.perf_counter()
submission.submit()
seconds = time.perf_counter() - began
assert submission.sent
sys.stdout.write(json.dumps({"seconds": seconds, "bytes": size, "version": django.get_version()}) + "\n")
