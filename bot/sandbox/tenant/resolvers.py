"""What stands behind the root fields of the schema."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from graphql import GraphQLError, GraphQLField, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema

from bot.model import Domain
from bot.sandbox.tenant import access, wire
from bot.sandbox.tenant.answers import Analyst, Answers, Question
from bot.sandbox.tenant.conversations import Conversation, Conversations
from bot.sandbox.tenant.delivery import Delivery
from bot.sandbox.tenant.faults import Fault, Faults
from bot.sandbox.tenant.people import User
from bot.sandbox.tenant.refusals import ListingForbidden, Refusal, Unauthorized
from bot.sandbox.tenant.tokens import Tokens

T = TypeVar("T")


@dataclass(slots=True)
class Context:
    """One request, or one operation on a socket.

    Attributes:
        tokens: what the caller showed in headers and in ``connection_init``.
        on_stop: called when the client cancels the operation.
        delivery: the way to the subscriber; the one of a subscription knows which faults strike it.
    """

    tokens: tuple[str, ...] = ()
    on_stop: Callable[[], None] = field(default=lambda: None)
    delivery: Delivery = field(default_factory=lambda: Delivery(Faults()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolvers:
    """Answers the root fields from the tenant's parts."""

    analyst: Analyst
    tokens: Tokens
    conversations: Conversations
    answers: Answers
    faults: Faults

    def attach(self, schema: GraphQLSchema) -> None:
        """Put a resolver on every root field that the schema has."""
        resolvers: Mapping[str, Callable[..., object]] = {
            "exchangeAccessToken": self.exchange_access_token,
            "currentUser": self.current_user,
            "zSheets": self.z_sheets,
            "zSheet": self.z_sheet,
            "conversations": self.list_conversations,
            "conversation": self.conversation,
            "chatMessages": self.chat_messages,
            "impersonateUser": self.impersonate_user,
            "createConversation": self.create_conversation,
            "sendUserMessage": self.send_user_message,
        }
        for name, field_of_query in _fields(schema.query_type, schema.mutation_type):
            field_of_query.resolve = resolvers[name]
        subscribers: Mapping[str, Callable[..., object]] = {
            "chat": self.chat,
            "subscribeConversation": self.subscribe_conversation,
        }
        for name, field_of_subscription in _fields(schema.subscription_type):
            field_of_subscription.subscribe = subscribers[name]

    # -- tokens; these need no Authorization --------------------------------------------------------------

    def exchange_access_token(
        self,
        _: object,
        info: GraphQLResolveInfo[Context],
        *,
        accessToken: str,  # noqa: N803 -- the schema's name
    ) -> str:
        """An access key becomes a token of its owner."""
        del info
        if self.faults.take(Fault.KEY_REFUSED):
            raise Unauthorized
        return self.tokens.exchange(accessToken)

    def impersonate_user(
        self,
        _: object,
        info: GraphQLResolveInfo[Context],
        *,
        accessToken: str,  # noqa: N803 -- the schema's name
        userEmail: str,  # noqa: N803 -- as above
        attributes: Sequence[Mapping[str, str]] | None = None,
    ) -> str:
        """An access key becomes a token of somebody else."""
        del info
        if self.faults.take(Fault.KEY_REFUSED):
            raise Unauthorized
        given = None if attributes is None else [(each["key"], each["value"]) for each in attributes]
        return self.tokens.impersonate(accessToken, userEmail, given)

    # -- queries -----------------------------------------------------------------------------------------

    def current_user(self, _: object, info: GraphQLResolveInfo[Context]) -> wire.Wire:
        """Whom the token acts as."""
        return wire.user(self._caller(info))

    def z_sheets(
        self,
        _: object,
        info: GraphQLResolveInfo[Context],
        *,
        filter: Mapping[str, list[str]] | None = None,  # noqa: A002 -- the schema's name
    ) -> wire.Wire:
        """The domains that the caller may use, unless the filter asks for other types only."""
        caller = self._caller(info)
        if not access.may_list_domains(caller):
            raise ListingForbidden
        wanted = filter is None or "DOMAIN" in filter["type"]
        return {"nodes": [wire.domain(each) for each in self.answers.domains_of(caller)] if wanted else []}

    def z_sheet(self, _: object, info: GraphQLResolveInfo[Context], *, id: str) -> wire.Wire | None:  # noqa: A002 -- the schema's name
        """One domain, or null where there is none for the caller."""
        caller = self._caller(info)
        domain = self._domain(id)
        return wire.domain(domain) if domain and access.may_use(caller, id) else None

    def list_conversations(
        self,
        _: object,
        info: GraphQLResolveInfo[Context],
        *,
        filter: Mapping[str, object] | None = None,  # noqa: A002 -- the schema's name
        limit: int = 50,
        offset: int = 0,
    ) -> wire.Wire:
        """A page of the caller's conversations."""
        ids = (filter or {}).get("ids")
        pinned = (filter or {}).get("isPinned")
        own = [
            each
            for each in self.conversations.of(self._caller(info))
            if not pinned and (not isinstance(ids, list) or each.id in ids)
        ]
        page = {
            "hasNextPage": offset + limit < len(own),
            "hasPreviousPage": offset > 0,
            "limit": limit,
            "offset": offset,
        }
        nodes = [self._conversation(each) for each in own[offset : offset + limit]]
        return {"nodes": nodes, "pageInfo": page}

    def conversation(self, _: object, info: GraphQLResolveInfo[Context], *, id: str) -> wire.Wire:  # noqa: A002 -- the schema's name
        """One conversation of the caller."""
        return self._conversation(self.conversations.get(self._caller(info), id))

    def chat_messages(
        self,
        _: object,
        info: GraphQLResolveInfo[Context],
        *,
        conversationId: str,  # noqa: N803 -- the schema's name
    ) -> wire.Wire:
        """The messages of a conversation of the caller, in order, with full bodies."""
        conversation = self.conversations.get(self._caller(info), conversationId)
        return {"nodes": [wire.message(each, self._domain(each.domain_id)) for each in conversation.messages]}

    # -- asking by one subscription ----------------------------------------------------------------------

    def chat(
        self, _: object, info: GraphQLResolveInfo[Context], **arguments: object
    ) -> AsyncGenerator[Mapping[str, object], None]:
        """Ask, and follow the answer; cancelling the operation stops the writing of it.

        The variable ``auth`` alone decides who asks. ``manualModelSelection``, ``skipCompose`` and
        ``toolSelection`` are read and change nothing: there is one model and one tool here.
        """
        question = Question(
            user=self._caller_of((_string(arguments, "auth", "token"),)),
            text=_question(arguments["query"]),
            domain_id=_string(arguments, "domainId"),
            conversation_id=_string(arguments, "conversationId") or None,
            key=_string(arguments, "idempotencyKey"),
            hidden=arguments.get("createHiddenConversation") is True,
        )
        if not question.text:
            raise GraphQLError("The query has no text")
        answer = self.answers.ask(question)
        info.context.on_stop = lambda: self.answers.cancel(answer)
        info.context.delivery = delivery = Delivery(self.faults)
        delivery.begin(answer.message.id)
        return _as_field("chat", delivery.chat(answer.follow()))

    # -- asking in a conversation ------------------------------------------------------------------------

    def create_conversation(
        self,
        _: object,
        info: GraphQLResolveInfo[Context],
        *,
        domainId: str,  # noqa: N803 -- the schema's name
        hidden: bool,
    ) -> str:
        """The id of a new conversation."""
        return self.answers.open(self._caller(info), domainId, hidden=hidden).id

    def send_user_message(
        self, _: object, info: GraphQLResolveInfo[Context], **arguments: object
    ) -> wire.Wire:
        """Ask; the answer is written for whoever follows the conversation, and for ``chatMessages``.

        Twice the same is two questions. The optional arguments are read and change nothing.
        """
        question = Question(
            user=self._caller(info),
            text=_inserted(arguments["query"]),
            domain_id=_string(arguments, "domainId"),
            conversation_id=_string(arguments, "conversationId"),
            key=None,
        )
        if not question.text:
            raise GraphQLError("The query has no text")
        try:
            self.answers.ask(question)
        except Refusal as refusal:
            if self.answers.options.refusing == "error":
                raise
            code = "NOT_FOUND" if refusal.extensions["code"] == "NOT_FOUND" else "ERROR"
            return {"code": code, "message": str(refusal)}
        return {"code": "OK", "message": "User message sent"}

    def subscribe_conversation(
        self,
        _: object,
        info: GraphQLResolveInfo[Context],
        *,
        auth: Mapping[str, str],
        conversationId: str,  # noqa: N803 -- the schema's name
    ) -> AsyncGenerator[Mapping[str, object], None]:
        """Follow a conversation of the caller from now on; stopping it stops no answer.

        The variable ``auth`` alone decides who the caller is.
        """
        conversation = self.conversations.get(self._caller_of((auth["token"],)), conversationId)
        info.context.delivery = delivery = Delivery(self.faults)
        updates = self.answers.updates.follow(conversation.id)
        batch = self.answers.options.batch
        return _as_field("subscribeConversation", delivery.conversation(updates, batch))

    # -- shared ------------------------------------------------------------------------------------------

    def _caller(self, info: GraphQLResolveInfo[Context]) -> User:
        return self._caller_of(info.context.tokens)

    def _caller_of(self, tokens: Iterable[str]) -> User:
        if self.faults.take(Fault.GRAPHQL_ERROR):
            raise GraphQLError("Internal server error")
        if self.faults.take(Fault.UNAUTHORIZED):
            raise Unauthorized
        return self.tokens.user_of_any(tokens)

    def _domain(self, domain_id: str) -> Domain | None:
        return next((each for each in self.analyst.domains if each.id == domain_id), None)

    def _conversation(self, each: Conversation) -> wire.Wire:
        return wire.conversation(each, self._domain(each.domain_id))


#: What the tenant may say to a caller in its own words; anything else is a fault of the server.
EXPECTED = (GraphQLError, Refusal)


async def _as_field(name: str, events: AsyncGenerator[T, None]) -> AsyncGenerator[dict[str, T], None]:
    """Each event as the root value under which graphql-core looks for the field ``name``."""
    try:
        async for event in events:
            yield {name: event}
    finally:
        await events.aclose()


def _fields(*roots: GraphQLObjectType | None) -> Iterator[tuple[str, GraphQLField]]:
    for root in roots:
        yield from root.fields.items() if root is not None else ()


def _string(arguments: Mapping[str, object], *path: str) -> str:
    value: object = arguments
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def _question(query: object) -> str:
    """The pieces of a ``StructuredQuery`` that are text, as one question."""
    pieces = query.get("pieces") if isinstance(query, Mapping) else None
    texts = [_string(piece, "text") for piece in pieces or () if isinstance(piece, Mapping)]
    return " ".join(text.strip() for text in texts if text.strip())


def _inserted(query: object) -> str:
    """The text of a ``DeltaInput``, in which every operation is taken for an insert."""
    ops = query.get("ops") if isinstance(query, Mapping) else None
    return "".join(_string(op, "insert", "text") for op in ops or () if isinstance(op, Mapping)).strip()
