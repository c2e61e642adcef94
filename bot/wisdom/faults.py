"""The tenant's errors, in its own words, as kinds of ``bot.errors``.

WisdomAI documents one text only ("Unauthorized", at HTTP 200); the rest is matched as widely as is safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.core.values import clean
from bot.errors import AnswerFailed, DomainUnknown, KeyRefused, PeerMisbehaved, TenantError, TenantUnreachable

#: GraphQL errors as they came: ``message`` and ``extensions.code`` are read, both may be missing.
Errors = Iterable[Mapping[str, object]]

_UNAUTHORIZED = re.compile(
    r"unauthori[sz]ed|unauthenticated|not authenticated|\bjwt\b|"
    r"token\b.{0,40}\b(?:expired|invalid|revoked)|(?:expired|invalid|revoked)\b.{0,40}\b(?:token|access key)",
    re.IGNORECASE | re.DOTALL,
)
# A refused connection has no other likely reason than the token, so weaker words are enough.
_NOT_LET_IN = re.compile(r"auth|token|forbidden|denied|permission|credential", re.IGNORECASE)
_DOMAIN = re.compile(
    r"domain\b.{0,120}\b(?:not found|unknown|not exist|no access|access|permission|invalid)|"
    r"(?:unknown|no such|invalid|not found|no access to|access to)\b.{0,40}\bdomain",
    re.IGNORECASE | re.DOTALL,
)
# What graphql-js, graphql-core and the other common servers say of a document that does not fit their schema.
_SCHEMA = re.compile(
    r"cannot query field|unknown (?:argument|type|field|fragment)|is not defined by type|"
    r"must (?:not )?have a (?:sub)?selection|undefined field|validation error",
    re.IGNORECASE,
)

_LONGEST = 500
_FORBIDDEN_CODES = frozenset({4401, 4403})
_SERVER_CODES = frozenset({1011, 4500})


def messages(errors: Errors) -> tuple[str, ...]:
    """What the errors say, cut to a length that a log line bears."""
    return tuple(_text(error.get("message")) or "no reason given" for error in errors)


def unauthorized(errors: Errors) -> bool:
    """Whether the tenant refuses the token (which a new one may heal)."""
    return any(
        _UNAUTHORIZED.search(_text(error.get("message")))
        or _code(error).upper() in {"UNAUTHENTICATED", "UNAUTHORIZED", "401"}
        for error in errors
    )


def misfit(reasons: Iterable[str]) -> bool:
    """Whether the tenant's schema lacks something that the document names."""
    return any(_SCHEMA.search(reason) for reason in reasons)


def from_errors(errors: Errors, *, domain: str = "") -> TenantError:
    """GraphQL errors as one error of ours; with ``domain`` given, the tenant may refuse that."""
    errors = tuple(errors)
    if unauthorized(errors):
        return KeyRefused("; ".join(messages(errors)))
    reasons = messages(errors)
    if domain and not misfit(reasons) and any(_DOMAIN.search(reason) for reason in reasons):
        return DomainUnknown(domain)
    return AnswerFailed(*reasons)


def from_refusal(errors: Errors) -> TenantError:
    """A refused ``connection_init``."""
    reason = "; ".join(messages(errors))
    if unauthorized(errors) or _NOT_LET_IN.search(reason):
        return KeyRefused(reason)
    return TenantUnreachable(f"connection refused: {reason}")


def from_close(code: int, reason: str, *, retryable: bool) -> TenantError:
    """A lost connection, by its close code."""
    text = f"connection closed with {code} {_text(reason)}".rstrip()
    if code in _FORBIDDEN_CODES or _UNAUTHORIZED.search(reason):
        return KeyRefused(text)
    if retryable:
        return TenantUnreachable(text)
    return AnswerFailed(text) if code in _SERVER_CODES else PeerMisbehaved(text)


def _text(value: object) -> str:
    return clean(value)[:_LONGEST] if isinstance(value, str) else ""


def _code(error: Mapping[str, object]) -> str:
    extensions = error.get("extensions")
    return str(extensions.get("code", "")) if isinstance(extensions, dict) else ""
