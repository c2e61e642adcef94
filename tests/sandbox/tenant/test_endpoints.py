"""The tenant over HTTP."""

from __future__ import annotations

import httpx
import pytest

from bot.sandbox.tenant.faults import Fault
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.schema import OPERATIONS
from tests.sandbox.tenant.following import SEND, opened, variables_of
from tests.sandbox.tenant.stand import CHAT, chat_variables, fresh_token, post, running

WHO = "{ currentUser { email } }"
OK = {"data": {"currentUser": {"email": "service@example.com"}}}


async def test_the_page_says_what_this_is() -> None:
    """A person who opens the origin reads the domains and the operations, escaped."""
    async with running() as server, httpx.AsyncClient() as client:
        page = await client.get(server.url)
    assert page.headers["content-type"].startswith("text/html")
    assert "Deals &amp; stages" in page.text
    assert all(each.name in page.text for each in OPERATIONS)
    assert server.access_key not in page.text


async def test_a_browser_reads_the_schema() -> None:
    """A plain GET of /graphql is the schema as text, unless introspection is off."""
    async with (
        running() as server,
        running(TenantOptions(introspection=False)) as closed,
        httpx.AsyncClient() as client,
    ):
        shown = await client.get(f"{server.url}/graphql")
        hidden = await client.get(f"{closed.url}/graphql")
    assert "type Subscription" in shown.text
    assert hidden.status_code == 400


@pytest.mark.parametrize("token", ["", "junk"])
@pytest.mark.parametrize("status", [200, 401])
async def test_unauthorized(token: str, status: int) -> None:
    """Without a good token the answer says "Unauthorized", at HTTP 200 unless the option says 401."""
    options = TenantOptions(unauthorized_status=status)  # type: ignore[arg-type]
    async with running(options) as server:
        response = await post(server, WHO, token=token)
    assert response.status_code == status
    assert response.json()["data"] is None
    assert [error["message"] for error in response.json()["errors"]] == ["Unauthorized"]


@pytest.mark.parametrize(
    "body",
    [b"junk", b"[]", b'{"query": 1}', b'{"query": "{a}", "variables": []}', b'{"query":"{a}","variables":3}'],
)
async def test_a_malformed_request_is_400(body: bytes) -> None:
    """What is not a GraphQL request at all is refused by status (seed 003, "Error Handling")."""
    async with running() as server, httpx.AsyncClient() as client:
        response = await client.post(f"{server.url}/graphql", content=body)
    if body.endswith(b"[]}"):
        assert response.status_code == 200  # an empty list of variables is as good as none
    else:
        assert response.status_code == 400
        assert response.json() == {"errors": [{"message": "Bad Request"}]}


async def test_an_invalid_operation_is_told_at_200() -> None:
    """Syntax and validation errors are in the body."""
    async with running() as server:
        for query in ("{", "{ nonsense }", "query A { __typename } query B { __typename }"):
            response = await post(server, query)
            assert response.status_code == 200
            assert response.json()["errors"]


async def test_a_subscription_over_http_is_refused() -> None:
    """The answer says where subscriptions go."""
    async with running() as server:
        response = await post(server, CHAT, chat_variables(fresh_token(server)))
    assert response.status_code == 400
    assert "WebSocket" in response.text


@pytest.mark.parametrize(("fault", "status"), [(Fault.HTTP_500, 500), (Fault.HTTP_401, 401)])
async def test_http_faults(fault: Fault, status: int) -> None:
    """As often as armed, then never again."""
    async with running() as server:
        server.faults.switch(fault, times=2)
        statuses = [(await post(server, WHO)).status_code for _ in range(3)]
    assert statuses == [status, status, 200]


async def test_a_refused_connection() -> None:
    """The connection breaks off without an answer; the next one is served."""
    async with running() as server:
        server.faults.switch(Fault.REFUSED)
        with pytest.raises(httpx.TransportError):
            await post(server, WHO)
        assert (await post(server, WHO)).json() == OK


async def test_a_message_that_is_refused() -> None:
    """503, and nothing has been asked; other operations are not struck."""
    async with running() as server:
        server.faults.switch(Fault.SEND_REFUSED)
        conversation = await opened(server)
        refused = await post(server, SEND, variables_of(conversation))
        assert (refused.status_code, server.questions) == (503, ())
        taken = await post(server, SEND, variables_of(conversation))
    assert taken.json()["data"]["sendUserMessage"]["code"] == "OK"


async def test_a_message_whose_answer_is_lost() -> None:
    """The connection breaks without an answer, and the question has been asked."""
    async with running() as server:
        server.faults.switch(Fault.SEND_LOST)
        conversation = await opened(server)
        with pytest.raises(httpx.RemoteProtocolError):
            await post(server, SEND, variables_of(conversation))
        (question,) = server.questions
    assert (question.conversation_id, question.flow) == (conversation, "conversation")


async def test_the_page_names_what_is_served() -> None:
    """A tenant of one flow does not name the operations of the other."""
    async with running(TenantOptions(flow="chat")) as server, httpx.AsyncClient() as client:
        page = await client.get(server.url)
    assert "<code>chat</code>" in page.text
    assert "sendUserMessage" not in page.text
