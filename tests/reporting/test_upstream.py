from __future__ import annotations

from pydantic import SecretStr

from bot.indigo.client import Indigo, IndigoOptions
from bot.reporting.upstream import Upstream
from bot.sandbox.indigo.options import IndigoOptions as Platform
from bot.sandbox.indigo.server import IndigoServer
from tests.reporting.upstream import NOW, Workspace, message


async def seen(upstream: Upstream) -> tuple[int, int, int, bool]:
    """Chats, messages of the first one, members, and whether the newest message is the first of them."""
    chats = [chat async for page in upstream.conversations() for chat in page.items]
    messages = [each async for page in upstream.messages(chats[0].id) for each in page.items]
    members = [each async for page in upstream.user_roles() for each in page.items]
    newest, total = await upstream.latest(chats[0].id)
    assert total == len(messages)
    return len(chats), len(messages), len(members), newest == messages[0]


async def test_the_client_and_the_tests_workspace_are_the_same_to_reports() -> None:
    """What the tests of this room stand on behaves like the client over a platform."""
    server = IndigoServer(options=Platform(chats=3, members=4))
    await server.start()
    client = Indigo(IndigoOptions(server.url, SecretStr(server.token), server.project))
    chats, messages, members, newest = await seen(client)
    await client.close()
    await server.close()
    assert (chats, members, newest) == (3, 4, True)
    assert messages > 0
    assert await seen(Workspace(c1=[message(1, NOW)])) == (1, 1, 0, True)
