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

from bot.errors import (
    AnswerFailed,
    ConfigurationError,
    DomainUnknown,
    KeyRefused,
)
from bot.model import SERVICE, AnswerDiff, Bookmark, Domain, Identity, Rights
from bot.wisdom import documents, settled
from bot.wisdom.asking import Asking, Tools
from bot.wisdom.chat import ChatRequest
from bot.wisdom.contact import FirstContact
from bot.wisdom.descope import Descope, Project
from bot.wisdom.flows.listening import Means, Noted
from bot.wisdom.http import Http
from bot.wisdom.impersonation import Impersonation
from bot.wisdom.link import LinkOptions
from bot.wisdom.rights import RightsOf, SqlMode
from bot.wisdom.selection import FlowMode, Mode, Selection
from bot.wisdom.service import Bearer, Exchange
from bot.wisdom.signin import SignIn
from bot.wisdom.socket import Socket
from bot.wisdom.standing import Standing
from bot.wisdom.tokens import Token, Tokens, TokenSource

#: Way in which a key may be refused although it could sign in.
_QUERIES = "queries"


@dataclass(frozen=True, slots=True)
class TenantOptions:
    """Where the tenant is, and what is assumed about it.

    Attributes:
        url: the address one logs in at; ``/graphql`` is added where it has no path.
        sign_in: how the owner of the key signs in: by ``exchangeAccessToken``, by Descope, or with the key
            itself as bearer; ``auto`` is Descope where its project is given. Everybody else is impersonated.
        descope_project: Descope's id of the tenant's project.
        descope_base: where Descope is; empty leaves it to Descope's package.
        sql: whether identities may see SQL: ``auto`` goes by their roles.
        ws_url: for subscriptions; None for the same host and path.
        max_frame: the longest WebSocket frame and HTTP answer that are accepted, in bytes.
        max_answer: the most that all frames of one answer may hold together, in bytes.
        silence: how long a running answer may say nothing, in seconds.
        linger: how long to wait for more after the last diff, where the tenant does not end the subscription.
        rest: after a lost connection, how long an answer must stay the same at the tenant to be taken for
            complete where nothing says so, in seconds.
        idle: how long an unused WebSocket stays open, in seconds.
        flow: how questions are asked: by the subscription ``chat``, or in a ``conversation``; ``auto`` takes
            the second where the tenant has it.
        tools: names for ``toolSelection``, in the tenant's spelling; empty leaves the choice to it.
    """

    url: str
    access_key: SecretStr
    sign_in: Literal["auto", "exchange", "descope", "bearer"] = "auto"
    descope_project: str = ""
    descope_base: str = ""
    sql: SqlMode = "auto"
    ws_url: str | None = None
    max_frame: int = 16 * 2**20
    max_answer: int = 64 * 2**20
    silence: float = 90.0
    linger: float = 2.0
    rest: float = 10.0
    idle: float = 60.0
    subprotocol: Literal["auto", "graphql-transport-ws", "graphql-ws"] = "auto"
    selection: Mode = "auto"
    flow: FlowMode = "auto"
    tools: tuple[str, ...] = ()


class Tenant:
    """Asks questions, and knows domains and rights, each as the identity that is given.

    It connects when that is first needed. Every method raises kinds of ``bot.errors.TenantError`` and nothing
    else.

    Args:
        clock: seconds since the epoch, for the life of tokens.
        sleep: waits between attempts.
        jitter: a random number from 0 to 1.
        now: seconds of a monotonic clock, for how long nothing was heard.

    Raises:
        ConfigurationError: it is to sign in by Descope, and cannot.
    """

    def __init__(
        self,
        options: TenantOptions,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        contact = FirstContact()
        self._standing = Standing()
        url = endpoint(options.url)
        self._http = Http(url, max_body=options.max_frame)
        people = Impersonation(self._http, options.access_key, clock=clock, contact=contact)
        service = self._service(clock, contact)
        self._sign_in = SignIn(service, people, standing=self._standing)
        self._tokens = Tokens(self._sign_in, clock=clock)
        self._rights = RightsOf(options.sql, clock=clock, contact=contact)
        self._selection = Selection(options.selection, contact=contact, flow=options.flow)
        self._socket = Socket(options.ws_url or socket_url(url), _link_options(options), contact=contact)
        means = Means(self._http, self._socket, now, sleep, options.silence, options.linger, options.rest)
        self._asking = Asking(
            Tools(means, self._tokens, self._selection, self._standing, self._chat_document, jitter)
        )

    async def ask(  # noqa: PLR0913 - one question, and where it stands
        self,
        text: str,
        *,
        identity: Identity,
        domain: str,
        conversation: str | None,
        key: str,
        resume: Bookmark | None = None,
        noted: Noted | None = None,
    ) -> AsyncGenerator[AnswerDiff, None]:
        """Asks; yields the answer's diffs as they arrive, and ends with the answer.

        A lost connection, a refused token and a refused document are each made good without a word, and the
        tenant is asked once. After a loss diffs may come again, and whole bodies may come that take the
        place of what came before. Closing the generator ends the subscription.

        ``noted`` is told where the question stands, right before it goes out and whenever that changes; what
        it raises does not stop the asking. Another process can go on with the question: with the same
        arguments (``key`` among them), and what was noted last as ``resume``. Then it is asked only if the
        tenant does not have it, and an answer that is over is given whole.

        Raises TenantUnreachable (the connection could not be made again for as long as silence is borne),
        KeyRefused, PersonRefused, DomainUnknown, AnswerFailed, AnswerTooLarge, TenantSilent, PeerMisbehaved.
        ``errorStrings`` are not raised: they are in the diffs.
        """
        if not domain:
            raise DomainUnknown
        request = ChatRequest(text, domain, conversation, key, self._options.tools)
        asked = self._asking.ask(request, identity, resume=resume, noted=noted)
        async with aclosing(asked) as diffs:
            async for diff in diffs:
                yield diff

    async def admit(self, identity: Identity) -> None:
        """Returns when the tenant lets this identity in: it has a token, and its roles were looked at.

        Raises KeyRefused, ImpersonationRefused, PersonUnknown, PersonDeactivated and other TenantErrors.
        """
        await self.rights(identity)

    async def fresh_token(self, identity: Identity) -> Token:
        """A token of this identity with its whole life ahead, for a browser; none that is held already.

        Raises TenantError as ``admit`` does.
        """
        return await self._sign_in.fetch(identity)

    async def rights(self, identity: Identity) -> Rights:
        """What the identity may do, at most some minutes old; raises TenantError as ``admit`` does."""
        await self._tokens.token(identity)
        return await self._rights.of(
            identity, lambda document: self._ask_for(document, "Roles", identity, {})
        )

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

    async def domain_name(self, domain: str, identity: Identity) -> str:
        """What the domain is called; empty where there is none for the identity. Raises TenantError."""
        data = await self._ask_for(documents.load("domain"), "Domain", identity, {"id": domain})
        sheet = data.get("zSheet")
        return str(sheet.get("name") or "") if isinstance(sheet, dict) else ""

    async def settled(self, *, identity: Identity, conversation: str, message: str) -> AnswerDiff | None:
        """An answer as the tenant keeps it, whole; None where it has none. Raises TenantError."""
        document = settled.document(await self._chat_document(await self._tokens.token(identity)))
        data = await self._ask_for(document, "Settled", identity, {"conversationId": conversation})
        return settled.read(data, conversation=conversation, message=message)

    async def reachable(self) -> None:
        """Returns when the tenant answers and takes the key; raises TenantError."""
        try:
            with suppress(AnswerFailed):  # an answer all the same
                await self._query("current_user", "CurrentUser", SERVICE)
        except KeyRefused as error:
            self._standing.refused(_QUERIES, str(error))
            raise
        self._standing.taken(_QUERIES)

    def leave_running(self, key: str) -> None:
        """From now on, closing the generator of this question leaves the tenant at work on it, for others.

        A tenant may take the end of a subscription of ``chat`` for the wish to stop it.
        """
        self._socket.leave_running(key)

    async def close(self) -> None:
        """Closes all connections; running answers end as lost."""
        self._asking.close()
        await self._socket.close()
        await self._http.close()

    def _service(self, clock: Callable[[], float], contact: FirstContact) -> TokenSource:
        """Who makes the tokens of the key's owner."""
        options, key = self._options, self._options.access_key
        if options.sign_in == "bearer":
            return Bearer(key, clock=clock, standing=self._standing)
        if options.sign_in == "exchange" or (options.sign_in == "auto" and not options.descope_project):
            return Exchange(self._http, key, clock=clock, contact=contact, standing=self._standing)
        if not options.descope_project:
            raise ConfigurationError("DESCOPE_PROJECT_ID: is not set, and Descope signs in with it")
        project = Project(options.descope_project, options.descope_base)
        return Descope(key, project, clock=clock, contact=contact)

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


def endpoint(url: str) -> str:
    """The GraphQL endpoint of an address one logs in at."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path if parts.path.strip("/") else "/graphql"))


def socket_url(url: str) -> str:
    """The WebSocket address of a GraphQL endpoint: same host, same path."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme="ws" if parts.scheme == "http" else "wss"))


def _link_options(options: TenantOptions) -> LinkOptions:
    return LinkOptions(
        subprotocol=options.subprotocol,
        max_frame=options.max_frame,
        max_answer=options.max_answer,
        idle=options.idle,
    )
