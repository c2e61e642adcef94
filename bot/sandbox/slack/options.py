"""How strict the workspace is, and what goes wrong in it on request."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """What the workspace checks and how it behaves; the defaults are as strict as Slack.

    Attributes:
        enforce_tiers: answer 429 when the app calls a method too often.
        enforce_scopes: refuse what the manifest's scopes do not cover.
        enforce_limits: refuse text and blocks beyond Slack's limits.
        post_burst: messages that a channel takes at once before one a second (Slack does not publish it).
        file_visibility_delay: seconds between the end of an upload and the file being usable.
        deliver_mentions_twice: a mention arrives as ``app_mention`` and as ``message``, as it does in Slack.
        mention_outside_channels: ``app_mention`` also comes from public channels the bot is not a member of.
        retries: an event that is not acknowledged is sent again, at once, after 1 and after 5 minutes.
        retry_seconds: when it is sent again, counted from the first time.
        ack_seconds: how long the app may take to acknowledge.
        trigger_seconds: how long a ``trigger_id`` opens a view.
        refresh_seconds: age at which a Socket Mode connection is told to reconnect; 0 means never.
        refresh_warning_seconds: time between that ``warning`` and the end of the old connection.
        response_url_seconds: how long a ``response_url`` works.
        response_url_uses: how often a ``response_url`` works.
        request_url: where events go by signed HTTP; empty means Socket Mode.
        base_url: the address that the workspace calls itself by; empty means where it listens.
        seed: makes ids, tokens and the choice of connections repeatable.
    """

    enforce_tiers: bool = True
    enforce_scopes: bool = True
    enforce_limits: bool = True
    post_burst: int = 10
    file_visibility_delay: float = 1.0
    deliver_mentions_twice: bool = True
    mention_outside_channels: bool = True
    retries: bool = True
    retry_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    refresh_seconds: float = 0.0
    refresh_warning_seconds: float = 10.0
    response_url_seconds: float = 1800.0
    response_url_uses: int = 5
    request_url: str = ""
    base_url: str = ""
    seed: int = 20261121


class Failure(StrEnum):
    """How a call of the app can be made to fail, besides any error code of Slack.

    ``UNANSWERED`` is carried out, and then the connection is closed without an answer; the others do nothing.
    """

    RATE_LIMITED = "ratelimited"
    SERVER_ERROR = "internal_error"
    DROPPED = "connection_dropped"
    UNANSWERED = "carried_out_and_dropped"


@dataclass(frozen=True, slots=True)
class Fault:
    """One planned failure: a ``Failure`` or an error code of Slack, with Retry-After where it is a 429."""

    error: str
    retry_after: int = 1


@dataclass(slots=True)
class Faults:
    """Failures that can be switched on while the workspace runs.

    Attributes:
        uploads_never_visible: files stay unusable for ever.
        refuse_blocks: block types that are answered with ``invalid_blocks`` although they are well formed.
        hide_metadata: messages are shown without their metadata, whatever is asked for.
    """

    uploads_never_visible: bool = False
    refuse_blocks: frozenset[str] = frozenset()
    hide_metadata: bool = False
    _planned: dict[str, deque[Fault]] = field(default_factory=dict)

    def fail_next(self, method: str, error: str, *, times: int = 1, retry_after: int = 1) -> None:
        """Let the app's next ``times`` calls of ``method`` end with ``error``.

        ``upload`` stands for the bytes of a file, which go to an address of their own.
        """
        queue = self._planned.setdefault(method, deque())
        queue.extend(Fault(error, retry_after) for _ in range(times))

    def take(self, method: str) -> Fault | None:
        """The failure planned for this call of ``method``, if there is one; it is used up."""
        queue = self._planned.get(method)
        return queue.popleft() if queue else None

    def left(self, method: str) -> int:
        """How many failures are still planned for calls of ``method``."""
        return len(self._planned.get(method, ()))
