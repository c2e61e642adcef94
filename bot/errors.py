"""The errors of this project, by how much each one takes down.

::

    BotError
    ├── ConfigurationError      the process: it cannot start, and says what to change
    │   └── StoreInUse          … because another process owns the store's file
    ├── TenantError             this turn, on WisdomAI's side
    │   ├── TenantUnreachable   nothing answers at the tenant's address
    │   ├── KeyRefused          the access key is wrong, expired or revoked
    │   ├── DomainUnknown       the domain that was to be asked does not exist, or none is chosen
    │   ├── AnswerFailed        the tenant answered with an error
    │   ├── TenantSilent        nothing was heard for too long
    │   └── PeerMisbehaved      what arrived cannot be understood
    ├── SlackError              one call to Slack
    │   ├── SlackUnreachable    no answer from Slack
    │   ├── SlackLimited        429: wait ``retry_after`` seconds (never leaves ``bot.slack``)
    │   └── SlackRefused        one payload: any error code of Slack that is none of these
    │       ├── TokenRefused    the workspace: the app's token is refused, or may not do this
    │       ├── NotInChannel    the channel or thread: the app cannot post there
    │       └── MessageGone     the message to change was deleted, or cannot be edited any more
    ├── ChartFailed             one chart
    └── StoreFailed             one call to the store

The text of an exception is for the log. What a person reads is written in ``bot.core.render.notices``.
No secret, token or cell value is ever put into one of these.
"""

from __future__ import annotations


class BotError(Exception):
    """Base of all errors that this project raises on purpose."""


class ConfigurationError(BotError):
    """The process cannot run as configured; the text says what to change."""


class StoreInUse(ConfigurationError):
    """Another process owns the store's file."""


class TenantError(BotError):
    """WisdomAI could not answer this question."""


class TenantUnreachable(TenantError):
    """No connection to the tenant, or it was lost and could not be made again."""


class KeyRefused(TenantError):
    """The tenant refuses the access key or the token made from it."""


class DomainUnknown(TenantError):
    """There is no such domain, or none is chosen.

    Attributes:
        domain: what was asked for; empty when nothing is configured.
    """

    def __init__(self, domain: str = "") -> None:
        super().__init__(domain)
        self.domain = domain

    def __str__(self) -> str:
        return f"unknown domain {self.domain!r}" if self.domain else "no domain is chosen"


class AnswerFailed(TenantError):
    """The tenant answered with an error.

    Attributes:
        reasons: the tenant's own words, untrusted; for the log, and for a person only after escaping.
    """

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return "; ".join(self.reasons) or "no reason given"


class TenantSilent(TenantError):
    """Nothing was heard from the tenant for ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"nothing heard for {self.seconds:g} s"


class PeerMisbehaved(TenantError):
    """The tenant sent something that the protocol does not allow."""


class SlackError(BotError):
    """A call to Slack failed."""


class SlackUnreachable(SlackError):
    """Slack did not answer; the call may or may not have been carried out."""


class SlackLimited(SlackError):
    """HTTP 429: the method is closed for this workspace for ``retry_after`` seconds."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(method, retry_after)
        self.method = method
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.method} is limited for {self.retry_after:g} s"


class SlackRefused(SlackError):
    """Slack answered ``ok: false``.

    Attributes:
        method: the Web API method, such as ``chat.update``.
        code: Slack's error code, such as ``invalid_blocks``.
        details: what Slack adds in ``response_metadata.messages`` and ``errors``.
    """

    def __init__(self, method: str, code: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(method, code, details)
        self.method = method
        self.code = code
        self.details = details

    def __str__(self) -> str:
        return " ".join((f"{self.method}: {self.code}", *self.details))


class TokenRefused(SlackRefused):
    """The app's token is refused or lacks a scope: no call of this kind will do in this workspace."""


class NotInChannel(SlackRefused):
    """The app is not a member of the channel, or may not post there; so for everything in that channel."""


class MessageGone(SlackRefused):
    """The message that was to be changed does not exist any more, or is closed for edits."""


class ChartFailed(BotError):
    """A chart could not be drawn; the answer goes out without it."""


class StoreFailed(BotError):
    """The store could not read or write."""
