"""A scripted tenant that is asked in conversations, however wrong it answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.core.turn import Turn
from bot.model import SERVICE, AnswerDiff, Prose
from bot.wisdom.tenant import Tenant
from tests.wisdom.scripted import Json, Post, Scripted, Session, diff

MISFIT = {"errors": [{"message": 'Cannot query field "chatMessages" on type "Query".'}]}


def node(ident: str, text: str, *, sender: str = "ASSISTANT", **fields: Any) -> Json:
    """A ChatMessage with a text."""
    body = {"ops": [{"insert": {"text": text}}] if text else []}
    return {"id": ident, "messageId": ident, "sender": sender, "body": body, **fields}


def grown(text: str, index: int, *, last: bool = False, **fields: Any) -> Json:
    """An answer has grown."""
    return {"assistantResponseDiff": {**diff(text, index=index, last=last, sender="ASSISTANT"), **fields}}


def sent(text: str, ident: str = "m1", **fields: Any) -> Json:
    """An answer is whole."""
    return {"assistantMessageSent": node(ident, text, conversationId="c1", **fields)}


CANCELLED: Json = {"assistantResponseCancelled": True}


@dataclass
class Talk:
    """What a tenant keeps of its one conversation, and how it answers what is posted.

    Attributes:
        kept: the messages of the conversation, as ``chatMessages`` tells them.
        taken: is set when a question has been taken.
        reply: what is answered to ``sendUserMessage``; None for OK.
        arrives: whether the question is kept although the reply says otherwise.
    """

    server: Scripted = field(default_factory=Scripted)
    kept: list[Json] = field(default_factory=list)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    reply: Callable[[], web.Response | Json | None] = lambda: None
    arrives: bool = True
    readable: bool = True
    made: int = 0

    def __post_init__(self) -> None:
        self.server.posts |= {
            "CreateConversation": self._create,
            "SendUserMessage": self._send,
            "Settled": self._settled,
        }

    @property
    def questions(self) -> list[Post]:
        """How often a question was posted."""
        return self.server.said("SendUserMessage")

    def _create(self, _: Post) -> Json:
        self.made += 1
        return {"data": {"createConversation": f"c{self.made}"}}

    def _send(self, post: Post) -> web.Response | Json:
        reply = self.reply()
        if reply is None or self.arrives:
            text = post.variables["query"]["ops"][0]["insert"]["text"]
            self.kept.append(node(f"q{len(self.kept)}", text, sender="USER"))
            self.taken.set()
        return {"data": {"sendUserMessage": {"code": "OK", "message": "sent"}}} if reply is None else reply

    def _settled(self, _: Post) -> Json:
        return {"data": {"chatMessages": {"nodes": self.kept}}} if self.readable else MISFIT


async def told(session: Session, ident: str, *updates: object) -> None:
    """One event with these updates."""
    payload = {"data": {"subscribeConversation": list(updates)}}
    await session.send("data" if session.legacy else "next", ident, payload=payload)


async def subscribed(session: Session) -> str:
    """The id of the subscription that the client starts on this connection."""
    await session.acknowledge()
    ident: str = (await session.subscription())["id"]
    return ident


def asking(
    tenant: Tenant, conversation: str | None = None, **fields: Any
) -> AsyncGenerator[AnswerDiff, None]:
    """One question with the usual arguments."""
    given = {"identity": SERVICE, "domain": "d1", "conversation": conversation, "key": "k1", **fields}
    return tenant.ask("How much?", **given)


async def folded(diffs: AsyncGenerator[AnswerDiff, None]) -> Turn:
    """The turn that the diffs of an answer make."""
    turn = Turn()
    async with aclosing(diffs):
        async for one in diffs:
            turn.receive_diff(one)
    turn.receive_end()
    return turn


def text_of(turn: Turn) -> str:
    """The words of an answer."""
    return "".join(part.text for part in turn.answer().parts if isinstance(part, Prose))
