"""The WisdomAI tenant, as the rest of the project sees it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from bot.core.graphql_ws import Next
from bot.errors import AnswerFailed, DomainUnknown, KeyRefused, TenantError, TenantSilent, TenantUnreachable
from bot.model import AnswerDiff, Domain, Identity
from bot.wisdom import chat, documents, faults, settled
from bot.wisdom.chat import ChatRequest
from bot.wisdom.contact import FirstContact
from bot.wisdom.http import Http
from bot.wisdom.link import LinkOptions
from bot.wisdom.selection import Mode, Selection
from bot.wisdom.socket import Socket
from bot.wisdom.tokens import ExchangedTokens, TokenSource

#: The owner of the access key.
SERVICE = Identity("service")

_RETRIES = 3
_FIRST_DELAY = 0.1


@dataclass(frozen=True, slots=True)
class TenantOptions:
    """Where the tenant is, and what is assumed about it.

    Attributes:
        url: the address one logs in at; ``/graphql`` is added where it has no path.
        ws_url: for subscriptions; None for the same host and path.
        max_frame: the longest WebSocket frame and HTTP answer that are accepted, in bytes.
        silence: how long a running answer may say nothing, in seconds.
        linger: how long to wait for more after the last diff, where the tenant does not end the subscription.
        idle: how long an unused WebSocket stays open, in seconds.
        tools: names for ``toolSelection``, in the tenant's spelling; empty leaves the choice to it.
    """

    url: str
    access_key: SecretStr
    ws_url: str | None = None
    max_frame: int = 16 * 2**20
    silence: float = 90.0
    linger: float = 2.0
    idle: float = 60.0
    subprotocol: Literal["auto", "graphql-transport-ws", "graphql-ws"] = "auto"
    selection: Mode = "auto"
    tools: tuple[str, ...] = ()


@dataclass(slots=True)
class _Course:
    """How the asking of one question has gone so far."""

    token: str = ""
    document: str = ""
    started: bool = False
    renewed: bool = False
    losses: int = 0


class Tenant:
    """Asks questions, and knows the domains; connects when it is first needed.

    Every method raises kinds of ``bot.errors.TenantError`` and nothing else.

    Args:
        clock: seconds since the epoch, for the life of tokens.
        sleep: waits between attempts.
        jitter: a random number from 0 to 1.
    """

    def __init__(
        self,
        options: TenantOptions,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._options = options
        self._sleep = sleep
        self._jitter = jitter
        contact = FirstContact()
        url = endpoint(options.url)
        self._http = Http(url, max_body=options.max_frame)
        self._tokens: TokenSource = ExchangedTokens(
            self._http, options.access_key, clock=clock, contact=contact
        )
        self._selection = Selection(options.selection, contact=contact)
        link = LinkOptions(subprotocol=options.subprotocol, max_frame=options.max_frame, idle=options.idle)
        self._socket = Socket(options.ws_url or socket_url(url), link, contact=contact)

    async def ask(
        self, text: str, *, identity: Identity, domain: str, conversation: str | None, key: str
    ) -> AsyncGenerator[AnswerDiff, None]:
        """Asks; yields the answer's diffs as they arrive, and ends with the answer.

        Until the first diff, a lost connection, a refused token and a refused document are each made good
        without a word, under the same idempotency key. Closing the generator ends the subscription.

        Raises TenantUnreachable (also when the connection is lost later), KeyRefused, DomainUnknown,
        AnswerFailed, TenantSilent, PeerMisbehaved. ``errorStrings`` are not raised: they are in the diffs.
        """
        if not domain:
            raise DomainUnknown
        request = ChatRequest(text, domain, conversation, key, self._options.tools)
        course = _Course()
        while True:
            try:
                async with aclosing(self._attempt(request, identity, course)) as diffs:
                    async for diff in diffs:
                        course.started = True
                        yield diff
            except TenantError as error:
                await self._recover(error, course)
            else:
                break
        if not course.started:
            raise AnswerFailed("the subscription ended without an answer")

    async def domains(self, identity: Identity) -> tuple[Domain, ...]:
        """The domains the identity may ask; AnswerFailed where the tenant does not tell."""
        data = await self._query("domains", "Domains", identity)
        sheets = data.get("zSheets")
        nodes = sheets.get("nodes") if isinstance(sheets, dict) else None
        return tuple(
            Domain(node["id"], str(node.get("name") or node["id"]), str(node.get("description") or ""))
            for node in (nodes if isinstance(nodes, list) else ())
            if isinstance(node, dict) and isinstance(node.get("id"), str)
        )

    async def settled(self, *, identity: Identity, conversation: str, message: str) -> AnswerDiff | None:
        """An answer as the tenant keeps it, whole; None where it has none. Raises TenantError."""
        document = settled.document(await self._chat_document(await self._tokens.token(identity)))
        data = await self._ask_for(document, "Settled", identity, {"conversationId": conversation})
        return settled.read(data, conversation=conversation, message=message)

    async def reachable(self) -> None:
        """Returns when the tenant answers and takes the key; raises TenantError."""
        with suppress(AnswerFailed):  # an answer all the same
            await self._query("current_user", "CurrentUser", SERVICE)

    async def close(self) -> None:
        """Closes all connections; running answers end as lost."""
        await self._socket.close()
        await self._http.close()

    async def _query(self, name: str, operation: str, identity: Identity) -> Mapping[str, object]:
        return await self._ask_for(documents.load(name), operation, identity, {})

    async def _ask_for(
        self, document: str, operation: str, identity: Identity, variables: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Runs a query; a refused token is renewed once."""
        token = await self._tokens.token(identity)
        try:
            return await self._http.run(document, operation=operation, variables=variables, token=token)
        except KeyRefused:
            self._tokens.invalidate(token)
            token = await self._tokens.token(identity)
            return await self._http.run(document, operation=operation, variables=variables, token=token)

    async def _chat_document(self, token: str) -> str:
        def introspect() -> Awaitable[Mapping[str, object]]:
            return self._http.run(
                documents.load("introspect"), operation="Introspect", variables={}, token=token
            )

        return await self._selection.document(introspect)

    async def _attempt(
        self, request: ChatRequest, identity: Identity, course: _Course
    ) -> AsyncGenerator[AnswerDiff, None]:
        course.token = ""
        course.token = token = await self._tokens.token(identity)
        course.document = await self._chat_document(token)
        payload = chat.payload(request, document=course.document, token=token)
        ended = False
        async with aclosing(self._socket.subscribe(payload, token=token)) as events:
            while (event := await self._next(events, ended=ended)) is not None:
                diff = chat.read(event, domain=request.domain)
                if diff is not None:
                    ended = not diff.in_progress
                    yield diff

    async def _next(self, events: AsyncGenerator[Next, None], *, ended: bool) -> Next | None:
        """The next event; None when there is none, or none more is needed."""
        try:
            async with asyncio.timeout(self._options.linger if ended else self._options.silence):
                return await anext(events, None)
        except TimeoutError:
            if ended:
                return None
            raise TenantSilent(self._options.silence) from None
        except TenantError:
            if ended:
                return None
            raise

    async def _recover(self, error: TenantError, course: _Course) -> None:
        """Makes ready for another attempt, or raises the error."""
        if course.started:
            raise error
        if isinstance(error, KeyRefused) and course.token and not course.renewed:
            course.renewed = True
            self._tokens.invalidate(course.token)
        elif isinstance(error, TenantUnreachable) and course.losses < _RETRIES:
            await self._sleep(_FIRST_DELAY * 2**course.losses * (0.5 + self._jitter()))
            course.losses += 1
        elif not self._can_ask_for_less(error, course.document):
            raise error

    def _can_ask_for_less(self, error: TenantError, document: str) -> bool:
        return (
            isinstance(error, AnswerFailed)
            and faults.misfit(error.reasons)
            and self._selection.refused(document)
        )


def endpoint(url: str) -> str:
    """The GraphQL endpoint of an address one logs in at."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path if parts.path.strip("/") else "/graphql"))


def socket_url(url: str) -> str:
    """The WebSocket address of a GraphQL endpoint: same host, same path."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme="ws" if parts.scheme == "http" else "wss"))
