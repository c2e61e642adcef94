"""What people do besides writing: slash commands, clicks, modals.

Source: https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from . import commands, model, payloads, wire
from .delivery import Delivery
from .errors import Refused
from .manifest import Command
from .model import Channel, ChannelKind, Message, User, View
from .responses import Place, Responses
from .transport import Acknowledged
from .views import Views
from .workspace import Workspace

_CHANNEL_NAMES = {
    ChannelKind.IM: "directmessage",
    ChannelKind.PRIVATE: "privategroup",
    ChannelKind.MPIM: "privategroup",
}
_CHOICES = (
    "value", "selected_option", "selected_options", "selected_user", "selected_users", "selected_channel",
    "selected_channels", "selected_conversation", "selected_conversations", "selected_date", "selected_time",
    "selected_date_time", "rich_text_value",
)  # fmt: skip
_STATELESS = frozenset({"button", "overflow", "feedback_buttons", "icon_button"})
#: Where the choice of a control stands that the app can make at first; nothing chosen is null.
_INITIAL = {"static_select": "selected_option", "radio_buttons": "selected_option"}
#: So many controls of a message's versions can be pressed; a page is a few versions behind at most.
_PRESSABLE = 256

State = dict[str, dict[str, wire.JsonObject]]
Control = tuple[str, wire.JsonObject]


class Interactions:
    """Sends commands and clicks to the app and carries out its answers."""

    def __init__(self, workspace: Workspace, delivery: Delivery, views: Views, responses: Responses) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._views = views
        self._responses = responses
        self._states: dict[tuple[str, str, str], State] = {}
        self._shown: dict[tuple[str, str], deque[Control]] = {}
        workspace.subscribe(self._hear)

    # -- slash commands --------------------------------------------------------------------------------

    async def command(self, user_id: str, channel_id: str, text: str, *, thread_ts: str = "") -> None:
        """Run a slash command.

        Raises:
            Refused: ``command_not_allowed_in_threads``, ``unknown_command``, ``channel_not_found``, or
                ``operation_timeout`` when the app does not acknowledge.
        """
        if thread_ts:
            raise Refused("command_not_allowed_in_threads")
        user, channel = self._present(user_id, channel_id)
        name, _, argument = text.strip().partition(" ")
        command = next((each for each in self._workspace.manifest.commands if each.command == name), None)
        if command is None:
            raise Refused("unknown_command")
        place = Place(user.id, channel.id)
        payload = self._command(command, argument.strip(), user, channel, place)
        outcome = await self._delivery.interaction("slash_commands", payload)
        if not isinstance(outcome, Acknowledged):
            raise Refused("operation_timeout")
        if outcome.payload:
            self._responses.respond(place, outcome.payload)

    def _command(
        self, command: Command, text: str, user: User, channel: Channel, place: Place
    ) -> wire.JsonObject:
        workspace = self._workspace
        shape = commands.escaped if command.should_escape else commands.unescaped
        return {
            "token": workspace.verification_token,
            "team_id": workspace.team_id,
            "team_domain": workspace.team_domain,
            "channel_id": channel.id,
            "channel_name": _CHANNEL_NAMES.get(channel.kind, channel.name),
            "user_id": user.id,
            "user_name": user.name,
            "command": command.command,
            "text": shape(workspace, text),
            "api_app_id": workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self._responses.address(place),
            "trigger_id": self._views.triggers.make(user.id),
        }

    # -- clicks ----------------------------------------------------------------------------------------

    async def message_action(self, user_id: str, channel_id: str, ts: str, action: wire.JsonObject) -> None:
        """Click an element of a message, ephemeral or not.

        An element that an edit has just taken away or moved to another block is still delivered, as it was
        shown: a press that is on its way when the message changes is not lost in Slack either.

        Raises:
            Refused: ``message_not_found``, ``action_not_found`` or ``operation_timeout``.
        """
        user, channel = self._present(user_id, channel_id)
        shown = self._workspace.ephemeral(user.id, ts)
        message = shown or self._workspace.message(channel.id, ts)
        if message is None or not message.bot_id:
            raise Refused("message_not_found")
        earlier = self._shown.get((channel.id, ts), ())
        clicked = self._clicked((*_elements(message.blocks), *reversed(earlier)), action)
        place = Place(user.id, channel.id, ts, message.thread_ts, ephemeral=shown is not None)
        payload = {
            **self._who("block_actions", user),
            "container": self._container(message, ephemeral=place.ephemeral),
            "channel": {"id": channel.id, "name": _CHANNEL_NAMES.get(channel.kind, channel.name)},
            "state": {"values": self._state((user.id, channel.id, ts), clicked, _elements(message.blocks))},
            "response_url": self._responses.address(place),
            "actions": [clicked],
        }
        if not place.ephemeral:
            payload["message"] = payloads.message(self._workspace, message)
        await self._act(payload)

    async def view_action(self, user_id: str, view_id: str, action: wire.JsonObject) -> None:
        """Click an element of a view.

        Raises:
            Refused: ``view_not_found``, ``action_not_found`` or ``operation_timeout``.
        """
        user, view = self._looking_at(user_id, view_id)
        controls = tuple(_elements(wire.objects(view.content, "blocks")))
        clicked = self._clicked(controls, action)
        view.values = self._state((user.id, "", view.id), clicked, controls)
        await self._act(
            {
                **self._who("block_actions", user),
                "container": {"type": "view", "view_id": view.id},
                "view": payloads.view(self._workspace, view),
                "actions": [clicked],
            }
        )

    def _hear(self, change: model.Change) -> None:
        """Keep the controls of all versions of a message, newest last."""
        if isinstance(change, model.Posted | model.Changed | model.EphemeralShown):
            place = (change.message.channel, change.message.ts)
            if controls := tuple(_elements(change.message.blocks)):
                self._shown.setdefault(place, deque(maxlen=_PRESSABLE)).extend(controls)
        elif isinstance(change, model.Deleted):
            self._shown.pop((change.message.channel, change.message.ts), None)
        elif isinstance(change, model.EphemeralRemoved):
            self._shown.pop((change.channel, change.ts), None)

    async def _act(self, payload: wire.JsonObject) -> None:
        if not self._workspace.manifest.interactivity:
            raise Refused("interactivity_not_enabled")
        outcome = await self._delivery.interaction("interactive", payload)
        if not isinstance(outcome, Acknowledged):
            raise Refused("operation_timeout")

    # -- modals ----------------------------------------------------------------------------------------

    async def submit(self, user_id: str, view_id: str, values: wire.JsonObject) -> Mapping[str, str]:
        """Submit a modal; what the app complains about comes back by block_id, empty when it is content.

        Raises:
            Refused: ``view_not_found`` or ``operation_timeout``, and the refusal of a view in the answer.
        """
        user, view = self._looking_at(user_id, view_id)
        view.values = _values(view, values)
        if missing := _missing(view):
            return dict.fromkeys(missing, "Please fill in this field.")
        payload = {
            **self._who("view_submission", user),
            "view": payloads.view(self._workspace, view),
            "response_urls": [],
        }
        outcome = await self._delivery.interaction("interactive", payload)
        if not isinstance(outcome, Acknowledged):
            raise Refused("operation_timeout")
        return self._answer(view, outcome.payload)

    async def close(self, user_id: str, view_id: str) -> None:
        """Close a view; the app hears of it when it asked to."""
        user, view = self._looking_at(user_id, view_id)
        payload = {
            **self._who("view_closed", user),
            "view": payloads.view(self._workspace, view),
            "is_cleared": False,
        }
        self._views.close(view)
        if view.content.get("notify_on_close") is True:
            await self._delivery.interaction("interactive", payload)

    def _answer(self, view: View, answer: wire.JsonObject) -> Mapping[str, str]:
        action = wire.text(answer, "response_action")
        content = wire.mapping(answer, "view")
        if action == "errors":
            errors = wire.mapping(answer, "errors")
            return {key: wire.text(errors, key) for key in errors}
        if action == "update":
            self._views.update(view, content)
        elif action == "push":
            self._views.push(view.user, content)
        elif action == "clear":
            self._views.clear(view.user)
        else:
            self._views.close(view)
        return {}

    # -- what payloads are made of ---------------------------------------------------------------------

    def _present(self, user_id: str, channel_id: str) -> tuple[User, Channel]:
        user, channel = self._workspace.user(user_id), self._workspace.channel(channel_id)
        if user is None:
            raise Refused("user_not_found")
        if channel is None or not self._workspace.can_see(user_id, channel):
            raise Refused("channel_not_found")
        return user, channel

    def _looking_at(self, user_id: str, view_id: str) -> tuple[User, View]:
        user, view = self._workspace.user(user_id), self._views.get(user_id, view_id)
        if user is None or view is None:
            raise Refused("view_not_found")
        return user, view

    def _who(self, kind: str, user: User) -> dict[str, object]:
        workspace = self._workspace
        return {
            "type": kind,
            "team": {"id": workspace.team_id, "domain": workspace.team_domain},
            "user": {
                "id": user.id,
                "username": user.name,
                "name": user.name,
                "team_id": workspace.team_id,
            },
            "api_app_id": workspace.app_id,
            "token": workspace.verification_token,
            "trigger_id": self._views.triggers.make(user.id),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _container(self, message: Message, *, ephemeral: bool) -> dict[str, object]:
        container: dict[str, object] = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": ephemeral,
        }
        return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})

    def _clicked(self, controls: Iterable[Control], action: wire.JsonObject) -> wire.JsonObject:
        """The action as the app gets it; what the element itself says is not taken from the page."""
        wanted = wire.text(action, "action_id")
        for block_id, element in controls:
            if (
                wire.text(element, "action_id") == wanted
                and wire.text(action, "block_id", block_id) == block_id
            ):
                chosen = {key: action[key] for key in _CHOICES if key in action}
                own = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
                return {
                    "type": wire.text(element, "type"),
                    "action_id": wanted,
                    "block_id": block_id,
                    **chosen,
                    **own,
                    "action_ts": self._workspace.ids.ts(),
                }
        raise Refused("action_not_found")

    def _state(
        self, key: tuple[str, str, str], clicked: wire.JsonObject, controls: Iterable[Control]
    ) -> State:
        """What is chosen in this message or view: by the person so far, else by the app at first."""
        chosen = self._states.setdefault(key, {})
        kind = wire.text(clicked, "type")
        if kind not in _STATELESS:
            block = chosen.setdefault(wire.text(clicked, "block_id"), {})
            made = {name: clicked[name] for name in _CHOICES if name in clicked}
            block[wire.text(clicked, "action_id")] = {"type": kind, **made}
        state: State = {}
        for block_id, element in controls:
            if (kind := wire.text(element, "type")) in _INITIAL:
                first = {_INITIAL[kind]: element.get(f"initial_{_INITIAL[kind].removeprefix('selected_')}")}
                state.setdefault(block_id, {})[wire.text(element, "action_id")] = {"type": kind, **first}
        for block_id, actions in chosen.items():
            state[block_id] = {**state.get(block_id, {}), **actions}
        return state


def _elements(value: object, block_id: str = "") -> Iterator[Control]:
    """Every element with an action_id, and the block it stands in."""
    if wire.is_object(value):
        inside = wire.text(value, "block_id", block_id)
        if "action_id" in value:
            yield inside, value
        for item in value.values():
            yield from _elements(item, inside)
    elif wire.is_array(value):
        for item in value:
            yield from _elements(item, block_id)


def _values(view: View, given: wire.JsonObject) -> dict[str, dict[str, wire.JsonObject]]:
    """Input values by block and action; a bare string stands for ``{"value": …}``."""
    kinds = {
        (block_id, wire.text(element, "action_id")): wire.text(element, "type")
        for block_id, element in _elements(wire.objects(view.content, "blocks"))
    }
    values = {key: dict(actions) for key, actions in view.values.items()}
    for block_id in given:
        for action_id, value in wire.mapping(given, block_id).items():
            entry = value if wire.is_object(value) else {"value": value}
            kind = kinds.get((block_id, action_id), "plain_text_input")
            values.setdefault(block_id, {})[action_id] = {"type": kind, **entry}
    return values


def _missing(view: View) -> tuple[str, ...]:
    """Inputs that must be filled in and are not; Slack's client does not submit those."""
    missing = []
    for block in wire.objects(view.content, "blocks"):
        if wire.text(block, "type") != "input" or block.get("optional") is True:
            continue
        block_id = wire.text(block, "block_id")
        action_id = wire.text(wire.mapping(block, "element"), "action_id")
        entry = view.values.get(block_id, {}).get(action_id, {})
        if not any(entry.get(choice) for choice in _CHOICES):
            missing.append(block_id)
    return tuple(missing)
