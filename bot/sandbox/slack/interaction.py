"""What people do besides writing: slash commands, clicks, modals.

Source: https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from . import commands, model, payloads, wire
from .controls import CHOICES, Control, State, complaints, controls, entered, made, merged
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
#: So many controls of a message's versions can be pressed; a page is a few versions behind at most.
_PRESSABLE = 256


class Interactions:
    """Sends commands and clicks to the app and carries out its answers."""

    def __init__(self, workspace: Workspace, delivery: Delivery, views: Views, responses: Responses) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._views = views
        self._responses = responses
        self._chosen: dict[tuple[str, str, str], Mapping[str, object]] = {}
        self._shown: dict[tuple[str, str], deque[Control]] = {}
        workspace.subscribe(self._hear)

    # -- slash commands --------------------------------------------------------------------------------

    async def command(self, user_id: str, channel_id: str, text: str, *, thread_ts: str = "") -> None:
        """Run a slash command.

        People of other organisations have the commands of their own workspace only.

        Raises:
            Refused: ``command_not_allowed_in_threads``, ``unknown_command``, ``channel_not_found``,
                ``account_inactive``, or ``operation_timeout`` when the app does not acknowledge.
        """
        if thread_ts:
            raise Refused("command_not_allowed_in_threads")
        user, channel = self._present(user_id, channel_id)
        name, _, argument = text.strip().partition(" ")
        command = next((each for each in self._workspace.manifest.commands if each.command == name), None)
        if command is None or user.is_outsider:
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
            "team_domain": workspace.team.domain,
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
            Refused: ``message_not_found``, ``action_not_found``, ``account_inactive`` or
                ``operation_timeout``.
        """
        user, channel = self._present(user_id, channel_id)
        shown = self._workspace.ephemeral(user.id, ts)
        message = shown or self._workspace.message(channel.id, ts)
        if message is None or not message.bot_id:
            raise Refused("message_not_found")
        earlier = self._shown.get((channel.id, ts), ())
        shown_now = tuple(controls(message.blocks))
        clicked = self._clicked((*shown_now, *reversed(earlier)), action)
        place = Place(user.id, channel.id, ts, message.thread_ts, ephemeral=shown is not None)
        payload = {
            **self._who("block_actions", user),
            "container": self._container(message, ephemeral=place.ephemeral),
            "channel": {"id": channel.id, "name": _CHANNEL_NAMES.get(channel.kind, channel.name)},
            "state": {"values": self._state((user.id, channel.id, ts), clicked, shown_now)},
            "response_url": self._responses.address(place),
            "actions": [clicked],
        }
        if not place.ephemeral:
            payload["message"] = payloads.message(self._workspace, message)
        await self._act(payload)

    async def view_action(
        self,
        user_id: str,
        view_id: str,
        action: wire.JsonObject,
        values: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """Click an element of a view; ``values`` is what stands in its fields at that moment.

        Raises:
            Refused: ``view_not_found``, ``action_not_found``, ``account_inactive`` or ``operation_timeout``.
        """
        user, view = self._looking_at(user_id, view_id)
        shown = tuple(controls(wire.objects(view.content, "blocks")))
        clicked = self._clicked(shown, action)
        view.values = entered(shown, merged(view.values, values, made(clicked)))
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
            if shown := tuple(controls(change.message.blocks)):
                self._shown.setdefault(place, deque(maxlen=_PRESSABLE)).extend(shown)
        elif isinstance(change, model.ChannelMoved):
            self._move(change)
        elif isinstance(change, model.Deleted):
            self._shown.pop((change.message.channel, change.message.ts), None)
        elif isinstance(change, model.EphemeralRemoved):
            self._shown.pop((change.channel, change.ts), None)

    def _move(self, change: model.ChannelMoved) -> None:
        def moved(channel: str) -> str:
            return change.new if channel == change.old else channel

        self._shown = {(moved(channel), ts): kept for (channel, ts), kept in self._shown.items()}
        self._chosen = {
            (user, moved(channel), ts): state for (user, channel, ts), state in self._chosen.items()
        }

    async def _act(self, payload: wire.JsonObject) -> None:
        if not self._workspace.manifest.interactivity:
            raise Refused("interactivity_not_enabled")
        outcome = await self._delivery.interaction("interactive", payload)
        if not isinstance(outcome, Acknowledged):
            raise Refused("operation_timeout")

    # -- modals ----------------------------------------------------------------------------------------

    async def submit(self, user_id: str, view_id: str, values: wire.JsonObject) -> Mapping[str, str]:
        """Submit a modal; what the app complains about comes back by block_id, empty when it is content.

        The app gets every field, untouched ones with what it set at first, empty ones with null or no items.

        Raises:
            Refused: ``view_not_found``, ``account_inactive`` or ``operation_timeout``, and the refusal of a
                view in the answer.
        """
        user, view = self._looking_at(user_id, view_id)
        blocks = wire.objects(view.content, "blocks")
        view.values = entered(controls(blocks), merged(view.values, values))
        if wrong := complaints(blocks, view.values):
            return wrong
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
        if user.deactivated:
            raise Refused("account_inactive")
        if channel is None or not self._workspace.can_see(user_id, channel):
            raise Refused("channel_not_found")
        return user, channel

    def _looking_at(self, user_id: str, view_id: str) -> tuple[User, View]:
        user, view = self._workspace.user(user_id), self._views.get(user_id, view_id)
        if user is None or view is None:
            raise Refused("view_not_found")
        if user.deactivated:
            raise Refused("account_inactive")
        return user, view

    def _who(self, kind: str, user: User) -> dict[str, object]:
        """Who did something, and where: a message is in the app's workspace, a view in the person's own."""
        workspace = self._workspace
        team = user.team if kind.startswith("view_") else workspace.team
        return {
            "type": kind,
            "team": {"id": team.id, "domain": team.domain},
            "user": {
                "id": user.id,
                "username": user.name,
                "name": user.name,
                "team_id": user.team.id,
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
                chosen = {key: action[key] for key in CHOICES if key in action}
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

    def _state(self, key: tuple[str, str, str], clicked: wire.JsonObject, shown: Iterable[Control]) -> State:
        """What is chosen in this message: by the person so far, else by the app at first."""
        self._chosen[key] = merged(self._chosen.get(key, {}), made(clicked))
        return entered(shown, self._chosen[key])
