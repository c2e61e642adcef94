"""Finds out what a field at the root asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from graphql import GraphQLResolveInfo, GraphQLSchema

from bot.sandbox.indigo.chats import Chats, Env, Message
from bot.sandbox.indigo.faults import Fault, Struck
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.pages import USUAL, Listed, Refused, Window, backward, forward
from bot.sandbox.indigo.people import Member, members
from bot.sandbox.indigo.schema import resolve

#: What a resolver is told of the request; the context is the faults that strike it.
Info: TypeAlias = GraphQLResolveInfo[Struck]

#: Articles of the knowledge base have the ids 1 to this.
ARTICLES = 200


class Forbidden(Exception):
    """Somebody asks for another workspace's project."""


@dataclass(frozen=True, slots=True)
class Update:
    """A mutation that was carried out, with what it was given."""

    name: str
    arguments: Mapping[str, object]


class Resolvers:
    """What the platform knows.

    Args:
        clock: gives the present, naive and in UTC.

    Attributes:
        updates: mutations that were carried out, in order.
    """

    def __init__(self, options: IndigoOptions, clock: Callable[[], datetime]) -> None:
        self._options, self._clock = options, clock
        now = clock()
        self._chats: Mapping[str, Chats] = {env: Chats(options, now, env) for env in _ENVS}
        self._members = members(options.members, seed=options.seed)
        self._profiles: dict[str, dict[str, object]] = {}
        self._articles: dict[int, dict[str, object]] = {}
        self._asked = 0
        self.updates: list[Update] = []

    def attach(self, schema: GraphQLSchema) -> None:
        """Give the schema's root fields their resolvers."""
        for name in ("conversations", "messages", "user_roles"):
            resolve(schema, "RootQueryType", _camel(name), getattr(self, name))
        for name in ("sandbox_update_profile", "sandbox_update_article"):
            resolve(schema, "RootMutationType", _camel(name), getattr(self, name))

    def chats(self, env: Env = "PRODUCTION") -> Chats:
        """The chats of an environment."""
        return self._chats[env]

    def conversations(self, _: object, info: Info, **arguments: object) -> Mapping[str, object]:
        """Chats, in order of their beginning."""
        self._own(arguments)
        env = str(arguments.get("env") or "PRODUCTION")
        order = str(arguments.get("order") or self._options.order)
        chats, now = self._chats[env], self._clock()
        self._asked += 1
        if self._options.arriving and self._asked % self._options.arriving == 0:
            chats.arrive(now)
        numbers = chats.numbers(now)
        ordered = numbers if order == "ASC" else numbers[::-1]
        listed = Listed(
            length=len(ordered),
            item=lambda place: {"conversationId": chats.id(ordered[place])},
            key=lambda place: chats.id(ordered[place]),
            falling=order == "DESC",
        )
        window = self._window(arguments, "first", "after", f"{env},{order}")
        return forward(listed, window, info.context)

    def messages(self, _: object, info: Info, **arguments: object) -> Mapping[str, object] | None:
        """Messages of a chat, the newest first; by Relay's rules the last ones, in order."""
        struck = info.context
        env, chat = str(arguments.get("env") or "PRODUCTION"), _whole(arguments["conversationId"])
        found = self._chats[env].messages(chat, self._clock())
        if found is None:
            raise Refused("not_found")
        if Fault.CHAT_GONE in struck:
            return None
        relay = self._options.paging == "relay" or Fault.RELAY_PAGING in struck
        ordered = found if relay else found[::-1]
        shown = bool(arguments.get("showFeedback"))
        listed = Listed(
            length=len(ordered),
            item=lambda place: _node(ordered[place], feedback=shown),
            key=lambda place: ordered[place].id,
            falling=not relay,
        )
        window = self._window(arguments, "last", "before", f"{env},{chat}")
        return backward(listed, window, struck) if relay else forward(listed, window, struck)

    def user_roles(self, _: object, info: Info, **arguments: object) -> Mapping[str, object]:
        """People and their roles."""
        self._own(arguments)
        people = self._members
        listed = Listed(
            length=len(people),
            item=lambda place: _role(people[place]),
            key=lambda place: people[place].id,
        )
        return forward(listed, self._window(arguments, "first", "after", "members"), info.context)

    def sandbox_update_profile(self, _: object, __: Info, **arguments: object) -> Mapping[str, object]:
        """Attributes of an end user are set."""
        self._own(arguments)
        given = arguments["attributes"]
        if not isinstance(given, Mapping):
            raise Refused("attributes must be an object")
        user = str(arguments["userRef"])
        attributes = self._profiles.setdefault(user, {})
        attributes |= given
        self.updates.append(Update("sandboxUpdateProfile", dict(arguments)))
        return {"userRef": user, "attributes": dict(attributes)}

    def sandbox_update_article(self, _: object, __: Info, **arguments: object) -> Mapping[str, object]:
        """An article is changed."""
        self._own(arguments)
        number = _whole(arguments["articleId"])
        if not 1 <= number <= ARTICLES:
            raise Refused("not_found")
        first = {"id": number, "title": f"Article {number}", "body": "", "published": True}
        article = self._articles.setdefault(number, first)
        article |= {key: arguments[key] for key in ("title", "body", "published") if key in arguments}
        self.updates.append(Update("sandboxUpdateArticle", dict(arguments)))
        return dict(article)

    def _own(self, arguments: Mapping[str, object]) -> None:
        if str(arguments["projectId"]) != self._options.project:
            raise Forbidden("forbidden")

    def _window(self, arguments: Mapping[str, object], size: str, cursor: str, bound: str) -> Window:
        given = arguments.get(size)
        wanted = USUAL if given is None else _whole(given)
        if wanted < 0:
            raise Refused(f"`{size}` must be a non-negative number")
        return Window(min(wanted, self._options.largest_page), str(arguments.get(cursor) or ""), bound)


_ENVS: tuple[Env, ...] = ("PRODUCTION", "TEST")


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"the schema lets no {type(value).__name__} through here")
    return value


def _node(message: Message, *, feedback: bool) -> Mapping[str, object]:
    return {
        "id": message.id,
        "conversationId": message.chat,
        "content": message.content,
        "sender": None if message.sender is None else {"id": message.sender},
        "insertedAt": message.at,
        "feedback": message.feedback if feedback else None,
        "read": message.read,
    }


def _role(member: Member) -> Mapping[str, object]:
    return {"role": {"label": member.label}, "user": {"id": member.id, "email": member.email}}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))
