"""Signing in as a client of Descope does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import pytest
from descope import AuthException, DescopeClient

from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.server import TenantServer
from tests.sandbox.tenant.stand import Clock, post, running

WHO = "{ currentUser { email } }"


async def signed_in(server: TenantServer, key: str) -> Mapping[str, object]:
    """What the vendor's sample client gets for an access key."""
    client = DescopeClient(server.descope_project_id, base_url=server.url)
    found: Mapping[str, object] = await asyncio.to_thread(client.exchange_access_key, key)
    return found


async def exchanged(
    server: TenantServer, *, project: str = "", key: str = "", header: str = "", content: bytes = b"{}"
) -> httpx.Response:
    """The exchange, request by request, with something wrong where it is given."""
    project = project or server.descope_project_id
    headers = {
        "Authorization": f"Bearer {project}:{key or server.access_key}",
        "x-descope-project-id": header or project,
    }
    async with httpx.AsyncClient() as client:
        return await client.post(f"{server.url}/v1/auth/accesskey/exchange", headers=headers, content=content)


async def test_the_vendors_way_of_signing_in_works_unchanged() -> None:
    """The package exchanges the key, checks the token by the published keys, and the tenant takes it."""
    async with running() as server:
        found = await signed_in(server, server.access_key)
        token = found["sessionToken"]
        assert isinstance(token, dict)
        assert found["projectId"] == server.descope_project_id
        answer = (await post(server, WHO, token=token["jwt"])).json()
    assert answer == {"data": {"currentUser": {"email": "service@example.com"}}}


async def test_a_wrong_key_is_refused() -> None:
    """The package raises with status 401; so it does after the key was revoked."""
    async with running() as server:
        with pytest.raises(AuthException) as wrong:
            await signed_in(server, "wrong")
        server.tokens.revoke(server.access_key)
        with pytest.raises(AuthException) as revoked:
            await signed_in(server, server.access_key)
    assert [error.value.status_code for error in (wrong, revoked)] == [401, 401]


async def test_the_shape_of_the_answers() -> None:
    """Three fields where all is well, and Descope's three where it is not."""
    clock = Clock()
    async with running(TenantOptions(token_life=60), clock=clock) as server:
        good = (await exchanged(server, content=b'{"loginOptions": {"selectedTenant": "t"}}')).json()
        bad = await exchanged(server, key="wrong")
        assert "errors" not in (await post(server, WHO, token=good["sessionJwt"])).json()
        clock.advance(60)
        expired = (await post(server, WHO, token=good["sessionJwt"])).json()
    assert set(good) == {"keyId", "sessionJwt", "expiration"}
    assert good["expiration"] == clock.now.timestamp()
    assert bad.status_code == 401
    assert set(bad.json()) == {"errorCode", "errorDescription", "errorMessage"}
    assert expired["errors"][0]["message"] == "Unauthorized"


async def test_what_is_refused() -> None:
    """Another project, a header that says another one, a body that is none, and a key that a fault hides."""
    async with running() as server:
        assert (await exchanged(server, project="P1")).status_code == 401
        assert (await exchanged(server, header="P1")).status_code == 401
        for body in (b"junk", b"[]", b'{"loginOptions": []}'):
            assert (await exchanged(server, content=body)).status_code == 400
        server.faults.switch(Fault.KEY_REFUSED)
        assert [(await exchanged(server)).status_code for _ in range(2)] == [401, 200]
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{server.url}/v2/keys/P1")).status_code == 404


async def test_tokens_outlive_their_key_but_not_their_owner() -> None:
    """Revoking the key leaves the sessions that it opened; switching its owner off ends them."""
    async with running() as server:
        token = (await exchanged(server)).json()["sessionJwt"]
        server.tokens.revoke(server.access_key)
        assert "errors" not in (await post(server, WHO, token=token)).json()
        server.people.deactivate("service@example.com")
        assert "errors" in (await post(server, WHO, token=token)).json()
