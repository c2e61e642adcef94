"""One call of the Web API: who calls, with which arguments, and what they may reach."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from . import wire
from .errors import Refused
from .methods import TokenKind
from .model import Channel, ChannelKind, User
from .workspace import Workspace

_Item = TypeVar("_Item")
_SCOPE_PREFIX = {
    ChannelKind.PUBLIC: "channels",
    ChannelKind.PRIVATE: "groups",
    ChannelKind.IM: "im",
    ChannelKind.MPIM: "mpim",
}


def invalid_arguments(problem: str) -> Refused:
    """The error for an argument that is missing or of the wrong kind."""
    details = {"response_metadata": {"messages": [f"[ERROR] {problem}"]}}
    return Refused("invalid_arguments", details=details)


class Args:
    """Arguments of a call; a form sends everything as text, so JSON and numbers are read from text too."""

    def __init__(self, values: wire.JsonObject) -> None:
        self._values = values

    @property
    def values(self) -> wire.JsonObject:
        """The arguments as they came."""
        return self._values

    def has(self, name: str) -> bool:
        """Whether the argument was given (null counts as not given)."""
        return self._values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        return wire.text(self._values, name, default)

    def required(self, name: str) -> str:
        """A string that must be there.

        Raises:
            Refused: ``invalid_arguments``.
        """
        value = self.text(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """A boolean."""
        return self._values.get(name) in {True, "true", "1"}

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        """A whole number, brought into its bounds.

        Raises:
            Refused: ``invalid_arguments`` when it is not a number.
        """
        if not self.has(name):
            return default
        try:
            return min(high, max(low, int(self.text(name))))
        except ValueError:
            raise invalid_arguments(f"must provide an integer [json-pointer:/{name}]") from None

    def json(self, name: str, *, error: str) -> object:
        """A JSON value, or None where there is none.

        Raises:
            Refused: ``error`` when the text is not JSON.
        """
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            parsed: object = json.loads(value)
        except json.JSONDecodeError:
            raise Refused(error) from None
        return parsed

    def names(self, name: str) -> tuple[str, ...]:
        """Several names: an array, a JSON array as text, or text with commas."""
        value = self._values.get(name)
        if isinstance(value, str) and value.startswith("["):
            value = self.json(name, error="invalid_arguments")
        if isinstance(value, str):
            value = value.split(",")
        if not wire.is_array(value):
            return ()
        return tuple(item.strip() for item in value if isinstance(item, str) and item.strip())


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls; without a token ``user`` is the bot and must not be looked at.

    ``app_id`` names the app of an app-level token.
    """

    kind: TokenKind
    user: User
    app_id: str = ""

    @property
    def is_app(self) -> bool:
        """Whether the app calls; a user token stands for a person in Slack's own client."""
        return self.kind in {TokenKind.BOT, TokenKind.APP}


@dataclass(frozen=True, slots=True)
class Call:
    """One call."""

    method: str
    args: Args
    actor: Actor
    workspace: Workspace

    def need_scope(self, kind: ChannelKind, right: str) -> None:
        """Check the scope for a kind of conversation, for example ``im:history``.

        Raises:
            Refused: ``missing_scope``.
        """
        self.need_scopes((f"{_SCOPE_PREFIX[kind]}:{right}",))

    def need_scopes(self, any_of: Sequence[str]) -> None:
        """Check that the app has one of these scopes.

        Raises:
            Refused: ``missing_scope`` with ``needed`` and ``provided``.
        """
        provided = self.workspace.manifest.bot_scopes
        if self.actor.kind is not TokenKind.BOT or not self.workspace.options.enforce_scopes or not any_of:
            return
        if not set(any_of) & set(provided):
            details = {"needed": ",".join(any_of), "provided": ",".join(provided)}
            raise Refused("missing_scope", details=details)

    def readable(self, name: str = "channel") -> Channel:
        """The conversation that the call names, if the caller may know of it.

        Raises:
            Refused: ``channel_not_found``.
        """
        channel = self._find(self.args.required(name))
        if channel is None or not self.workspace.can_see(self.actor.user.id, channel):
            raise Refused("channel_not_found")
        return channel

    def writable(self, name: str = "channel") -> Channel:
        """The conversation that the call names, if the caller may write there; a user's id means the DM.

        Raises:
            Refused: ``channel_not_found``, ``is_archived`` or ``not_in_channel``.
        """
        person = self.workspace.user(self.args.required(name))
        if person is not None:
            if not self.reaches(person):
                raise Refused("channel_not_found")
            return self.workspace.open_direct([person.id, self.actor.user.id])
        channel = self.readable(name)
        if channel.is_archived:
            raise Refused("is_archived")
        if self.actor.user.id not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def reaches(self, person: User) -> bool:
        """Whether the caller can have a DM with somebody: an app has none with other organisations."""
        people = (person, self.actor.user)
        if any(each.deactivated for each in people):
            return False
        return not any(each.is_outsider for each in people) or not any(each.is_bot for each in people)

    def _find(self, reference: str) -> Channel | None:
        by_name = self.workspace.channels.get(reference.removeprefix("#"))
        return self.workspace.channel(by_name or reference)


Handler = Callable[[Call], Mapping[str, object]]


def page(
    call: Call, items: Sequence[_Item], *, default: int, high: int
) -> tuple[Sequence[_Item], dict[str, object]]:
    """One page of ``items`` by the call's ``limit`` and ``cursor``, and the member that names the next one.

    Raises:
        Refused: ``invalid_cursor``.
    """
    limit = call.args.number("limit", default, low=1, high=high) or default
    start = _offset(call.args.text("cursor"))
    following = start + limit
    cursor = ""
    if following < len(items):
        cursor = base64.b64encode(f"offset:{following}".encode()).decode()
    return items[start:following], {"response_metadata": {"next_cursor": cursor}}


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if name == "offset":
            return int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise Refused("invalid_cursor")
