from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.errors import (
    AnswerFailed,
    ImpersonationRefused,
    KeyRefused,
    PeerMisbehaved,
    PersonDeactivated,
    PersonUnknown,
    TenantError,
    TenantUnreachable,
)
from bot.model import Identity
from bot.wisdom.contact import FirstContact
from bot.wisdom.http import Http
from bot.wisdom.impersonation import Impersonation, refusal
from bot.wisdom.tokens import Token
from tests.wisdom.clock import Clock
from tests.wisdom.scripted import KEY, Answer, Json, Post, Scripted, jwt, serving

ADA = Identity("ada", "ada@example.com")
EMEA = Identity("ada", "ada@example.com", (("region", "EMEA"), ("region", "APAC")))
NO_FIELD = 'Cannot query field "impersonateUser" on type "{}".'


@asynccontextmanager
async def impersonating(answer: Answer | None = None) -> AsyncIterator[tuple[Impersonation, Scripted]]:
    """A source of tokens, and the server that makes them."""
    server = Scripted(posts={"Impersonate": answer} if answer else {})
    async with serving(server):
        http = Http(f"{server.url}/graphql", max_body=10_000)
        source = Impersonation(http, SecretStr(KEY), clock=Clock(), contact=FirstContact())
        yield source, server
        await http.close()


def kinds(server: Scripted) -> list[str]:
    """Whether queries or mutations were sent."""
    return [post.query.split()[0] for post in server.said("Impersonate")]


def of_kind(kind: str, other: str) -> Answer:
    """A tenant that has impersonateUser in one form, and says ``other`` to another one."""

    def answer(post: Post) -> Json:
        if post.query.startswith(kind):
            return {"data": {"impersonateUser": jwt(1, exp=4600.0)}}
        return {"errors": [{"message": other}]}

    return answer


async def test_the_person_is_named_and_nobody_signs_for_it() -> None:
    """The key and the address go out without any header, and the token ends when it says."""
    async with impersonating(of_kind("mutation", "")) as (source, server):
        assert await source.fetch(ADA) == Token(jwt(1, exp=4600.0), 4600.0)
        (post,) = server.seen
        assert post.variables == {"accessToken": KEY, "userEmail": "ada@example.com"}
        assert "attributes" not in post.query
        assert post.authorization is None


async def test_attributes_go_out_where_there_are_some() -> None:
    """Each key and value is sent, a key with two values twice."""
    async with impersonating() as (source, server):
        await source.fetch(EMEA)
        assert server.seen[0].variables["attributes"] == [
            {"key": "region", "value": "EMEA"},
            {"key": "region", "value": "APAC"},
        ]


@pytest.mark.parametrize(
    "words",
    [
        NO_FIELD.format("Mutation"),
        "Schema is not configured to execute mutation operation.",
        "Schema is not configured for mutations",
        'Schema does not support operation type "mutation"',
        "no mutations exist",
        "Validation error (FieldUndefined@[impersonateUser])",
        "Field 'impersonateUser' in type 'Mutation' is undefined",
        "field 'impersonateUser' not found in type: 'mutation_root'",
        "Field 'impersonateUser' doesn't exist on type 'Mutation'",
    ],
)
async def test_an_older_tenant_is_asked_by_a_query(words: str, caplog: pytest.LogCaptureFixture) -> None:
    """However it says that it has no such mutation; the form that worked is remembered, and logged once."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    async with impersonating(of_kind("query", words)) as (source, server):
        await source.fetch(ADA)
        await source.fetch(EMEA)
        assert kinds(server) == ["mutation", "query", "query"]
    assert caplog.messages == ["impersonation: impersonateUser is a query"]


async def test_a_tenant_that_has_moved_on_is_found_again() -> None:
    """When the form that worked is gone, the other one is tried once more."""
    async with impersonating(of_kind("query", NO_FIELD)) as (source, server):
        await source.fetch(ADA)
        server.posts["Impersonate"] = of_kind("mutation", NO_FIELD)
        await source.fetch(ADA)
        await source.fetch(ADA)
        assert kinds(server) == ["mutation", "query", "query", "mutation", "mutation"]


async def test_a_tenant_without_impersonation() -> None:
    """Where neither form is there, the key cannot act for anybody."""
    async with impersonating(lambda _: {"errors": [{"message": NO_FIELD}]}) as (source, server):
        with pytest.raises(ImpersonationRefused):
            await source.fetch(ADA)
        assert kinds(server) == ["mutation", "query"]


@pytest.mark.parametrize(
    "words",
    [
        'Unknown argument "attributes" on field "Mutation.impersonateUser".',
        'Unknown type "UserAttributeInput".',
        "Validation error (UnknownArgument@[impersonateUser]) : Unknown field argument 'attributes'",
    ],
)
async def test_attributes_are_never_left_out(words: str) -> None:
    """A tenant that does not take them is an error: without them the person would see more."""
    async with impersonating(lambda _: {"errors": [{"message": words}]}) as (source, server):
        with pytest.raises(AnswerFailed, match="row-level rules would not hold"):
            await source.fetch(EMEA)
        assert [("attributes" in post.variables) for post in server.seen] == [True]


async def test_an_older_tenant_does_not_lose_the_attributes_either() -> None:
    """The query is sent with them, and refused with them."""

    def answer(post: Post) -> Json:
        if post.query.startswith("mutation"):
            words = [NO_FIELD.format("Mutation"), 'Unknown type "UserAttributeInput".']
        else:
            words = ['Unknown argument "attributes" on field "Query.impersonateUser".']
        return {"errors": [{"message": each} for each in words]}

    async with impersonating(answer) as (source, server):
        with pytest.raises(AnswerFailed, match="attributes"):
            await source.fetch(EMEA)
        assert ["attributes" in post.variables for post in server.seen] == [True, True]


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (web.Response(status=401), KeyRefused),
        (web.Response(status=403), KeyRefused),
        (web.json_response({"errors": [{"message": "Forbidden"}]}, status=403), ImpersonationRefused),
        (web.json_response({"errors": [{"message": "User is deactivated"}]}, status=403), PersonDeactivated),
        (web.Response(status=503), TenantUnreachable),
        ({"data": {"impersonateUser": None}}, PeerMisbehaved),
        ({"errors": [{"message": "Internal server error"}]}, AnswerFailed),
    ],
)
async def test_each_way_to_fail_has_its_kind(response: Json, kind: type[TenantError]) -> None:
    """Statuses, nonsense and the tenant's own words are told apart."""
    async with impersonating(lambda _: response) as (source, _):
        with pytest.raises(TenantError) as caught:
            await source.fetch(ADA)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("message", "code", "kind"),
    [
        ("Unauthorized", "UNAUTHENTICATED", KeyRefused),
        ("Unauthorized", "FORBIDDEN", KeyRefused),
        ("Not authorized", "", KeyRefused),
        ("Invalid access token", "", KeyRefused),
        ("The access key has expired: invalid access key", "FORBIDDEN", KeyRefused),
        ("nope", "401", KeyRefused),
        ("This access key is not allowed to impersonate users", "FORBIDDEN", ImpersonationRefused),
        ("This access key is not allowed to impersonate users", "", ImpersonationRefused),
        ("You do not have permission to impersonate this user", "FORBIDDEN", ImpersonationRefused),
        ("Unauthorized to impersonate", "UNAUTHENTICATED", ImpersonationRefused),
        ("Not authorized to impersonate grace@example.com", "", ImpersonationRefused),
        ("Impersonation is disabled for this user", "", ImpersonationRefused),
        ("User impersonation is disabled", "", ImpersonationRefused),
        ("Your account has impersonation disabled", "", ImpersonationRefused),
        ("This key lacks the impersonation right", "", ImpersonationRefused),
        ("No user impersonation permission", "", ImpersonationRefused),
        ("Cannot impersonate: missing scope", "", ImpersonationRefused),
        ("Permission denied", "", ImpersonationRefused),
        ("no", "FORBIDDEN", ImpersonationRefused),
        ("User not found", "NOT_FOUND", PersonUnknown),
        ("User with email grace@example.com not found", "", PersonUnknown),
        ("User grace@example.com does not exist in this workspace", "", PersonUnknown),
        ("No user with this email", "", PersonUnknown),
        ("Could not find user", "INTERNAL_SERVER_ERROR", PersonUnknown),
        ("Unknown user", "", PersonUnknown),
        ("Cannot impersonate: user not found", "FORBIDDEN", PersonUnknown),
        ("Not found", "NOT_FOUND", PersonUnknown),
        ("User is deactivated", "FORBIDDEN", PersonDeactivated),
        ("Unauthorized: user is deactivated", "UNAUTHENTICATED", PersonDeactivated),
        ("User grace@example.com has been suspended", "", PersonDeactivated),
        ("The user account is not active", "", PersonDeactivated),
        ("Account disabled", "", PersonDeactivated),
        ("Cannot impersonate a deactivated user", "FORBIDDEN", PersonDeactivated),
        ("Attribute cannot be set: impersonated_user_id", "BAD_USER_INPUT", AnswerFailed),
        ("Internal server error", "INTERNAL_SERVER_ERROR", AnswerFailed),
        ("Too many requests", "", AnswerFailed),
        ("", "", AnswerFailed),
    ],
)
def test_the_words_of_a_refusal(message: str, code: str, kind: type[TenantError]) -> None:
    """Who is at fault: the key, its right, the person's account, or nobody that is known."""
    errors = [{"message": message, "extensions": {"code": code}}]
    assert type(refusal(errors)) is kind


PEOPLE = ["user", "account", "e-mail", "key", "token"]
PREDICATES = ["is", "no", "not", "to", ":", "found", "disabled", "impersonate", "permission"]


@given(words=st.lists(st.sampled_from([*PEOPLE, *PREDICATES])))
def test_every_refusal_is_one(words: list[str]) -> None:
    """Whatever the words, what comes out is an error of ours, and holds no more than they do."""
    message = " ".join(words)
    assert str(refusal([{"message": message}])) in {message, "no reason given"}


async def test_neither_key_nor_address_are_repeated(caplog: pytest.LogCaptureFixture) -> None:
    """A tenant that repeats what it was sent gets neither into an error nor into a log."""
    caplog.set_level(logging.DEBUG)

    def answer(post: Post) -> Json:
        sent = f"{post.variables} from {KEY} for ADA@example.com"
        return {"errors": [{"message": f"User not found: {sent}"}]}

    secretive = Identity("ada", "ada@example.com", (("badge", "x-4711-x"),))
    async with impersonating(answer) as (source, _):
        with pytest.raises(PersonUnknown) as caught:
            await source.fetch(secretive)
        shown = [repr(caught.value), str(caught.value), caplog.text, repr(source), repr(vars(source))]
    for secret in (KEY, "ada@example.com", "ADA@example.com", "x-4711-x"):
        assert [text for text in shown if secret in text] == []
