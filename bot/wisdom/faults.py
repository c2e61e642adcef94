"""The tenant's errors, in its own words, as kinds of ``bot.errors``.

WisdomAI documents one text only ("Unauthorized", at HTTP 200); the rest is matched as widely as is safe. What
it says goes into logs, so addresses and tokens are taken out of it first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.core import endings
from bot.core.endings import Outcome
from bot.core.values import clean
from bot.errors import (
    AnswerFailed,
    AskingRefused,
    DomainUnknown,
    KeyRefused,
    PeerMisbehaved,
    TenantError,
    TenantUnreachable,
)

#: GraphQL errors as they came: ``message`` and ``extensions.code`` are read, both may be missing.
Errors = Iterable[Mapping[str, object]]

_TOKEN = re.compile(
    r"\bjwt\b|token\b.{0,40}\b(?:expired|invalid|revoked)|"
    r"(?:expired|invalid|revoked)\b.{0,40}\b(?:token|access key)",
    re.IGNORECASE | re.DOTALL,
)
_UNAUTHORIZED = re.compile(
    r"unauthori[sz]ed|not authori[sz]ed|unauthenticated|not authenticated", re.IGNORECASE
)
_DOMAINS = re.compile(r"\bdomains?\b", re.IGNORECASE)
# A refused connection has no other likely reason than the token, so weaker words are enough.
_NOT_LET_IN = re.compile(r"auth|token|forbidden|denied|permission|credential", re.IGNORECASE)
_DOMAIN = re.compile(
    r"domain\b.{0,120}\b(?:not found|unknown|not exist|no access|access|permission|invalid)|"
    r"(?:unknown|no such|invalid|not found|no access to|access to)\b.{0,40}\bdomain",
    re.IGNORECASE | re.DOTALL,
)
_PERMISSION = re.compile(
    r"permission|forbidden|not (?:allowed|permitted)|access (?:is )?denied|"
    r"insufficient (?:rights|privileges)",
    re.IGNORECASE,
)
# A warehouse refuses its tables in the same words, and a quota is no matter of roles.
_NOT_THE_ROLE = re.compile(
    r"\b(?:tables?|relations?|schemas?|views?|columns?|warehouses?|databases?|datasets?|"
    r"quotas?|limits?|too many)\b",
    re.IGNORECASE,
)
# What graphql-js, graphql-core and the other common servers say of a document that does not fit their schema.
_SCHEMA = re.compile(
    r"cannot query field|unknown (?:argument|type|field|fragment)|is not defined by type|"
    r"must (?:not )?have a (?:sub)?selection|undefined field|validation error",
    re.IGNORECASE,
)

_HIDDEN = "(hidden)"
_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%-]++@[\w-]+(?:\.[\w-]+)*")
_JWT = re.compile(r"\beyJ[\w-]*\.[\w-]+\.[\w-]*")
#: What is shorter is no secret, and may be part of any word.
_SHORTEST = 4
_LONGEST = 500
_UNAUTHORIZED_CODES = frozenset({"UNAUTHENTICATED", "UNAUTHORIZED", "401"})
_PERMISSION_CODES = frozenset({"FORBIDDEN", "403", "PERMISSION_DENIED", "ACCESS_DENIED"})
_CONVERSATION = re.compile(
    r"conversation\b.{0,120}\b(?:not found|unknown|not exist|no access|deleted)|"
    r"(?:unknown|no such|not found|no access to)\b.{0,40}\bconversation",
    re.IGNORECASE | re.DOTALL,
)


def messages(errors: Errors) -> tuple[str, ...]:
    """What the errors say, without addresses and tokens, cut to a length that a log line bears."""
    return tuple(_text(error.get("message")) or "no reason given" for error in errors)


def hidden(errors: Errors, secrets: Iterable[str]) -> tuple[Mapping[str, object], ...]:
    """The errors without these secrets, should the tenant repeat what it was sent."""
    known = tuple(secrets)
    return tuple({**error, "message": discreet(error.get("message"), known)} for error in errors)


def discreet(text: object, secrets: Iterable[str] = ()) -> str:
    """The text without these secrets, and without e-mail addresses and JWTs; empty where it is no text."""
    if not isinstance(text, str):
        return ""
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, _HIDDEN)
    return _ADDRESS.sub(_HIDDEN, _JWT.sub(_HIDDEN, text))


def unauthorized(errors: Errors) -> bool:
    """Whether the tenant refuses the token (which a new one may heal)."""
    return any(
        code_of(error) in _UNAUTHORIZED_CODES
        or _TOKEN.search(text := _text(error.get("message")))
        or (_UNAUTHORIZED.search(text) and not _DOMAINS.search(text))
        for error in errors
    )


def permission(errors: Errors, *, codes: bool = True) -> bool:
    """Whether the tenant says that this is not permitted; with ``codes`` false, in words."""
    return any(
        (
            _PERMISSION.search(text := _text(error.get("message")))
            or (codes and code_of(error) in _PERMISSION_CODES)
        )
        and not _NOT_THE_ROLE.search(text)
        for error in errors
    )


def misfit(reasons: Iterable[str]) -> bool:
    """Whether the tenant's schema lacks something that the document names."""
    return any(_SCHEMA.search(reason) for reason in reasons)


def forgotten(reasons: Iterable[str]) -> bool:
    """Whether the tenant does not know the conversation."""
    return any(_CONVERSATION.search(reason) for reason in reasons)


def from_errors(errors: Errors) -> TenantError:
    """GraphQL errors of a query as one error of ours; one that is not permitted has just failed."""
    errors = tuple(errors)
    reasons = messages(errors)
    return KeyRefused("; ".join(reasons)) if unauthorized(errors) else AnswerFailed(*reasons)


def from_asking(errors: Errors, *, domain: str) -> TenantError:
    """GraphQL errors of a question about ``domain``: the tenant may refuse that, or the one who asks."""
    errors = tuple(errors)
    error = from_errors(errors)
    if not isinstance(error, AnswerFailed) or misfit(error.reasons):
        return error
    forbids = permission(errors)
    if any(_DOMAIN.search(reason) or (forbids and _DOMAINS.search(reason)) for reason in error.reasons):
        return DomainUnknown(domain)
    return AskingRefused(str(error)) if forbids else error


def from_refusal(errors: Errors) -> TenantError:
    """A refused ``connection_init``."""
    errors = tuple(errors)
    reason = "; ".join(messages(errors))
    if unauthorized(errors) or _NOT_LET_IN.search(reason):
        return KeyRefused(reason)
    return TenantUnreachable(f"connection refused: {reason}")


def from_close(code: int, reason: str) -> TenantError:
    """A lost connection, by its close code, as ``bot.core.endings`` has it."""
    text = f"connection closed with {code} {_text(reason)}".rstrip()
    if unauthorized([{"message": reason}]):
        return KeyRefused(text)
    match endings.of_code(code):
        case Outcome.RENEW:
            return KeyRefused(text)
        case Outcome.RECONNECT:
            return TenantUnreachable(text)
        case Outcome.FAILED:
            return AnswerFailed(text)
        case _:
            return PeerMisbehaved(text)


def code_of(error: Mapping[str, object]) -> str:
    """``extensions.code`` in upper case, or empty."""
    extensions = error.get("extensions")
    return str(extensions.get("code", "")).upper() if isinstance(extensions, dict) else ""


def _text(value: object) -> str:
    return discreet(clean(value[: 4 * _LONGEST]))[:_LONGEST] if isinstance(value, str) else ""
