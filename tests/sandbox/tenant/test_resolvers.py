"""Every operation, over HTTP."""

from __future__ import annotations

from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions
from tests.sandbox.tenant.stand import DOMAIN, QUESTION, Clock, asked, post, running

EXCHANGE = (
    "query ExchangeAccessToken($accessToken: String!) { exchangeAccessToken(accessToken: $accessToken) }"
)
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
