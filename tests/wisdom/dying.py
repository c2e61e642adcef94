"""A process that asks one question and says what it knows, one JSON object a line, until it is killed."""

from __future__ import annotations

import asyncio
import json
import sys

from pydantic import SecretStr

from bot.core.stored import bookmark_to
from bot.model import SERVICE, Bookmark
from bot.wisdom.tenant import Tenant, TenantOptions


def tell(what: object) -> None:
    """One line."""
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


async def noted(bookmark: Bookmark) -> None:
    """The bookmark, as a journal would keep it."""
    tell(bookmark_to(bookmark))


async def main(url: str, access_key: str, flow: str, domain: str, question: str) -> None:
    """Asks; ``null`` stands for a diff of the answer."""
    options = TenantOptions(
        url=url, access_key=SecretStr(access_key), flow="chat" if flow == "chat" else "auto"
    )
    diffs = Tenant(options).ask(
        question, identity=SERVICE, domain=domain, conversation=None, key="the-key", noted=noted
    )
    async for _ in diffs:
        tell(None)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
