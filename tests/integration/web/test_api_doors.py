"""Who is let in to the API: every route refuses without a token and without its scope; once means once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.routing import Route
from structlog.testing import capture_logs

from newsletter.cli import cli
from newsletter.errors import BadInput, NotFound
from newsletter.model import Scope
from newsletter.web.api import create_api
from newsletter.web.api.app import ROUTERS
from newsletter.web.api.route import Guarded
from tests.integration.web.api_world import BASE, PUSHED, Api, api

PROBLEM = "application/problem+json"
IDS = {
    "id": "0b8f2c1e-0000-4000-8000-000000000000",
    "source": "rathaus",
    "email_hash": "0123456789abcdef" * 2,
    "external_id": "2026/77",
}


@pytest.fixture
def here(store_url: str, tmp_path: Path) -> Iterator[Api]:
    with api(tmp_path, store_url) as opened:
        yield opened


def routes(here: Api) -> list[Guarded]:
    """Every address of the API but its description."""
    app = create_api(here.program)
    own = [route for route in app.routes if isinstance(route, Route)]
    assert [route.path for route in own] == ["/", "/v1/openapi.json", "/docs"]  # what anybody may read
    assert len(app.routes) == len(own) + len(ROUTERS)
    found = [route for router in ROUTERS for route in router.routes]
    assert len(found) == sum(len(methods) for methods in app.openapi()["paths"].values())
    assert all(isinstance(route, Guarded) for route in found)
    return [route for route in found if isinstance(route, Guarded)]


def path_of(route: Guarded) -> str:
    filled = re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: IDS[match[1]], route.path)
    return filled.replace(IDS["id"], "7") if "/subscribers/" in filled else filled


async def test_every_route_refuses_who_has_no_token_and_who_lacks_its_scope(here: Api) -> None:
    found = routes(here)
    assert len(found) >= 25
    before = here.rows()
    async with here.client(token="") as nobody, here.client(token="nl_" + "x" * 43) as stranger:
        for route in found:
            for method in route.methods or ():
                address = f"{BASE}/api{path_of(route)}"
                for client in (nobody, stranger):
                    refused = await client.request(method, address, content=b"{broken")
                    assert (refused.status_code, refused.headers["content-type"]) == (401, PROBLEM), address
                    assert refused.headers["www-authenticate"].startswith("Bearer")
                others = [scope for scope in Scope if scope is not route.scope]
                async with here.client(*others) as other:
                    refused = await other.request(method, address, json={})
                assert refused.status_code == 403, address
                assert str(route.scope) in refused.headers["www-authenticate"]
    after = here.rows()
    assert {name for name, count in after.items() if count != before[name]} == {"api_tokens"}


async def test_every_scope_is_of_some_use(here: Api) -> None:
    assert {route.scope for route in routes(here)} == set(Scope)


async def test_a_token_ends(here: Api) -> None:
    tokens = here.program.programs.tokens
    secret, other = here.token("releases:read", days=7), here.token("releases:read")
    async with here.client(token=secret) as short, here.client(token=other) as long:
        assert [(await one.get("/releases")).status_code for one in (short, long)] == [200, 200]
        here.later(days=7)
        assert [(await one.get("/releases")).status_code for one in (short, long)] == [401, 200]
        tokens.revoke(2, here.now)
        assert (await long.get("/releases")).status_code == 401
    first, second = tokens.listed()
    assert first.last_used_at is not None
    assert (first.last_used_at.isoformat(), second.last_used_at and second.last_used_at.day) == (
        "2026-11-23T00:00:00+00:00",
        30,
    )


def test_a_token_is_asked_for_with_sense(here: Api) -> None:
    tokens = here.program.programs.tokens
    for name, scopes, days in [
        ("", ["releases:read"], 1),
        ("x", [], 1),
        ("x", ["all"], 1),
        ("x", ["releases:read"], 0),
    ]:
        with pytest.raises(BadInput):
            tokens.issue(name, scopes, here.now, days)
    with pytest.raises(NotFound):
        tokens.revoke(9, here.now)


def test_the_commands_show_a_secret_once(sqlite_url: str, tmp_path: Path) -> None:
    with api(tmp_path, sqlite_url):
        pass
    config = ["--config", str(tmp_path / "newsletter.toml"), "tokens"]
    made = CliRunner().invoke(cli, [*config, "add", "CMS", "--scope", "releases:write", "--expires", "90"])
    secret = made.stdout.strip()
    assert re.fullmatch(r"nl_[\w-]{43}", secret)
    listed = CliRunner().invoke(cli, [*config, "list"])
    assert "CMS" in listed.stdout
    assert secret not in listed.stdout
    assert secret.encode() not in (tmp_path / "newsletter.db").read_bytes()
    assert "revoked" in CliRunner().invoke(cli, [*config, "revoke", "1"]).stdout
    assert CliRunner().invoke(cli, [*config, "add", "CMS", "--scope", "everything"]).exit_code == 2


async def test_the_same_key_and_request_are_answered_as_before(here: Api) -> None:
    body = {"email": "mara@leser.example", "newsletter": "presse", "confirmed_by": "Formular, 2026-11-01"}
    async with here.client() as client:
        first = await client.post("/subscribers", json=body, headers={"Idempotency-Key": "k1"})
        assert (first.status_code, first.json()) == (201, {"outcome": "subscribed", "subscriber": 1})
        again = await client.post("/subscribers", json=body, headers={"Idempotency-Key": "k1"})
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotent-replayed"] == "true"
        assert (await client.post("/subscribers", json=body)).json()["outcome"] == "already"
        other = await client.post("/subscribers", json=body | {"cadence": "weekly"}, headers={"Idempotency-Key": "k1"})
        assert (other.status_code, other.headers["content-type"]) == (422, PROBLEM)
        async with here.client() as somebody_else:
            mine = await somebody_else.post("/subscribers", json=body, headers={"Idempotency-Key": "k1"})
        assert mine.status_code == 200
        kept = (await client.get("/subscribers/1")).json()
    assert len(kept["consents"]) == 1


async def test_a_key_of_what_failed_is_free_again_and_all_are_forgotten_in_a_day(here: Api) -> None:
    answers, headers = here.program.programs.answers, {"Idempotency-Key": "k2"}
    async with here.client() as client:
        refused = await client.post("/editions/none/approve", json={}, headers=headers)
        assert refused.status_code == 404
        body = {"email": "weg@leser.example", "reason": "rief an"}
        assert (await client.post("/suppressions", json=body, headers=headers)).status_code == 200
        here.later(hours=25)
        assert answers.forget(here.now) == 1
        assert here.rows()["api_answers"] == 0
        assert answers.begin(9, "k3", "digest", here.now) is None  # as a request that was cut off
        found = answers.begin(9, "k3", "digest", here.now)
        assert found is not None
        assert found.status is None
        here.later(minutes=11)
        assert answers.begin(9, "k3", "digest", here.now) is None


async def test_two_requests_with_one_key_at_once_are_not_both_done(here: Api) -> None:
    secret, body = here.token(), {"email": "weg@leser.example"}
    async with here.client(token=secret) as client:
        request = client.build_request("POST", "/suppressions", json=body, headers={"Idempotency-Key": "k"})
        first = await client.send(request)
        assert first.status_code == 200
        here.program.database.write(
            lambda connection: connection.exec_driver_sql("UPDATE api_answers SET status = NULL, body = NULL")
        )
        second = await client.post("/suppressions", json=body, headers={"Idempotency-Key": "k"})
    assert (second.status_code, second.headers["retry-after"]) == (409, "5")


async def test_what_went_wrong_is_said_without_its_inside(here: Api) -> None:
    async with here.client() as client:
        wrong = await client.put("/releases/rathaus/1", json={"headline": "", "body_html": 7, "x/y": 1})
        assert (wrong.status_code, wrong.headers["content-type"]) == (422, PROBLEM)
        assert {one["pointer"] for one in wrong.json()["errors"]} == {"/body/headline", "/body/body_html", "/body/x~1y"}
        assert (await client.get("/nothing")).headers["content-type"] == PROBLEM
        assert (await client.delete("/releases")).status_code == 405
        unreadable = await client.put("/releases/rathaus/1", content=b"{", headers={"Content-Type": "application/json"})
        assert (unreadable.status_code, unreadable.json()["status"]) == (422, 422)
        assert (await client.get("/releases", params={"after": "quatsch"})).status_code == 422
        rename = "ALTER TABLE releases RENAME TO elsewhere"
        here.program.database.write(lambda connection: connection.exec_driver_sql(rename))
        broken = await client.get("/releases")
    assert (broken.status_code, broken.headers["content-type"]) == (500, PROBLEM)
    assert "elsewhere" not in broken.text
    assert "SELECT" not in broken.text


async def test_what_is_too_large_is_refused(here: Api) -> None:
    async with here.client() as client:
        huge = await client.put("/releases/rathaus/1", json=PUSHED | {"body_html": "x" * 5_000_000})
        long = await client.put("/releases/rathaus/1", json=PUSHED | {"body_html": "x" * 1_100_000})
    assert (huge.status_code, long.status_code) == (413, 422)


async def test_what_programs_change_is_on_record(here: Api) -> None:
    with capture_logs() as logged:
        async with here.client() as client:
            await client.get("/releases")
            await client.post("/subscribers/search", json={"email": "mara@leser.example"})
            await client.put("/releases/rathaus/2026/77", json=PUSHED)
            await client.post("/editions/none/approve", json={})
            await client.post("/suppressions", json={"email": "weg@leser.example"})
    found = [entry for entry in logged if entry["event"] == "audit"]
    assert [(entry["action"], entry["subject"], entry["outcome"]) for entry in found] == [
        ("api push_release", "rathaus/2026/77", "done"),
        ("api approve_edition", "none", "refused"),
        ("api suppress", "", "done"),
    ]
    assert {entry["actor"] for entry in found} == {"token 1 (Probe)"}
    assert "leser.example" not in str(logged)
