"""`/hooks/<provider>` as the web answers it."""

from __future__ import annotations

from pathlib import Path

from tests.integration.web.world import site


async def test_a_call_is_handed_on_as_it_came(sqlite_url: str, tmp_path: Path) -> None:
    with site(sqlite_url, tmp_path, "https://news.musterstadt.example/newsletter") as web:
        async with web.client() as client:
            answer = await client.post("/hooks/brevo", content=b'{"event": "spam"}')
            assert (answer.status_code, answer.text) == (200, "ok\n")
            assert answer.headers["cache-control"] == "no-store"
            locked = await client.post("/hooks/locked", content=b"{}")
            assert (locked.status_code, locked.headers["www-authenticate"]) == (401, 'Basic realm="hooks"')
            assert (await client.get("/hooks/brevo")).status_code == 405
            assert (await client.post("/hooks/brevo", content=b"x" * (1024 * 1024 + 1))).status_code == 413
            large = await client.post("/hooks/brevo", content=b"x" * (1024 * 1024))
            assert large.status_code == 200
        assert [(name, len(body)) for name, body in web.hooked] == [
            ("brevo", 17),
            ("locked", 2),
            ("brevo", 1024 * 1024),
        ]
