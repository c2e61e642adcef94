"""The errors of this project, by how much each one takes down.

::

    BotError
    ├── ConfigurationError      the process: it cannot start, and says what to change
    │   └── StoreInUse          … because another process owns the store's file
    ├── AccessDenied            one deed of one person: the rules of this workspace or channel forbid it
    ├── LimitReached            one question: there have been too many, or it is too long
    ├── TenantError             this turn, on WisdomAI's side
    │   ├── TenantUnreachable   nothing answers at the tenant's address
    │   ├── KeyRefused          the access key is wrong, expired or revoked
    │   │   └── ImpersonationRefused  … or may not act for others
    │   ├── PersonRefused       this person, at WisdomAI
    │   │   ├── PersonUnknown   there is no account for them
    │   │   ├── PersonDeactivated     their account is switched off
    │   │   └── AskingRefused   their role may not ask
    │   ├── DomainUnknown       the domain that was to be asked does not exist for them, or none is chosen
    │   ├── AnswerFailed        the tenant answered with an error
    │   ├── AnswerTooLarge      the answer is larger than this app takes
    │   ├── TenantSilent        nothing was heard for too long
    │   └── PeerMisbehaved      what arrived cannot be understood
    ├── IndigoError             one call to Indigo.ai
    │   ├── IndigoUnreachable   nothing answers there, or not in time
    │   │   └── IndigoNotAsked  … and nothing was done: it was not sent, or sent back
    │   │       └── IndigoLimited     … because there were too many requests
    │   ├── IndigoRefused       the token is refused, or may not see this workspace
    │   ├── IndigoFailed        Indigo answered with errors
    │   └── IndigoMisbehaved    what arrived cannot be understood
    ├── SlackError              one call to Slack
    │   ├── SlackUnreachable    no answer from Slack
    │   ├── SlackLimited        429: wait ``retry_after`` seconds (never leaves ``bot.slack``)
    │   └── SlackRefused        one payload: any error code of Slack that is none of these
    │       ├── TokenRefused    the workspace: the app's token is refused, or may not do this
    │       ├── NotInChannel    the channel or thread: the app cannot post there
    │       └── MessageGone     the message to change was deleted, or cannot be edited any more
    ├── SignInFailed            one person's signing in to the embed host
    │   ├── IssuerUnreachable   … because who signs people in does not answer
    │   └── EmailUnconfirmed    … because nobody vouches for their address
    ├── ChartFailed             one chart
    └── StoreFailed             one call to the store

The text of an exception is for the log. What a person reads is written in ``bot.core.render.notices``.
No secret, token or cell value is ever put into one of these.
"""

from __future__ import annotations

from enum import StrEnum


class Denial(StrEnum):
    """Why somebody may not do something."""

    DEACTIVATED = "deactivated"
    ROBOT = "robot"
    OUTSIDER = "outsider"
    GUEST = "guest"
    NO_EMAIL = "no_email"
    NO_CONSENT = "no_consent"
    NO_EXPORTS = "no_exports"
    NOT_A_MEMBER = "not_a_member"
    NOT_AN_EDITOR = "not_an_editor"
    NOT_AN_ADMIN = "not_an_admin"
    DOMAIN = "domain"
    INDIGO_GUEST = "indigo_guest"
    INDIGO_PERSON = "indigo_person"
    INDIGO_ADMIN = "indigo_admin"
    INDIGO_SHARED = "indigo_shared"
    INDIGO_CHANNEL = "indigo_channel"


class Limit(StrEnum):
    """What there can be too much of."""

    CHARACTERS = "characters"
    PERSON_A_MINUTE = "person_a_minute"
    CHANNEL_A_MINUTE = "channel_a_minute"
    PERSON_AT_ONCE = "person_at_once"
    WORKSPACE_AT_ONCE = "workspace_at_once"


class BotError(Exception):
    """Base of all errors that this project raises on purpose."""


class ConfigurationError(BotError):
    """The process cannot run as configured; the text says what to change."""


class StoreInUse(ConfigurationError):
    """Another process owns the store's file."""


class AccessDenied(BotError):
    """The rules of this workspace or channel do not allow what somebody wants to do.

    Attributes:
        denial: why.
    """

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial)
        self.denial = denial

    def __str__(self) -> str:
        return self.denial.value


class LimitReached(BotError):
    """A question is not taken, because there are too many or it is too long.

    Attributes:
        limit: which of the limits.
        most: its value.
        seconds: after how long it may be taken; 0 where waiting does not help, or nobody knows.
    """

    def __init__(self, limit: Limit, most: int, seconds: float = 0.0) -> None:
        super().__init__(limit, most, seconds)
        self.limit = limit
        self.most = most
        self.seconds = seconds

    def __str__(self) -> str:
        return f"{self.limit.value}: at most {self.most}"


class TenantError(BotError):
    """WisdomAI could not answer this question."""


class TenantUnreachable(TenantError):
    """No connection to the tenant, or it was lost and could not be made again."""


class KeyRefused(TenantError):
    """The tenant refuses the access key or the token made from it."""


class ImpersonationRefused(KeyRefused):
    """The tenant takes the access key, but does not let it act for others."""


class PersonRefused(TenantError):
    """The tenant refuses the person that a question was to run as; nothing is wrong with the key."""


class PersonUnknown(PersonRefused):
    """There is no account at the tenant with the person's address."""


class PersonDeactivated(PersonRefused):
    """The person's account at the tenant is switched off."""


class AskingRefused(PersonRefused):
    """The person's role at the tenant does not let them ask."""


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


class AnswerTooLarge(TenantError):
    """The answer is larger than ``mib`` MiB, in one piece or in all."""

    def __init__(self, mib: float) -> None:
        super().__init__(mib)
        self.mib = mib

    def __str__(self) -> str:
        return f"an answer of more than {self.mib:g} MiB"


class TenantSilent(TenantError):
    """Nothing was heard from the tenant for ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"nothing heard for {self.seconds:g} s"


class PeerMisbehaved(TenantError):
    """The tenant sent something that the protocol does not allow."""


class IndigoError(BotError):
    """Indigo.ai could not do what it was asked for."""


class IndigoUnreachable(IndigoError):
    """No answer from Indigo; what was asked for may or may not have been done."""


class IndigoNotAsked(IndigoUnreachable):
    """… because the request did not get there, or was sent back: nothing was done."""


class IndigoLimited(IndigoNotAsked):
    """Indigo wants fewer requests.

    Attributes:
        retry_after: seconds to wait.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"Indigo wants no requests for {self.retry_after:g} s"


class IndigoRefused(IndigoError):
    """Indigo does not take the token, or it may not see this workspace."""


class IndigoFailed(IndigoError):
    """Indigo answered with errors.

    Attributes:
        reasons: Indigo's own words, untrusted; for the log, and for a person only after escaping.
    """

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return "; ".join(self.reasons) or "no reason given"


class IndigoMisbehaved(IndigoError):
    """Indigo sent something that its documentation does not allow."""


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


class SignInFailed(BotError):
    """What came back from signing in cannot be believed, or is not what was asked for."""


class IssuerUnreachable(SignInFailed):
    """Who signs people in does not answer, or not as the protocol says."""


class EmailUnconfirmed(SignInFailed):
    """Who signs people in does not say that the address is theirs, so it tells nothing about them."""


class ChartFailed(BotError):
    """A chart could not be drawn; the answer goes out without it."""


class StoreFailed(BotError):
    """The store could not read or write."""
