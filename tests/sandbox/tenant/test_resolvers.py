"""Every operation, over HTTP."""

from __future__ import annotations

import pytest

from bot.sandbox.tenant.domains import SALES, WEATHER
from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import Roles, TenantOptions
from bot.sandbox.tenant.server import TenantServer
from tests.sandbox.tenant.stand import DOMAIN, QUESTION, Clock, asked, post, running, token_of

EXCHANGE = (
    "query ExchangeAccessToken($accessToken: String!) { exchangeAccessToken(accessToken: $accessToken) }"
)
IMPERSONATE = """mutation ($key: String!, $email: String!, $attributes: [UserAttributeInput!]) {
    impersonateUser(accessToken: $key, userEmail: $email, attributes: $attributes) }"""
IMPERSONATE_ONLY = (
    "($key: String!, $email: String!) { impersonateUser(accessToken: $key, userEmail: $email) }"
)
DOMAINS = "{ zSheets(filter: {type: [DOMAIN]}) { nodes { id } } }"
WHO = "{ currentUser { id email name profilePicture roleAssignments { roleId } } }"


async def test_exchange_access_token() -> None:
    """The vendor's document turns the key into a token that works until it expires."""
    clock = Clock()
    async with running(TenantOptions(token_life=60), clock=clock) as server:
        answer = (await post(server, EXCHANGE, {"accessToken": server.access_key}, token="")).json()
        token = answer["data"]["exchangeAccessToken"]
        assert (await post(server, WHO, token=token)).json()["data"]["currentUser"][
            "name"
        ] == "Service account"
        clock.advance(60)
        assert (await post(server, WHO, token=token)).json()["errors"][0]["message"] == "Unauthorized"


async def test_exchange_refuses_an_unknown_key() -> None:
    """A wrong key, or one that a fault has revoked, is Unauthorized."""
    async with running() as server:
        wrong = (await post(server, EXCHANGE, {"accessToken": "wrong"}, token="")).json()
        server.faults.switch(Fault.KEY_REFUSED)
        revoked = (await post(server, EXCHANGE, {"accessToken": server.access_key}, token="")).json()
    for answer in (wrong, revoked):
        assert answer["data"] is None
        assert [error["message"] for error in answer["errors"]] == ["Unauthorized"]
        assert answer["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


async def impersonated(server: TenantServer, email: str, **more: object) -> dict[str, object]:
    """The answer to the vendor's mutation, without a token."""
    variables = {"key": server.access_key, "email": email, **more}
    answer = (await post(server, IMPERSONATE, variables, token="")).json()
    assert isinstance(answer, dict)
    return answer


async def test_impersonate_user() -> None:
    """The key and an address become a token that acts as that person until it expires."""
    clock = Clock()
    async with running(TenantOptions(token_life=60), clock=clock) as server:
        answer = await impersonated(server, "GRACE@example.com")
        assert isinstance(answer["data"], dict)
        token = answer["data"]["impersonateUser"]
        seen = "{ currentUser { email userAttributes { key value source } } }"
        assert (await post(server, seen, token=token)).json()["data"]["currentUser"] == {
            "email": "grace@example.com",
            "userAttributes": [{"key": "region", "value": "EMEA", "source": "DATABASE"}],
        }
        clock.advance(60)
        assert (await post(server, seen, token=token)).json()["errors"][0]["message"] == "Unauthorized"


async def test_impersonate_user_with_attributes() -> None:
    """Attributes of the token take the place of the stored ones, and say where they come from."""
    given = [{"key": "region", "value": value} for value in ("APAC", "Americas")]
    async with running() as server:
        answer = await impersonated(server, "grace@example.com", attributes=given)
        assert isinstance(answer["data"], dict)
        token = answer["data"]["impersonateUser"]
        found = (
            await post(server, "{ currentUser { userAttributes { key value source } } }", token=token)
        ).json()
    assert found["data"]["currentUser"]["userAttributes"] == [each | {"source": "JWT"} for each in given]


@pytest.mark.parametrize(
    ("change", "message", "code"),
    [
        ({"key": "wrong"}, "Unauthorized", "UNAUTHENTICATED"),
        ({"email": "niels@example.com"}, "User not found", "NOT_FOUND"),
        ({"email": "dorothy@example.com"}, "User is deactivated", "FORBIDDEN"),
        (
            {"attributes": [{"key": "impersonated_user_id", "value": "user_0001"}]},
            "Attribute cannot be set: impersonated_user_id",
            "BAD_USER_INPUT",
        ),
    ],
)
async def test_who_cannot_be_impersonated(change: dict[str, object], message: str, code: str) -> None:
    """Each reason has its text and its code, at HTTP 200."""
    async with running() as server:
        variables = {"key": server.access_key, "email": "grace@example.com"} | change
        response = await post(server, IMPERSONATE, variables, token="")
    assert response.status_code == 200
    (error,) = response.json()["errors"]
    assert (error["message"], error["extensions"]) == (message, {"code": code})


async def test_a_key_that_may_not_impersonate_or_is_revoked() -> None:
    """The first says that the right is missing, the others that the key is none."""
    async with running(TenantOptions(key_impersonates=False)) as server:
        denied = await impersonated(server, "grace@example.com")
    async with running() as server:
        server.faults.switch(Fault.KEY_REFUSED)
        struck = await impersonated(server, "grace@example.com")
        server.tokens.revoke(server.access_key)
        revoked = await impersonated(server, "grace@example.com")
    for answer, message in (
        (denied, "This access key is not allowed to impersonate users"),
        (struck, "Unauthorized"),
        (revoked, "Unauthorized"),
    ):
        assert answer["data"] is None
        assert isinstance(answer["errors"], list)
        assert [error["message"] for error in answer["errors"]] == [message]


async def test_older_ways_to_impersonate() -> None:
    """As a query it does the same; what a tenant does not have is an error at HTTP 200."""
    async with (
        running(TenantOptions(impersonation="query", attributes_argument=False)) as older,
        running(TenantOptions(impersonation="none")) as oldest,
    ):
        for server, kind, works in (
            (older, "query", True),
            (older, "mutation", False),
            (oldest, "query", False),
            (oldest, "mutation", False),
        ):
            variables = {"key": server.access_key, "email": "grace@example.com"}
            response = await post(server, f"{kind} {IMPERSONATE_ONLY}", variables, token="")
            assert response.status_code == 200
            assert ("errors" not in response.json()) == works


@pytest.mark.parametrize(
    ("roles", "selected", "expected"),
    [
        ("objects", "role { name }", [{"role": {"name": "BASIC_EXPLORER"}}]),
        ("ids", "roleId", [{"roleId": "00000000-0000-0000-0000-000000000015"}]),
    ],
)
async def test_roles(roles: Roles, selected: str, expected: list[object]) -> None:
    """A person's roles are told in the shape that the tenant has for them."""
    async with running(TenantOptions(roles=roles)) as server:
        query = f"{{ currentUser {{ roleAssignments {{ {selected} }} }} }}"
        found = (await post(server, query, token=token_of(server, "barbara"))).json()
    assert found["data"]["currentUser"]["roleAssignments"] == expected


async def test_who_lists_domains() -> None:
    """An admin lists those that they may use themselves; an explorer may list none, but look at their own."""
    async with running() as server:
        server.people.set_domains("ada@example.com", [WEATHER])
        listed = (await post(server, DOMAINS, token=token_of(server, "ada"))).json()
        (error,) = (await post(server, DOMAINS, token=token_of(server, "linus"))).json()["errors"]
        one = f'{{ sales: zSheet(id: "{SALES}") {{ id }} weather: zSheet(id: "{WEATHER}") {{ id }} }}'
        looked = (await post(server, one, token=token_of(server, "linus"))).json()
    assert listed["data"]["zSheets"]["nodes"] == [{"id": WEATHER}]
    assert error["message"] == "You do not have permission to list domains"
    assert error["extensions"] == {"code": "FORBIDDEN"}
    assert looked["data"] == {"sales": {"id": SALES}, "weather": None}


async def test_conversations_are_their_owners() -> None:
    """Not even the owner of the key reads what somebody else asked."""
    async with running() as server:
        conversation = (await asked(server, token=token_of(server, "grace")))[0]["conversationId"]
        query = f'{{ chatMessages(conversationId: "{conversation}") {{ nodes {{ id }} }} }}'
        own = (await post(server, query, token=token_of(server, "grace"))).json()
        others = [
            (await post(server, query, token=token)).json() for token in (None, token_of(server, "ada"))
        ]
    assert len(own["data"]["chatMessages"]["nodes"]) == 2
    for answer in others:
        assert [error["message"] for error in answer["errors"]] == [f"Conversation not found: {conversation}"]


async def test_a_token_ends_with_the_account() -> None:
    """Whoever is switched off in the middle reads "Unauthorized" from then on."""
    async with running() as server:
        token = token_of(server, "grace")
        assert "errors" not in (await post(server, WHO, token=token)).json()
        server.people.deactivate("grace@example.com")
        assert (await post(server, WHO, token=token)).json()["errors"][0]["message"] == "Unauthorized"


async def test_the_key_as_bearer() -> None:
    """Accepted by option only."""
    async with running() as server, running(TenantOptions(bearer_key=True)) as lenient:
        assert "errors" in (await post(server, WHO, token=server.access_key)).json()
        assert "errors" not in (await post(lenient, WHO, token=lenient.access_key)).json()


async def test_domains() -> None:
    """Domains are sheets of type DOMAIN; other types there are none of."""
    async with running() as server:
        query = """query ($types: [ZSheetType!]!) { zSheets(filter: {type: $types}) {
            nodes { id name description type } } }"""
        listed = (await post(server, query, {"types": ["DOMAIN"]})).json()["data"]["zSheets"]["nodes"]
        tables = (await post(server, query, {"types": ["TABLE"]})).json()["data"]["zSheets"]["nodes"]
        one = (
            await post(
                server,
                f'{{ zSheet(id: "{DOMAIN}") {{ name vizConfig {{ alwaysUseCompactNumberFormat }} }} }}',
            )
        ).json()
        none = (await post(server, '{ zSheet(id: "nothing") { name } }')).json()
    assert listed[0] == {
        "id": DOMAIN,
        "name": "Sales pipeline",
        "description": "Deals & stages",
        "type": "DOMAIN",
    }
    assert [len(listed), len(tables)] == [2, 0]
    assert one["data"]["zSheet"]["name"] == "Sales pipeline"
    assert none == {"data": {"zSheet": None}}


async def test_conversations() -> None:
    """The list is paged and filtered; one can be had by its id, an unknown id is an error."""
    query = """query ($filter: ConversationFilterInput, $limit: Int, $offset: Int) {
        conversations(filter: $filter, limit: $limit, offset: $offset) {
            nodes { id summary type domain { id } user { email } latestMessageTimestamp }
            pageInfo { hasNextPage hasPreviousPage limit offset } } }"""
    clock = Clock()
    async with running(clock=clock) as server:
        ids: list[str] = []
        for key in ("a", "b", "c"):
            clock.advance(1)
            ids.insert(0, (await asked(server, f"{QUESTION} {key}", key=key))[0]["conversationId"])

        async def listed(**variables: object) -> tuple[list[str], dict[str, object]]:
            page = (await post(server, query, variables)).json()["data"]["conversations"]
            return [node["id"] for node in page["nodes"]], page["pageInfo"]

        assert (await listed())[0] == ids
        middle = {"hasNextPage": True, "hasPreviousPage": True, "limit": 1, "offset": 1}
        assert await listed(limit=1, offset=1) == (ids[1:2], middle)
        assert (await listed(filter={"ids": [ids[2]]}))[0] == [ids[2]]
        assert (await listed(filter={"isPinned": True}))[0] == []
        one = (await post(server, f'{{ conversation(id: "{ids[0]}") {{ summary domain {{ id }} }} }}')).json()
        none = (await post(server, '{ conversation(id: "conv_none") { id } }')).json()
    assert one["data"]["conversation"] == {"summary": f"{QUESTION} c", "domain": {"id": DOMAIN}}
    assert [error["message"] for error in none["errors"]] == ["Conversation not found: conv_none"]


async def test_operation_faults() -> None:
    """A good token is refused once, an operation fails once, both at HTTP 200."""
    async with running() as server:
        server.faults.switch(Fault.GRAPHQL_ERROR)
        server.faults.switch(Fault.UNAUTHORIZED)
        answers = [await post(server, WHO) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    messages = [[error["message"] for error in answer.json().get("errors", [])] for answer in answers]
    assert messages == [["Internal server error"], ["Unauthorized"], []]
