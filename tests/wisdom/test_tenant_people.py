"""People with roles and row rules at the local tenant, seen through the client."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import date
from typing import Any

import pytest
from pydantic import SecretStr

from bot.core import tables
from bot.core.turn import Turn
from bot.errors import (
    AnswerFailed,
    AnswerTooLarge,
    AskingRefused,
    DomainUnknown,
    ImpersonationRefused,
    KeyRefused,
    PersonDeactivated,
    PersonUnknown,
    TenantError,
)
from bot.model import SERVICE, Identity, Rights, Visualization
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions as LocalOptions
from bot.sandbox.tenant.server import TenantServer
from bot.wisdom.tenant import Tenant, TenantOptions

SALES, WEATHER = "ET_DOMAIN_sales", "ET_DOMAIN_weather"
QUESTION = "What is the expected revenue by region?"
EVERYWHERE = ["Americas", "APAC", "EMEA"]


def person(name: str, *attributes: tuple[str, str]) -> Identity:
    return Identity(name, f"{name}@example.com", attributes)


ADA, GRACE, LINUS, VERA, BARBARA = map(person, ("ada", "grace", "linus", "vera", "barbara"))
NIELS, DOROTHY = map(person, ("niels", "dorothy"))


@asynccontextmanager
async def local(
    options: LocalOptions | None = None, *, key: str = "", **more: Any
) -> AsyncIterator[tuple[Tenant, TenantServer]]:
    """The local tenant and a client of it."""
    server = TenantServer(options=options, today=date(2026, 3, 1))
    await server.start()
    secret = SecretStr(key or server.access_key)
    client = Tenant(TenantOptions(url=server.url, ws_url=server.ws_url, access_key=secret, **more))
    try:
        yield client, server
    finally:
        await client.close()
        await server.close()


async def regions(client: Tenant, identity: Identity, *, domain: str = SALES, key: str = "k") -> list[str]:
    """The regions that somebody finds in the answer."""
    turn = Turn()
    diffs = client.ask(QUESTION, identity=identity, domain=domain, conversation=None, key=key)
    async with aclosing(diffs):
        async for diff in diffs:
            turn.receive_diff(diff)
    turn.receive_end()
    (table,) = [tables.build(part) for part in turn.answer().parts if isinstance(part, Visualization)]
    return [row[0].text for row in table.rows]


async def failures(client: Tenant, identities: Sequence[Identity]) -> list[type[TenantError]]:
    """How the question of each of them fails."""
    found = []
    for number, identity in enumerate(identities):
        with pytest.raises(TenantError) as caught:
            await regions(client, identity, key=f"f{number}")
        found.append(type(caught.value))
    return found


@pytest.mark.parametrize("form", ["mutation", "query"])
async def test_everybody_sees_their_own_rows(form: Any) -> None:
    """Whichever form the tenant has, the rule for Grace holds for Grace, at the same time and in turn."""
    async with local(LocalOptions(impersonation=form)) as (client, server):
        assert await regions(client, ADA, key="1") == EVERYWHERE
        assert await regions(client, GRACE, key="2") == ["EMEA"]
        assert await regions(client, SERVICE, key="3") == EVERYWHERE
        assert await regions(client, GRACE, key="4") == ["EMEA"]
        asked = [question.user.email for question in server.questions]
    assert asked == ["ada@example.com", "grace@example.com", "service@example.com", "grace@example.com"]


async def test_attributes_of_an_identity_replace_the_stored_ones() -> None:
    """They hold for that identity, and the same person without them is under the stored rule."""
    async with local() as (client, _):
        assert await regions(client, person("grace", ("region", "APAC")), key="1") == ["APAC"]
        both = person("grace", ("region", "APAC"), ("region", "EMEA"))
        assert await regions(client, both, key="2") == ["APAC", "EMEA"]
        assert await regions(client, GRACE, key="3") == ["EMEA"]


@pytest.mark.parametrize("form", ["mutation", "query"])
async def test_attributes_that_the_tenant_does_not_take_are_an_error(form: Any) -> None:
    """Nobody is asked without them; who has none is not concerned."""
    options = LocalOptions(impersonation=form, attributes_argument=False)
    async with local(options) as (client, server):
        assert await failures(client, [person("linus", ("region", "EMEA"))]) == [AnswerFailed]
        assert server.questions == ()
        assert await regions(client, GRACE) == ["EMEA"]


async def test_who_may_not_ask_is_told_apart() -> None:
    """A viewer, somebody without account, and one whose account is off."""
    async with local() as (client, server):
        assert await failures(client, [VERA, NIELS, DOROTHY]) == [
            AskingRefused,
            PersonUnknown,
            PersonDeactivated,
        ]
        assert server.questions == ()
        await client.admit(VERA)
        for identity, kind in ((NIELS, PersonUnknown), (DOROTHY, PersonDeactivated)):
            with pytest.raises(kind):
                await client.admit(identity)


async def test_a_browser_gets_a_token_of_its_own() -> None:
    """Each time a new one, as the person alone; who is refused here is refused there."""
    async with local() as (client, server):
        held = await client._tokens.token(GRACE)
        given = [await client.fresh_token(GRACE) for _ in range(2)]
        assert len({held, *(token.text for token in given)}) == 3
        user = server.tokens.user_of(f"Bearer {given[0].text}")
        assert user.email == GRACE.email
        assert await client._tokens.token(GRACE) == held
        with pytest.raises(PersonUnknown):
            await client.fresh_token(NIELS)


async def test_a_domain_is_there_for_some_only() -> None:
    """What Linus may not ask is as unknown to him as what does not exist."""
    async with local() as (client, _):
        assert await regions(client, LINUS) == EVERYWHERE
        for domain in (WEATHER, "ET_DOMAIN_none"):
            with pytest.raises(DomainUnknown):
                await regions(client, LINUS, domain=domain, key=domain)


async def test_listing_domains_is_a_right_of_few() -> None:
    """Whoever lacks it hears that the tenant does not tell, and asks all the same."""
    async with local() as (client, _):
        assert [domain.id for domain in await client.domains(ADA)] == [SALES, WEATHER]
        with pytest.raises(AnswerFailed):
            await client.domains(GRACE)
        assert await regions(client, GRACE) == ["EMEA"]


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ("objects", Rights(sql=False, roles=("BASIC_EXPLORER",))),
        ("ids", Rights(sql=False, roles=("00000000-0000-0000-0000-000000000015",))),
        ("none", Rights()),
    ],
)
async def test_rights_follow_from_roles_in_any_schema(roles: Any, told: Rights) -> None:
    """A basic explorer does not see SQL, wherever the tenant tells that somebody is one."""
    async with local(LocalOptions(roles=roles)) as (client, _):
        assert await client.rights(BARBARA) == told
        assert (await client.rights(GRACE)).sql
        assert (await client.rights(SERVICE)).sql


@pytest.mark.parametrize(("sql", "seen"), [("show", True), ("hide", False)])
async def test_the_operator_decides_about_sql(sql: Any, seen: bool) -> None:  # noqa: FBT001 - the expectation
    """What is set counts for everybody."""
    async with local(sql=sql) as (client, _):
        assert [(await client.rights(each)).sql for each in (ADA, BARBARA)] == [seen, seen]


@pytest.mark.parametrize("roles_fail", [Fault.GRAPHQL_ERROR, Fault.UNAUTHORIZED])
async def test_a_moment_of_trouble_shows_no_sql(roles_fail: Fault) -> None:
    """When her roles cannot be had, Barbara is not taken for somebody who may see it."""
    async with local() as (client, server):
        await client.domains(ADA)
        server.faults.switch(roles_fail, times=2)
        assert not (await client.rights(BARBARA)).sql
        server.faults.clear()
        assert await client.rights(BARBARA) == Rights(sql=False, roles=("BASIC_EXPLORER",))


async def test_an_account_that_is_switched_off_meanwhile() -> None:
    """The token in use is refused, and the reason is found out; on again, it works again."""
    async with local() as (client, server):
        assert await regions(client, GRACE, key="1") == ["EMEA"]
        server.people.deactivate(GRACE.email)
        assert await failures(client, [GRACE]) == [PersonDeactivated]
        with pytest.raises(PersonDeactivated):
            await client.domains(GRACE)
        server.people.activate(GRACE.email)
        assert await regions(client, GRACE, key="2") == ["EMEA"]
        server.people.remove(GRACE.email)
        assert await failures(client, [GRACE]) == [PersonUnknown]
        assert await regions(client, ADA, key="3") == EVERYWHERE


async def test_an_account_that_is_switched_off_in_the_middle_of_an_answer() -> None:
    """What came stays, and the end says why there is no more."""
    async with local() as (client, server):
        server.faults.switch(Fault.EXPIRED, after=2)
        diffs = client.ask(QUESTION, identity=GRACE, domain=SALES, conversation=None, key="k")
        await anext(diffs)
        server.people.deactivate(GRACE.email)
        with pytest.raises(PersonDeactivated):
            async for _ in diffs:
                pass


@pytest.mark.parametrize(
    "options", [LocalOptions(key_impersonates=False), LocalOptions(impersonation="none")]
)
async def test_a_key_that_may_not_act_for_others(
    options: LocalOptions, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is asked as the owner instead; the operator reads once what to do, and the owner may ask."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    async with local(options) as (client, server):
        assert await failures(client, [ADA, GRACE, NIELS]) == [ImpersonationRefused] * 3
        assert server.questions == ()
        assert await regions(client, SERVICE) == EVERYWHERE
    (line,) = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert "Allow impersonation" in line


async def test_a_key_that_is_revoked_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """Tokens that were given out live on; whoever needs a new one cannot ask, and the operator knows."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    async with local() as (client, server):
        assert await regions(client, ADA, key="1") == EVERYWHERE
        server.tokens.revoke(server.access_key)
        assert await failures(client, [GRACE, SERVICE, LINUS]) == [KeyRefused] * 3
        assert await regions(client, ADA, key="2") == EVERYWHERE
        assert await failures(client, [GRACE]) == [KeyRefused]
    assert [record.levelname for record in caplog.records if "ACCESS_KEY" in record.message] == ["ERROR"]


@pytest.mark.parametrize("sign_in", ["auto", "descope"])
async def test_descope_signs_the_owner_in(sign_in: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Where its project is given, Descope makes the owner's token; everybody else's is WisdomAI's."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    server = TenantServer(today=date(2026, 3, 1))
    await server.start()
    client = Tenant(
        TenantOptions(
            url=server.url,
            access_key=SecretStr(server.access_key),
            sign_in=sign_in,
            descope_project=server.descope_project_id,
            descope_base=server.url,
        )
    )
    try:
        assert await regions(client, SERVICE, key="1") == EVERYWHERE
        assert await regions(client, GRACE, key="2") == ["EMEA"]
    finally:
        await client.close()
        await server.close()
    assert "sign-in: the key is exchanged for a token by Descope" in caplog.messages


async def test_a_key_as_bearer_signs_the_owner_in() -> None:
    """Where the tenant takes it, nothing is exchanged for it."""
    async with local(LocalOptions(bearer_key=True), sign_in="bearer") as (client, server):
        server.faults.switch(Fault.KEY_REFUSED)
        assert await regions(client, SERVICE) == EVERYWHERE
        assert server.faults.left(Fault.KEY_REFUSED) == 1


async def test_an_answer_that_is_too_large_is_refused() -> None:
    """One frame beyond the limit, or all of them together."""
    async with local(max_frame=2**20) as (client, server):
        server.faults.switch(Fault.OVERSIZED)
        assert await failures(client, [ADA]) == [AnswerTooLarge]
    async with local(max_answer=2**20) as (client, server):
        server.faults.switch(Fault.OVERSIZED)
        assert await failures(client, [ADA]) == [AnswerTooLarge]
        assert await regions(client, ADA, key="again") == EVERYWHERE


@pytest.mark.parametrize("sign_in", ["exchange", "bearer", "descope"])
async def test_nothing_that_is_secret_is_logged_or_shown(
    sign_in: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """At debug level, while it works and while it fails: neither the key, nor a token, nor an address."""
    caplog.set_level(logging.DEBUG)
    people = (SERVICE, ADA, VERA, NIELS, DOROTHY, person("linus", ("region", "EMEA")))
    async with local(LocalOptions(bearer_key=True)) as (_, server):
        options = TenantOptions(
            url=server.url,
            access_key=SecretStr(server.access_key),
            sign_in=sign_in,
            descope_project=server.descope_project_id,
            descope_base=server.url,
        )
        client = Tenant(options)
        secrets = {server.access_key, *(each.email for each in people if each.email)}
        shown = await _told(client, people, key="1")
        secrets |= {token.text for token, _ in client._tokens._kept._held.values()}
        server.tokens.revoke(server.access_key)
        server.people.deactivate(ADA.email)
        shown += await _told(client, people, key="2")
        shown += [caplog.text, repr(options), repr(client), repr(people)]
        for part in vars(client).values():
            shown += [repr(part), repr(getattr(part, "__dict__", None))]
        await client.close()
    assert len(secrets) >= 9
    assert {level for level in ("DEBUG", "INFO", "ERROR") if level in caplog.text} == {
        "DEBUG",
        "INFO",
        "ERROR",
    }
    assert [secret for secret in secrets if any(secret in text for text in shown)] == []


async def _told(client: Tenant, people: Sequence[Identity], *, key: str) -> list[str]:
    """What is said about the failures of some of them."""
    said = []
    for identity in people:
        try:
            await regions(client, identity, key=identity.name + key)
        except TenantError as error:
            said += [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]
    assert said
    return said
