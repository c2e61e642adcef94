"""What Slack sends when somebody presses a button, chooses from a menu, or sends a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from handlers import inbound


@dataclass(frozen=True, slots=True)
class Target:
    """What a control on a visualization is about; ``rest`` is what was chosen: a page, a type."""

    turn: str
    index: int
    rest: str = ""


class Press:
    """The parts of a ``block_actions`` payload that matter here.

    Attributes:
        user: who pressed; anybody in the channel can.
        value: of the button, or of the option that was chosen.
        at: when, as Slack names it; a press that is delivered twice has it twice.
        message_ts: the message that it stands in.
        thread_ts: the root of its thread; of a message outside of threads itself.
        whisper_ts: ``thread_ts`` of a word to who pressed alone (see ``Question.whisper_ts``).
        trigger_id: opens one window, for three seconds.
        ephemeral: only the person who pressed sees the message.
    """

    def __init__(self, body: inbound.Payload) -> None:
        channel, container, message = (inner(body, key) for key in ("channel", "container", "message"))
        action = cast("Sequence[inbound.Payload]", body["actions"])[0]
        option = inner(action, "selected_option")
        self.user = user(body)
        self.team = team(body)
        self.channel = str(channel.get("id") or container.get("channel_id"))
        self.value = str(action.get("value") or option.get("value") or "")
        self.at = str(action.get("action_ts") or "")
        self.message_ts = str(message.get("ts") or container.get("message_ts") or "")
        parent = message.get("thread_ts") or container.get("thread_ts")
        self.thread_ts = str(parent or self.message_ts)
        self.whisper_ts = self.thread_ts if self.thread_ts != self.message_ts else None
        self.trigger_id = str(body.get("trigger_id") or "")
        self.ephemeral = container.get("is_ephemeral") is True

    def target(self) -> Target | None:
        """The visualization that the value names (``<turn>:<index>`` and what follows), or None."""
        turn, _, place = self.value.partition(":")
        index, _, rest = place.partition(":")
        return Target(turn, int(index), rest) if turn and index.isdecimal() and index.isascii() else None


def user(body: inbound.Payload) -> str:
    """Slack user id of who did it."""
    return str(inner(body, "user")["id"])


def team(body: inbound.Payload) -> str:
    """Id of the workspace; where it is installed for an organisation, that of the person."""
    return str(inner(body, "team").get("id") or inner(body, "user").get("team_id") or "")


def inner(value: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The object under a key, or an empty one."""
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}
