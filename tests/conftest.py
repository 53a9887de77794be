"""The real servers that tests may ask for: `database`, `postgres`, `postgres_url`, `postfix`, `chromium`."""

SERVERS = ("postgres", "databases", "postfix", "chromium")
pytest_plugins = tuple(f"tests.servers.{server}" for server in SERVERS)
