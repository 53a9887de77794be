"""Every page and action: closed without a session, without the role, and to forms that are not ours."""

from __future__ import annotations

import re

import pytest

from newsletter.model import Role
from newsletter.web.admin.route import AdminRoute, all_routes
from tests.integration.web.admin.world import Office

ROUTES = {f"{one.action or 'GET'} {one.path}": one for one in all_routes()}
OPEN = {
    "GET /sign-in", "session.begin /sign-in", "session.end /sign-out", "GET /welcome/{token}",
    "GET /welcome/{token}/key.svg", "account.accept /welcome/{token}", "GET /style.css",
    "GET /oidc", "GET /oidc/back",
}  # fmt: skip
CLOSED = sorted(set(ROUTES) - OPEN)
BELOW = {Role.EDITOR: Role.VIEWER, Role.ADMIN: Role.EDITOR}


def address(route: AdminRoute) -> str:
    return "/admin" + re.sub(r"{[^}]+}", "1", route.path)


def method(route: AdminRoute) -> str:
    return "GET" if route.action is None else "POST"


def test_only_the_door_is_open() -> None:
    assert {name for name, route in ROUTES.items() if route.role is None} == OPEN


@pytest.mark.parametrize("name", CLOSED)
async def test_nobody_comes_in_without_a_session(desk: Office, name: str) -> None:
    route = ROUTES[name]
    async with desk.client() as client:
        answer = await client.request(method(route), address(route))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/admin/sign-in")


@pytest.mark.parametrize("name", [name for name in CLOSED if ROUTES[name].role in BELOW])
async def test_nobody_comes_in_without_the_role(desk: Office, name: str) -> None:
    route = ROUTES[name]
    assert route.role is not None
    async with desk.signed_in(BELOW[route.role]) as client:
        answer = await client.request(method(route), address(route))
    assert answer.status_code == 403


@pytest.mark.parametrize("name", [name for name in CLOSED if ROUTES[name].action])
async def test_no_form_but_ours_does_anything(desk: Office, name: str) -> None:
    before = len(desk.program.audit.store.newest(10))
    async with desk.signed_in() as client:
        for sent in ({}, {"form_token": "0" * 64}):
            answer = await client.post(address(ROUTES[name]), data=sent)
            assert answer.status_code == 403
    assert len(desk.program.audit.store.newest(10)) == before


async def test_its_pages_have_the_icon_of_the_site(desk: Office) -> None:
    async with desk.client() as client:
        page = (await client.get("/admin/sign-in")).text
        found = re.findall(r'<link rel="icon" href="([^"]+)"', page)
        assert [address.partition("?")[0] for address in found] == ["/favicon.ico", "/icon.svg"]
        assert [(await client.get(address)).status_code for address in found] == [200, 200]
