from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import date

import pytest
from aiohttp import WSMsgType, web
from pydantic import SecretStr

from bot.core import tables
from bot.core.endings import CLOSES, Outcome
from bot.core.turn import Turn
from bot.errors import (
    AnswerFailed,
    AnswerTooLarge,
    ConfigurationError,
    DomainUnknown,
    KeyRefused,
    PeerMisbehaved,
    PersonDeactivated,
    TenantError,
    TenantSilent,
    TenantUnreachable,
)
from bot.model import SERVICE, AnswerDiff, Domain, Identity, Visualization
from bot.sandbox.tenant.options import TenantOptions as LocalOptions
from bot.sandbox.tenant.server import TenantServer
from bot.wisdom import documents
from bot.wisdom.tenant import Tenant, TenantOptions, endpoint, socket_url
from tests.wisdom.clock import Clock
from tests.wisdom.flows.talking import folded, text_of
from tests.wisdom.scripted import BOTH, KEY, Json, Post, Scripted, Session, diff, jwt, tenant_of

#: What the end of a connection is called where no code came, and where no close frame did (RFC 6455, 7.4.1).
UNNAMED, BROKEN = 1005, 1006
EACH = pytest.mark.parametrize("subprotocols", [BOTH, BOTH[:1], BOTH[1:], ()])


def asking(
    tenant: Tenant,
    text: str = "How much?",
    *,
    conversation: str | None = None,
    identity: Identity = SERVICE,
) -> AsyncGenerator[AnswerDiff, None]:
    """One question with the usual arguments."""
    return tenant.ask(text, identity=identity, domain="d1", conversation=conversation, key="k1")


async def collected(diffs: AsyncGenerator[AnswerDiff, None]) -> str:
    """The text of a whole answer."""
    async with aclosing(diffs):
        return "".join([str(op["insert"]) async for one in diffs for op in one.ops])


async def failure(diffs: AsyncGenerator[AnswerDiff, None]) -> TenantError:
    """The error that an answer ends with."""
    with pytest.raises(TenantError) as caught:
        await collected(diffs)
    return caught.value


@EACH
async def test_an_answer_arrives_in_either_protocol(subprotocols: tuple[str, ...]) -> None:
    """The server chooses the subprotocol; the answer is the same."""
    async with tenant_of(Scripted(subprotocols=subprotocols)) as tenant:
        assert await collected(asking(tenant)) == "Hello there"


@pytest.mark.parametrize("only", BOTH)
async def test_the_subprotocol_can_be_prescribed(only: str) -> None:
    """Only the configured subprotocol is offered."""
    async with tenant_of(server := Scripted(), subprotocol=only) as tenant:
        await collected(asking(tenant))
        assert server.sessions[0].request.headers["Sec-WebSocket-Protocol"] == only


async def test_the_token_travels_on_all_four_ways() -> None:
    """HTTP header, handshake header, init payload and auth variable carry the same token."""
    async with tenant_of(server := Scripted()) as tenant:
        await collected(asking(tenant, conversation="c0"))
        token, (session,) = jwt(1), server.sessions
        init, start = session.received[:2]
        assert server.said("Introspect")[0].authorization == f"Bearer {token}"
        assert session.request.headers["Authorization"] == f"Bearer {token}"
        assert init["payload"] == {"auth": {"token": token}}
        assert start["payload"]["variables"] == {
            "auth": {"token": token},
            "conversationId": "c0",
            "domainId": "d1",
            "query": {"pieces": [{"text": "How much?"}]},
            "idempotencyKey": "k1",
        }
        assert server.said("Exchange")[0].authorization is None


async def test_many_questions_share_one_connection() -> None:
    """Subscriptions that run at the same time run over one socket, and none takes another's events."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = [await session.subscription() for _ in range(10)]
        for one in reversed(asked):
            text = one["payload"]["variables"]["query"]["pieces"][0]["text"]
            await session.result(one["id"], diff(f"re {text}", last=True))
            await session.send("complete", one["id"])

    async with tenant_of(server := Scripted(scripts=[script])) as tenant:
        answers = await asyncio.gather(*(collected(asking(tenant, f"q{n}")) for n in range(10)))
        assert answers == [f"re q{n}" for n in range(10)]
        assert (server.handshakes, server.tokens, len(server.said("Introspect"))) == (1, 1, 1)


async def test_a_slow_reader_holds_nobody_up() -> None:
    """While one answer is not read, another one comes to its end, and nothing of the first is lost."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        slow = await session.subscription()
        await session.result(slow["id"], *(diff(f"{n},", index=n) for n in range(500)))
        await session.answer(diff("quick", last=True))
        await session.send("complete", slow["id"])

    async with tenant_of(Scripted(scripts=[script])) as tenant, aclosing(asking(tenant)) as slow:
        first = await anext(slow)
        assert await collected(asking(tenant)) == "quick"
        assert first.index == 0
        assert [one.index async for one in slow] == list(range(1, 500))


@EACH
async def test_closing_the_generator_ends_the_subscription(subprotocols: tuple[str, ...]) -> None:
    """Stop reaches the tenant as complete or stop, and the connection serves the next question."""
    stopped = asyncio.Event()

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], diff("I am"))
        assert (await session.until("stop" if session.legacy else "complete"))["id"] == asked["id"]
        stopped.set()
        await session.result(asked["id"], diff(" late"))
        await session.answer(diff("fresh", last=True))

    async with tenant_of(server := Scripted(scripts=[script], subprotocols=subprotocols)) as tenant:
        async with aclosing(asking(tenant)) as diffs:
            await anext(diffs)
        async with asyncio.timeout(5):
            await stopped.wait()
        assert await collected(asking(tenant)) == "fresh"
        assert server.handshakes == 1


async def test_a_connection_lost_before_the_first_diff_is_made_again() -> None:
    """Three losses pass unnoticed, under the same idempotency key."""

    async def broken(session: Session) -> None:
        await session.acknowledge()
        await session.subscription()
        session.drop()

    async def whole(session: Session) -> None:
        await session.acknowledge()
        asked = await session.answer(diff("at last", last=True))
        assert asked["payload"]["variables"]["idempotencyKey"] == "k1"

    async with tenant_of(server := Scripted(scripts=[broken, broken, broken, whole])) as tenant:
        assert await collected(asking(tenant)) == "at last"
        assert server.handshakes == 4


async def test_a_tenant_that_stays_away_is_unreachable() -> None:
    """After three more attempts the loss is told."""
    async with tenant_of(server := Scripted(handshake=503)) as tenant:
        assert isinstance(await failure(asking(tenant)), TenantUnreachable)
        assert server.handshakes == 4


async def test_nobody_listening_is_unreachable() -> None:
    """A closed port is an error of ours, for questions and for the check."""
    async with tenant_of(server := Scripted()):
        url = server.url
    tenant = Tenant(TenantOptions(url=url, access_key=SecretStr(KEY)), jitter=lambda: -0.5)
    try:
        assert isinstance(await failure(asking(tenant)), TenantUnreachable)
        with pytest.raises(TenantUnreachable):
            await tenant.reachable()
    finally:
        await tenant.close()


def breaking(*diffs: Json, code: int = BROKEN) -> Callable[[Session], Awaitable[None]]:
    """A connection that ends after these diffs, with a close code or without a word."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], *diffs)
        if code == BROKEN:
            session.drop()
        elif code == UNNAMED:
            assert session.socket._writer is not None
            await session.socket._writer.send_frame(b"", WSMsgType.CLOSE)
        else:
            await session.socket.close(code=code)

    return script


def serving_whole(*diffs: Json) -> Callable[[Session], Awaitable[None]]:
    """A connection on which every question gets this answer."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            await session.answer(*diffs)

    return script


WHOLE = (diff("half", index=0), diff(" and half", index=1, last=True))


@pytest.mark.parametrize(
    ("code", "outcome"), [(code, each.outcome) for each in CLOSES for code in each.codes]
)
@pytest.mark.parametrize("chosen", BOTH)
async def test_every_close_code_in_the_middle_of_an_answer(code: int, outcome: Outcome, chosen: str) -> None:
    """The answer goes on with the same key and no gap, or fails by its kind; the next one is whole."""
    server = Scripted(scripts=[breaking(WHOLE[0], code=code), serving_whole(*WHOLE)], subprotocols=(chosen,))
    async with tenant_of(server) as tenant:
        if outcome in {Outcome.RECONNECT, Outcome.RENEW}:
            turn = await folded(asking(tenant))
            assert (text_of(turn), turn.answer().doubt) == ("half and half", False)
            assert server.tokens == (2 if outcome is Outcome.RENEW else 1)
            assert {one["payload"]["variables"]["idempotencyKey"] for one in started(server)} == {"k1"}
        else:
            kinds = {Outcome.FAILED: AnswerFailed, Outcome.MISBEHAVED: PeerMisbehaved}
            assert type(await failure(asking(tenant))) is kinds[outcome]
        assert text_of(await folded(asking(tenant))) == "half and half"
        assert server.handshakes == 2


def started(server: Scripted) -> list[Json]:
    """Every subscription that was started, on all connections."""
    return [
        one
        for session in server.sessions
        for one in session.received
        if one["type"] in {"start", "subscribe"}
    ]


async def test_every_answer_on_a_lost_connection_goes_on() -> None:
    """A broken socket takes nothing from any of its answers."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        for _ in range(3):
            await session.result((await session.subscription())["id"], WHOLE[0])
        session.drop()

    async with tenant_of(server := Scripted(scripts=[script, serving_whole(*WHOLE)])) as tenant:
        turns = await asyncio.gather(*(folded(asking(tenant, f"q{n}")) for n in range(3)))
        assert [text_of(turn) for turn in turns] == ["half and half"] * 3
        assert server.handshakes == 2


async def test_an_answer_may_break_off_again_and_again() -> None:
    """As long as something new comes each time, patience begins anew."""
    pieces = [diff(f"{n} ", index=n, last=n == 29) for n in range(30)]
    scripts = [breaking(*pieces[: n + 1]) for n in range(29)]
    async with tenant_of(server := Scripted(scripts=[*scripts, serving_whole(*pieces)])) as tenant:
        turn = await folded(asking(tenant))
        assert text_of(turn).split() == [str(n) for n in range(30)]
        assert (server.handshakes, turn.answer().doubt) == (30, False)


async def test_patience_ends_when_nothing_new_comes() -> None:
    """A tenant that tells the same beginning for ever is given up when silence would be."""
    watch = Clock(0.0)
    async with tenant_of(Scripted(scripts=[breaking(WHOLE[0])]), now=watch) as tenant:
        error = await failure(asking(tenant))
        assert isinstance(error, TenantUnreachable)
        assert 85 <= watch.now <= 90


async def test_a_tenant_that_does_not_come_back_is_unreachable() -> None:
    """After a loss the handshake is tried for as long as silence is borne, and no longer."""
    watch = Clock(0.0)

    async def script(session: Session) -> None:
        server.handshake = 503
        await breaking(WHOLE[0])(session)

    server = Scripted(scripts=[script])
    async with tenant_of(server, now=watch) as tenant:
        diffs = asking(tenant)
        assert (await anext(diffs)).ops == ({"insert": "half"},)
        assert isinstance(await failure(diffs), TenantUnreachable)
        assert 85 <= watch.now <= 90
        assert server.handshakes > 15


@pytest.mark.parametrize("how", ["result", "error", "refusal", "handshake", "4403"])
@pytest.mark.parametrize("subprotocols", [BOTH[:1], BOTH[1:]])
async def test_a_refused_token_is_renewed_once(how: str, subprotocols: tuple[str, ...]) -> None:
    """However the tenant says Unauthorized, the question is repeated once with a new token."""
    server = Scripted(subprotocols=subprotocols)

    async def script(session: Session) -> None:
        if session.request.headers["Authorization"] != f"Bearer {jwt(1)}":
            await session.acknowledge()
            asked = await session.answer(diff("welcome", last=True))
            assert asked["payload"]["variables"]["auth"] == {"token": jwt(2)}
            return
        await _refuse(session, how)

    server.scripts = [script]
    server.handshake = 401 if how == "handshake" else 101
    server.posts["Exchange"] = lambda _: _next_token(server)
    async with tenant_of(server) as tenant:
        assert await collected(asking(tenant)) == "welcome"
        assert (server.tokens, server.handshakes) == (2, 2)


def _next_token(server: Scripted) -> dict[str, dict[str, str]]:
    server.tokens += 1
    if server.tokens == 2:
        server.handshake = 101
    return {"data": {"exchangeAccessToken": jwt(server.tokens)}}


async def _refuse(session: Session, how: str) -> None:
    errors = [{"message": "Unauthorized"}]
    if how == "refusal":
        await session.until("connection_init")
        await session.send("connection_error", payload=errors[0])
        return
    if how == "4403":
        await session.socket.close(code=4403, message=b"Forbidden")
        return
    await session.acknowledge()
    asked = await session.subscription()
    if how == "result":
        await session.result(asked["id"], None, errors=errors)
        await session.send("complete", asked["id"])
    else:
        await session.send("error", asked["id"], payload=errors[0] if session.legacy else errors)


async def test_a_token_refused_twice_is_a_refused_key() -> None:
    """After one renewal the key itself is at fault."""

    async def script(session: Session) -> None:
        await _refuse(session, "result")

    async with tenant_of(server := Scripted(scripts=[script])) as tenant:
        assert isinstance(await failure(asking(tenant)), KeyRefused)
        assert server.tokens == 2


async def test_an_expired_token_gets_a_new_connection() -> None:
    """Shortly before its end the token is renewed, and with it the connection."""
    now = 1000.0
    server = Scripted()

    def exchange(_: Post) -> dict[str, dict[str, str]]:
        server.tokens += 1
        return {"data": {"exchangeAccessToken": jwt(server.tokens, exp=now + 3600)}}

    server.posts["Exchange"] = exchange
    async with tenant_of(server, clock=lambda: now) as tenant:
        await collected(asking(tenant))
        now += 3500
        await collected(asking(tenant))
        assert server.handshakes == 1
        now += 50
        await collected(asking(tenant))
        assert (server.tokens, server.handshakes) == (2, 2)
        assert server.sessions[1].received[0]["payload"] == {"auth": {"token": jwt(2, exp=now + 3600)}}


async def test_a_key_without_exchange_is_the_bearer(caplog: pytest.LogCaptureFixture) -> None:
    """Where the tenant has no exchangeAccessToken, the key goes in the token's place; it is logged once."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    server = Scripted()
    server.posts["Exchange"] = lambda _: web.json_response(
        {"errors": [{"message": 'Cannot query field "exchangeAccessToken" on type "Query".'}]}, status=400
    )
    async with tenant_of(server) as tenant:
        await collected(asking(tenant))
        await collected(asking(tenant))
        assert server.sessions[0].request.headers["Authorization"] == f"Bearer {KEY}"
        assert len(server.said("Exchange")) == 1
    assert [text for text in caplog.messages if "bearer" in text] == [
        "sign-in: the tenant has no exchangeAccessToken; the key itself is the bearer"
    ]


@pytest.mark.parametrize(
    "words", ["Domain not found: d1", "You have no access to domain d1", "Unknown domain"]
)
async def test_an_unknown_domain_is_told_apart(words: str) -> None:
    """The tenant's words about the domain become DomainUnknown."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.send("error", asked["id"], payload=[{"message": words}])

    async with tenant_of(Scripted(scripts=[script])) as tenant:
        error = await failure(asking(tenant))
        assert isinstance(error, DomainUnknown)
        assert error.domain == "d1"


async def test_no_domain_is_not_even_asked() -> None:
    """An empty domain needs no tenant to be refused."""
    async with tenant_of(server := Scripted()) as tenant:
        with pytest.raises(DomainUnknown):
            await anext(tenant.ask("?", identity=SERVICE, domain="", conversation=None, key="k"))
        assert server.seen == []


@EACH
async def test_errors_instead_of_data_fail_the_answer(subprotocols: tuple[str, ...]) -> None:
    """What stands beside null data is raised in the tenant's words."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(
            asked["id"], None, errors=[{"message": "warehouse asleep"}, {"message": "sorry"}]
        )
        await session.send("complete", asked["id"])

    async with tenant_of(Scripted(scripts=[script], subprotocols=subprotocols)) as tenant:
        error = await failure(asking(tenant))
        assert isinstance(error, AnswerFailed)
        assert error.reasons == ("warehouse asleep", "sorry")


async def test_error_strings_are_part_of_the_answer() -> None:
    """errorStrings, and errors beside data, are in the diff and do not end the stream."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        last = diff("partly", last=True, errorStrings=["no chart"])
        await session.result(asked["id"], last, errors=[{"message": "no rows"}])
        await session.send("complete", asked["id"])

    async with tenant_of(Scripted(scripts=[script])) as tenant, aclosing(asking(tenant)) as diffs:
        assert [one.errors async for one in diffs] == [("no chart", "no rows")]


async def test_an_answer_without_any_diff_has_failed() -> None:
    """A subscription that completes at once is no answer."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.answer()

    async with tenant_of(Scripted(scripts=[script])) as tenant:
        assert isinstance(await failure(asking(tenant)), AnswerFailed)


@pytest.mark.parametrize("said", [(), ("something",)])
async def test_silence_is_told(said: tuple[str, ...]) -> None:
    """A tenant that says nothing for too long is silent, though its socket lives."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], *(diff(text) for text in said))
        await session.send("ping")

    async with tenant_of(Scripted(scripts=[script]), silence=0.1) as tenant:
        error = await failure(asking(tenant))
        assert isinstance(error, TenantSilent)
        assert error.seconds == 0.1


@pytest.mark.parametrize("ending", ["open", "drop"])
async def test_the_last_diff_is_enough(ending: str) -> None:
    """After inProgress=false neither a missing complete nor a broken socket spoils the answer."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], diff("done", last=True))
        if ending == "drop":
            session.drop()

    async with tenant_of(Scripted(scripts=[script]), linger=0.05) as tenant:
        assert await collected(asking(tenant)) == "done"


async def test_a_frame_of_some_megabytes_arrives() -> None:
    """The library's limit of 1 MiB is not ours."""
    text = "x" * (3 * 2**20)

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.answer(diff(text, last=True))

    async with tenant_of(Scripted(scripts=[script])) as tenant:
        assert await collected(asking(tenant)) == text


async def test_a_frame_beyond_the_limit_is_refused() -> None:
    """A frame longer than configured ends the connection, and is not asked for again."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.answer(diff("x" * 5000, last=True))

    async with tenant_of(server := Scripted(scripts=[script]), max_frame=4000) as tenant:
        assert isinstance(await failure(asking(tenant)), AnswerTooLarge)
        assert server.handshakes == 1


@pytest.mark.parametrize("begun", [True, False])
async def test_an_answer_beyond_the_limit_is_stopped(begun: bool) -> None:  # noqa: FBT001 - with or without a part
    """An answer larger than configured is not asked for again, whether a part of it came before or not."""
    stopped = asyncio.Event()

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], *([diff("y")] if begun else []), diff("x" * 5000))
        assert (await session.until("complete"))["id"] == asked["id"]
        stopped.set()

    async with tenant_of(server := Scripted(scripts=[script]), max_answer=4000) as tenant:
        error = await failure(asking(tenant))
        assert isinstance(error, AnswerTooLarge)
        assert error.mib == 4000 / 2**20
        async with asyncio.timeout(5):
            await stopped.wait()
        assert server.handshakes == 1


@EACH
async def test_a_junk_frame_ends_nothing(subprotocols: tuple[str, ...]) -> None:
    """What is no GraphQL message, or is for nobody, is passed over; the answer beside it is whole."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], WHOLE[0])
        for junk in ("<html>", "[]", '{"type": "?"}', "[" * 5000):
            await session.socket.send_str(junk)
        await session.result("77", diff("of nobody", index=1, last=True))
        await session.send("complete", "77")
        await session.send("data" if session.legacy else "next", asked["id"], payload=None)
        await session.result(asked["id"], WHOLE[0], WHOLE[1])
        await session.send("complete", asked["id"])

    async with tenant_of(server := Scripted(scripts=[script], subprotocols=subprotocols)) as tenant:
        turn = await folded(asking(tenant))
        assert (text_of(turn), turn.answer().doubt) == ("half and half", False)
        assert server.handshakes == 1


async def test_one_frame_that_is_too_long_fails_one_answer() -> None:
    """Who shared the connection goes on over one of their own; the one that it was for fails there, too."""

    async def crowded(session: Session) -> None:
        await session.acknowledge()
        asked = [await session.subscription() for _ in range(3)]
        for one in asked:
            await session.result(one["id"], WHOLE[0])
        await session.result(asked[0]["id"], diff("x" * 5000, index=1))

    async def alone(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        large = asked["payload"]["variables"]["query"]["pieces"][0]["text"] == "large"
        await session.result(asked["id"], WHOLE[0], diff("x" * 5000, index=1) if large else WHOLE[1])

    async with tenant_of(server := Scripted(scripts=[crowded, alone]), max_frame=4000, linger=0.05) as tenant:
        asked = [folded(asking(tenant, text)) for text in ("large", "small", "small")]
        large, *small = await asyncio.gather(*asked, return_exceptions=True)
        found = [large, *small]
        failed = [each for each in found if isinstance(each, AnswerTooLarge)]
        whole = [text_of(each) for each in found if isinstance(each, Turn)]
        assert (len(failed), whole) == (1, ["half and half"] * 2)
        assert server.handshakes == 4


async def test_the_full_document_falls_back_to_the_seed(caplog: pytest.LogCaptureFixture) -> None:
    """A tenant that knows fewer fields gets the specification's document, at once from then on."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    seed = documents.load("chat_seed")

    async def script(session: Session) -> None:
        await session.acknowledge()
        for _ in range(3):
            asked = await session.subscription()
            if asked["payload"]["query"] == seed:
                await session.result(asked["id"], diff("plain", last=True))
            else:
                words = 'Cannot query field "attributes" on type "Operation".'
                await session.result(asked["id"], None, errors=[{"message": words}])
            await session.send("complete", asked["id"])

    async with tenant_of(server := Scripted(scripts=[script])) as tenant:
        assert await collected(asking(tenant)) == "plain"
        assert await collected(asking(tenant)) == "plain"
        assert len(server.sessions[0].received) == 1 + 3
    assert sum("specification" in text for text in caplog.messages) == 1


async def test_tools_are_sent_in_the_configured_spelling() -> None:
    """A selection of tools goes out only where it is configured, word for word."""
    async with tenant_of(server := Scripted(), tools=("Tabular Data",)) as tenant:
        await collected(asking(tenant))
        variables = server.sessions[0].received[1]["payload"]["variables"]
        assert variables["toolSelection"] == {"optInToolNames": ["Tabular Data"]}


async def test_domains_are_listed() -> None:
    """Sheets of type DOMAIN are the domains; where a name is missing, the id stands for it."""
    server = Scripted()
    nodes = [
        {"id": "d1", "name": "Sales", "description": "Deals"},
        {"id": "d2", "name": None},
        {"name": "?"},
        7,
    ]
    server.posts["Domains"] = lambda _: {"data": {"zSheets": {"nodes": nodes}}}
    async with tenant_of(server) as tenant:
        assert await tenant.domains(SERVICE) == (Domain("d1", "Sales", "Deals"), Domain("d2", "d2"))


@pytest.mark.parametrize(
    ("sheet", "name"),
    [({"name": "Sales"}, "Sales"), ({"name": None}, ""), (None, ""), ("Sales", "")],
    ids=repr,
)
async def test_the_name_of_a_domain(sheet: object, name: str) -> None:
    """Asked for by its id; a domain that is none for this person has no name."""
    server = Scripted()
    server.posts["Domain"] = lambda post: {
        "data": {"zSheet": sheet if post.variables == {"id": "d1"} else {}}
    }
    async with tenant_of(server) as tenant:
        assert await tenant.domain_name("d1", SERVICE) == name


async def test_a_tenant_that_does_not_list_domains_says_so() -> None:
    """The refusal is AnswerFailed, so that the configured domain can be used."""
    async with tenant_of(Scripted()) as tenant:
        with pytest.raises(AnswerFailed):
            await tenant.domains(SERVICE)


async def test_everything_is_asked_with_the_token_of_the_person() -> None:
    """Questions, lists, rights and kept answers go out as whoever asks, and never as the owner of the key."""
    ada = Identity("ada", "ada@example.com")
    async with tenant_of(server := Scripted()) as tenant:
        await tenant.reachable()
        assert await collected(asking(tenant, identity=ada)) == "Hello there"
        await tenant.admit(ada)
        with suppress(AnswerFailed):
            await tenant.domains(ada)
        with suppress(AnswerFailed):
            await tenant.settled(identity=ada, conversation="c", message="m")
        assert len(server.said("Exchange")) == len(server.said("Impersonate")) == 1
        (session,) = server.sessions
        assert session.request.headers["Authorization"] == f"Bearer {jwt(2)}"
        assert session.received[0]["payload"] == {"auth": {"token": jwt(2)}}
        assert session.received[1]["payload"]["variables"]["auth"] == {"token": jwt(2)}
        authorized = {post.operation: post.authorization for post in server.seen}
    assert authorized.pop("CurrentUser") == f"Bearer {jwt(1)}"
    assert authorized.pop("Exchange") is authorized.pop("Impersonate") is None
    assert authorized == dict.fromkeys(("Introspect", "Roles", "Domains", "Settled"), f"Bearer {jwt(2)}")


async def test_each_person_has_a_connection_of_their_own() -> None:
    """The questions of two people never share a socket, those of one do."""
    people = [Identity(name, f"{name}@example.com") for name in ("ada", "grace", "ada", "grace")]
    async with tenant_of(server := Scripted()) as tenant:
        await asyncio.gather(*(collected(asking(tenant, identity=person)) for person in people))
        assert (server.handshakes, len(server.said("Impersonate"))) == (2, 2)
        for session in server.sessions:
            sent = {one["payload"]["variables"]["auth"]["token"] for one in session.received[1:]}
            assert {session.request.headers["Authorization"]} == {f"Bearer {token}" for token in sent}


async def test_two_hundred_people_at_once_cost_two_hundred_exchanges() -> None:
    """However often each of them comes at the same time, there is one token for each."""
    people = [Identity(f"p{number}", f"p{number}@example.com") for number in range(200)]
    async with tenant_of(server := Scripted()) as tenant:
        await asyncio.gather(*(tenant.admit(person) for person in people for _ in range(3)))
        await asyncio.gather(*(tenant.admit(person) for person in people))
        addresses = [post.variables["userEmail"] for post in server.said("Impersonate")]
        assert sorted(addresses) == sorted(person.email for person in people)
        assert len(server.said("Roles")) == 200


@pytest.mark.parametrize("subprotocols", [BOTH[:1], BOTH[1:]])
async def test_a_token_that_ends_in_the_middle_is_renewed(subprotocols: tuple[str, ...]) -> None:
    """The answer goes on with a new token, over a connection of that token."""

    async def ending(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], WHOLE[0])
        await session.result(asked["id"], None, errors=[{"message": "Unauthorized"}])

    server = Scripted(scripts=[ending, serving_whole(*WHOLE)], subprotocols=subprotocols)
    async with tenant_of(server) as tenant:
        assert text_of(await folded(asking(tenant))) == "half and half"
        assert server.tokens == 2
        first, second = started(server)
        assert first["payload"]["variables"]["auth"] == {"token": jwt(1)}
        assert second["payload"]["variables"]["auth"] == {"token": jwt(2)}
        assert server.sessions[1].request.headers["Authorization"] == f"Bearer {jwt(2)}"


async def test_a_refused_token_in_the_middle_tells_who_may_not_sign_in_any_more() -> None:
    """When an answer breaks off as unauthorized, a new token is asked for, and who gets none hears why."""
    ada = Identity("ada", "ada@example.com")

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            asked = await session.subscription()
            await session.result(asked["id"], diff("half"))
            await session.result(asked["id"], None, errors=[{"message": "Unauthorized"}])

    server = Scripted(scripts=[script])
    async with tenant_of(server) as tenant:
        assert type(await failure(asking(tenant, identity=ada))) is KeyRefused
        assert len(server.said("Impersonate")) == 2
        diffs = asking(tenant, identity=ada)
        await anext(diffs)
        server.posts["Impersonate"] = lambda _: {"errors": [{"message": "User is deactivated"}]}
        assert type(await failure(diffs)) is PersonDeactivated


async def test_a_key_refused_in_the_middle_has_no_other_token() -> None:
    """Where the key itself is the token, there is nothing else that it could be."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        asked = await session.subscription()
        await session.result(asked["id"], diff("half"))
        await session.result(asked["id"], None, errors=[{"message": "Unauthorized"}])

    async with tenant_of(Scripted(scripts=[script]), sign_in="bearer") as tenant:
        assert type(await failure(asking(tenant))) is KeyRefused


async def test_a_refused_owner_is_told_to_the_operator_once(caplog: pytest.LogCaptureFixture) -> None:
    """A token that is refused although it is new is a refused key, whether by questions or by the check."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    good = False

    async def script(session: Session) -> None:
        await session.acknowledge()
        while True:
            if good:
                await session.answer(diff("Hello", last=True))
            else:
                asked = await session.subscription()
                await session.result(asked["id"], None, errors=[{"message": "Unauthorized"}])
                await session.send("complete", asked["id"])

    async with tenant_of(server := Scripted(scripts=[script])) as tenant:
        server.posts["CurrentUser"] = lambda _: {"errors": [{"message": "Unauthorized"}]}
        for _ in range(2):
            assert isinstance(await failure(asking(tenant, identity=SERVICE)), KeyRefused)
            with pytest.raises(KeyRefused):
                await tenant.reachable()
        del server.posts["CurrentUser"]
        good = True
        await tenant.reachable()
        await collected(asking(tenant, identity=SERVICE))
        await tenant.reachable()
    told = [record.levelname for record in caplog.records if "WISDOM_ACCESS_KEY" in record.message]
    assert told == ["ERROR", "INFO"]


async def test_a_refused_person_is_not_told_as_a_refused_key(caplog: pytest.LogCaptureFixture) -> None:
    """What the tenant does with one person's token says nothing about the key."""
    caplog.set_level(logging.INFO, "bot.wisdom")

    async def script(session: Session) -> None:
        await _refuse(session, "result")

    async with tenant_of(Scripted(scripts=[script])) as tenant:
        error = await failure(asking(tenant, identity=Identity("ada", "ada@example.com")))
        assert isinstance(error, KeyRefused)
    assert "WISDOM_ACCESS_KEY" not in caplog.text


async def test_rights_that_cannot_be_had_stop_nobody() -> None:
    """A tenant that does not let people read their roles still answers them."""
    server = Scripted()
    server.posts["Roles"] = lambda _: web.Response(status=403)
    async with tenant_of(server) as tenant:
        await tenant.admit(SERVICE)
        assert not (await tenant.rights(SERVICE)).sql


def test_descope_needs_its_project() -> None:
    """Without the project's id the app does not start."""
    options = TenantOptions(url="http://127.0.0.1:1", access_key=SecretStr(KEY), sign_in="descope")
    with pytest.raises(ConfigurationError, match="DESCOPE_PROJECT_ID"):
        Tenant(options)


@pytest.mark.parametrize("project", ["", "P2project"])
async def test_a_key_that_is_its_own_token_asks_nobody(project: str) -> None:
    """With bearer there is no exchange, whatever else is set."""
    async with tenant_of(server := Scripted(), sign_in="bearer", descope_project=project) as tenant:
        await tenant.reachable()
        assert [post.authorization for post in server.seen] == [f"Bearer {KEY}"]


@pytest.mark.parametrize("status", [200, 401])
async def test_a_query_is_repeated_once_with_a_new_token(status: int) -> None:
    """Unauthorized at HTTP 200 and a real 401 are the same."""
    server = Scripted()

    def user(post: Post) -> web.Response:
        if post.authorization == f"Bearer {jwt(2)}":
            return web.json_response({"data": {"currentUser": {"id": "u"}}})
        return web.json_response({"data": None, "errors": [{"message": "Unauthorized"}]}, status=status)

    server.posts["CurrentUser"] = user
    async with tenant_of(server) as tenant:
        await tenant.reachable()
        assert len(server.said("CurrentUser")) == 2


async def test_a_revoked_key_is_not_reachable() -> None:
    """The check says that the key is refused, after asking for a token once."""
    server = Scripted()
    server.posts["Exchange"] = lambda _: {"data": None, "errors": [{"message": "Unauthorized"}]}
    async with tenant_of(server) as tenant:
        with pytest.raises(KeyRefused):
            await tenant.reachable()
        assert len(server.said("Exchange")) == 1


async def test_a_tenant_that_answers_with_an_error_is_reachable() -> None:
    """An answer that is an error is an answer."""
    server = Scripted()
    server.posts["CurrentUser"] = lambda _: {"errors": [{"message": 'Cannot query field "currentUser"'}]}
    async with tenant_of(server) as tenant:
        await tenant.reachable()


async def test_no_secret_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    """At debug level, in errors and in reprs there is neither the key nor a token."""
    caplog.set_level(logging.DEBUG)

    async def script(session: Session) -> None:
        await _refuse(session, "result")

    async with tenant_of(server := Scripted(scripts=[script])) as tenant:
        error = await failure(asking(tenant))
        shown = [
            repr(vars(tenant)),
            repr(tenant),
            repr(error),
            *map(repr, vars(tenant).values()),
            caplog.text,
        ]
        secrets = [KEY, *(jwt(n) for n in range(1, server.tokens + 1))]
        assert [secret for secret in secrets if any(secret in text for text in shown)] == []


async def test_closing_ends_running_answers() -> None:
    """close() leaves nothing behind: a running answer ends as lost, the tenant sees a farewell."""

    async def script(session: Session) -> None:
        await session.acknowledge()
        await session.result((await session.subscription())["id"], diff("x"))

    async with tenant_of(server := Scripted(scripts=[script])) as tenant:
        diffs = asking(tenant)
        await anext(diffs)
        await tenant.close()
        assert isinstance(await failure(diffs), TenantUnreachable)
        assert server.sessions[0].socket.close_code == 1000
        gc.collect()
        assert [task for task in asyncio.all_tasks() if task.get_name().startswith("wisdom")] == []


def test_addresses() -> None:
    """/graphql is added to an origin; the socket's address follows from it."""
    assert endpoint("https://acme.wisdom.ai") == "https://acme.wisdom.ai/graphql"
    assert endpoint("https://acme.wisdom.ai/") == "https://acme.wisdom.ai/graphql"
    assert endpoint("http://localhost:1/api/graphql") == "http://localhost:1/api/graphql"
    assert socket_url("https://acme.wisdom.ai/graphql") == "wss://acme.wisdom.ai/graphql"
    assert socket_url("http://localhost:1/graphql") == "ws://localhost:1/graphql"


LOCAL = [
    LocalOptions(),
    LocalOptions(mode="snapshots", subprotocols=("graphql-ws",)),
    LocalOptions(subprotocols=(), introspection=False, unauthorized_status=401),
    LocalOptions(unit="codepoint", flat=True, dressing="bare"),
    LocalOptions(bearer_key=True, token_life=5.0),
]


@pytest.mark.parametrize("options", LOCAL)
async def test_the_local_tenant_is_understood_however_it_answers(options: LocalOptions) -> None:
    """The same question has the same answer in every way a tenant may send it."""
    server = TenantServer(options=options, today=date(2026, 3, 1))
    await server.start()
    tenant = Tenant(
        TenantOptions(url=server.url, ws_url=server.ws_url, access_key=SecretStr(server.access_key))
    )
    try:
        await tenant.reachable()
        domain = (await tenant.domains(SERVICE))[0]
        turn = Turn()
        question = "What is the expected revenue by region?"
        async for one in tenant.ask(question, identity=SERVICE, domain=domain.id, conversation=None, key="k"):
            turn.receive_diff(one)
        (table,) = [tables.build(part) for part in turn.answer().parts if isinstance(part, Visualization)]
        assert [row[0].text for row in table.rows] == ["Americas", "APAC", "EMEA"]
        assert isinstance(await failure(asking(tenant)), DomainUnknown)
    finally:
        await tenant.close()
        await server.close()
