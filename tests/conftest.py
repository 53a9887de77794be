"""The real servers that tests may ask for: `database`, `postgres`, `postgres_url`, `postfix`, `dovecot`, `chromium`."""

SERVERS = ("postgres", "databases", "postfix", "dovecot", "chromium")
pytest_plugins = tuple(f"tests.servers.{server}" for server in SERVERS)
