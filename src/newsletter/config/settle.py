"""What settings name by files: paths made absolute, secrets read. What is wrong is a line of `problems`."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from newsletter.config.admin import Admin
from newsletter.config.mail import Api, Dkim, Feedback, Mail
from newsletter.config.publish import Publish
from newsletter.config.settings import NetworkSettings, Webhook
from newsletter.config.values import webhook_secret


def mail(said: Mail, root: Path, problems: list[str]) -> Mail:
    """`[mail]` and what is below it."""
    updates: dict[str, Any] = {}
    if said.smtp.password_file is not None:
        updates["password_file"] = root / said.smtp.password_file
        updates["password"] = _secret(updates["password_file"], "mail.smtp.password_file", problems)
    if said.smtp.log is not None:
        updates["log"] = root / said.smtp.log
    if said.smtp.ca_file is not None:
        updates["ca_file"] = root / said.smtp.ca_file
    settled = {
        "smtp": said.smtp.model_copy(update=updates),
        "api": _api(said.api, root, problems),
        "dkim": _dkim(said.dkim, root),
        "feedback": said.feedback and _feedback(said.feedback, root, problems),
    }
    return said.model_copy(update=settled)


def webhook(number: int, said: Webhook, root: Path, problems: list[str]) -> Webhook:
    """One of `[[webhooks]]`."""
    if said.secret_file is None:
        return said
    name = f"webhooks[{number}].secret_file"
    secret = _secret(root / said.secret_file, name, problems)
    try:
        return said.model_copy(update={"secret": webhook_secret(secret)})
    except ValueError as error:
        problems.append(f"newsletter.toml: {name}: {error}")
        return said


def admin(said: Admin, root: Path, problems: list[str]) -> Admin:
    """`[admin]`."""
    if said.oidc is None or said.oidc.client_secret_file is None:
        return said
    secret = _secret(root / said.oidc.client_secret_file, "admin.oidc.client_secret_file", problems)
    return said.model_copy(update={"oidc": said.oidc.model_copy(update={"client_secret": secret})})


def network(said: NetworkSettings, root: Path, problems: list[str]) -> NetworkSettings:
    """`[network]`."""
    updates: dict[str, Any] = {}
    if said.proxy_password_file is not None:
        password = _secret(root / said.proxy_password_file, "network.proxy_password_file", problems)
        updates["proxy_password"] = password
    if said.ca_file is not None:
        updates["ca_file"] = root / said.ca_file
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(updates["ca_file"])
        except OSError as error:  # ssl.SSLError is one
            problems.append(f"newsletter.toml: network.ca_file: no certificate (PEM) can be read from it: {error}")
    return said.model_copy(update=updates)


def publish(said: Publish, root: Path, problems: list[str]) -> Publish:
    """`[publish]` and what is below it."""
    updates: dict[str, Any] = {"directory": root / said.directory}
    if said.s3 is not None and said.s3.secret_file is not None:
        before = len(problems)
        secret = _secret(root / said.s3.secret_file, "publish.s3.secret_file", problems)
        if not secret.get_secret_value() and len(problems) == before:  # it could be read
            problems.append("newsletter.toml: publish.s3.secret_file: it is empty")
        updates["s3"] = said.s3.model_copy(update={"secret": secret})
    if said.purge is not None and said.purge.token_file is not None:
        token = _secret(root / said.purge.token_file, "publish.purge.token_file", problems)
        updates["purge"] = said.purge.model_copy(update={"token": token})
    return said.model_copy(update=updates)


def _feedback(said: Feedback, root: Path, problems: list[str]) -> Feedback:
    updates: dict[str, Any] = {
        name: root / path for name in ("path", "ca_file") if (path := getattr(said, name)) is not None
    }
    if said.password_file is not None:
        updates["password"] = _secret(root / said.password_file, "mail.feedback.password_file", problems)
    return said.model_copy(update=updates)


def _api(said: Api, root: Path, problems: list[str]) -> Api:
    files = {"key": said.key_file, "secret": said.secret_file, "hook_secret": said.hook_secret_file}
    updates = {
        name: _secret(root / file, f"mail.api.{name}_file", problems)
        for name, file in files.items()
        if file is not None
    }
    return said.model_copy(update=updates)


def _dkim(said: Dkim | None, root: Path) -> Dkim | None:
    if said is None:
        return None
    second = said.second and said.second.model_copy(update={"key_file": root / said.second.key_file})
    return said.model_copy(update={"key_file": root / said.key_file, "second": second})


def _secret(path: Path, name: str, problems: list[str]) -> SecretStr:
    try:
        return SecretStr(path.read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"newsletter.toml: {name}: cannot be read: {error}")
        return SecretStr("")
