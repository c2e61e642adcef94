"""Tokens that act as somebody: ``impersonateUser``, with an access key that is allowed to.

The vendor's documents show it as a mutation since April 2026 and as a query before; a tenant has one of them.
Of its errors no text is documented, so they are matched as widely as is safe: each of them refuses, and only
the reason that is told depends on the words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pydantic import SecretStr

from bot.errors import (
    AnswerFailed,
    ImpersonationRefused,
    KeyRefused,
    PersonDeactivated,
    PersonUnknown,
    TenantError,
)
from bot.model import Identity
from bot.wisdom import documents, faults
from bot.wisdom.contact import FirstContact
from bot.wisdom.http import Http
from bot.wisdom.tokens import Token, received

_FORMS = ("mutation", "query")

# What common servers say where the operation itself is missing, and not one of its arguments.
_NO_FIELD = re.compile(
    r"cannot query field|undefined ?field|field ?undefined|\bin type\b.{0,80}\bis undefined|"
    r"(?:not found|not exist|n't exist)\b.{0,20}\b(?:in|on) type",
    re.IGNORECASE,
)
_NO_MUTATIONS = re.compile(
    r"\b(?:not|no)\b.{0,60}\bmutations?\b|\bmutations?\b.{0,40}\bnot (?:configured|supported|defined)",
    re.IGNORECASE,
)

_PERSON = r"\b(?:user|account|member|person|e-?mail|address)\b(?! impersonat)"
# The sentence goes on about the person, and not about the key, the token or a right.
_ABOUT = r"(?:(?!impersonat|\bkey\b|\btoken\b|permission|[:;]).){0,80}?"
_OFF = r"\b(?:deactivated|disabled|suspended|inactive|not active|blocked|locked|switched off|archived)\b"
_MISSING = r"\b(?:not found|unknown|not exist|n't exist|not registered|not be found|no longer exists?)\b"
_DEACTIVATED = re.compile(
    rf"{_PERSON}{_ABOUT}{_OFF}|{_OFF} (?:user|account|member|person)\b(?! impersonat)",
    re.IGNORECASE | re.DOTALL,
)
_UNKNOWN = re.compile(
    rf"{_PERSON}{_ABOUT}{_MISSING}|"
    r"\b(?:no such|unknown|no|(?:can ?not|can't|could not|couldn't) find(?: an?| the| any)?) "
    r"(?:user|account|member|person)\b(?! (?:impersonat|permission|right|role))",
    re.IGNORECASE | re.DOTALL,
)
_MAY_NOT = re.compile(
    r"(?:\bnot\b|\bcan ?not\b|\bcan't\b|unauthori[sz]ed to|\bno\b|\blacks?\b|\bmissing\b|\bwithout\b)"
    r"[^:;.]{0,60}\bimpersonat(?!eUser)|"
    r"\bimpersonat(?!eUser)\w*\b[^:;.]{0,60}\b(?:not|n't|disabled|denied|forbidden|off|unavailable)\b",
    re.IGNORECASE,
)
#: In this order: an account that is switched off is there, and a person may be what a key may not act for.
_BY_WORDS: tuple[tuple[re.Pattern[str], type[TenantError]], ...] = (
    (_DEACTIVATED, PersonDeactivated),
    (_UNKNOWN, PersonUnknown),
    (_MAY_NOT, ImpersonationRefused),
)
_MISSING_CODES = frozenset({"NOT_FOUND", "404", "USER_NOT_FOUND"})


class Impersonation:
    """``impersonateUser``; which of its two forms the tenant has is found out once.

    Args:
        clock: seconds since the epoch.
    """

    def __init__(
        self, http: Http, key: SecretStr, *, clock: Callable[[], float], contact: FirstContact
    ) -> None:
        self._http = http
        self._key = key
        self._clock = clock
        self._contact = contact
        self._forms: tuple[str, ...] = _FORMS

    async def fetch(self, identity: Identity) -> Token:
        """A new token of this person.

        Attributes are sent where the identity has some. A tenant that does not take them is an error: without
        them the person might see more than they may.

        Raises:
            KeyRefused: the key is wrong, expired or revoked.
            ImpersonationRefused: it may not act for others, or nobody can at this tenant.
            PersonUnknown: there is no account with this address.
            PersonDeactivated: it is switched off.
            TenantError: TenantUnreachable, AnswerFailed, PeerMisbehaved.
        """
        for form in self._forms:
            try:
                data = await self._send(form, identity)
            except AnswerFailed as error:
                if _lacks_operation(error):
                    continue
                if faults.misfit(error.reasons) and identity.attributes:
                    raise AnswerFailed(
                        "impersonateUser does not take attributes at this tenant, and without them "
                        "row-level rules would not hold",
                        *error.reasons,
                    ) from error
                raise
            token = received(data.get("impersonateUser"), now=self._clock(), by="impersonateUser")
            self._forms = (form, *(other for other in _FORMS if other != form))
            self._contact.note("impersonation", f"impersonateUser is a {form}")
            return token
        raise ImpersonationRefused("the tenant has no impersonateUser")

    async def _send(self, form: str, identity: Identity) -> Mapping[str, object]:
        key = self._key.get_secret_value()
        secrets = (key, identity.email, *(value for _, value in identity.attributes))
        name = "impersonate_attributes" if identity.attributes else "impersonate"
        variables: dict[str, object] = {"accessToken": key, "userEmail": identity.email}
        if identity.attributes:
            variables["attributes"] = [{"key": each, "value": value} for each, value in identity.attributes]
        return await self._http.run(
            documents.load(name).replace("mutation", form, 1),
            operation="Impersonate",
            variables=variables,
            token=None,
            fault=lambda errors: refusal(faults.hidden(errors, secrets)),
        )


def refusal(errors: faults.Errors) -> TenantError:
    """Why there is no token: the person, the right of the key, or the key itself, in this order.

    "User is deactivated" comes with the same code as "not allowed to impersonate", and either may speak of
    authorization: so the words about a person count first, and the codes last.
    """
    errors = tuple(errors)
    reasons = faults.messages(errors)
    if faults.misfit(reasons) or _lacks_operation(AnswerFailed(*reasons)):
        return AnswerFailed(*reasons)
    words = "; ".join(reasons)
    kind = next((kind for pattern, kind in _BY_WORDS if pattern.search(words)), None) or _by_code(errors)
    return AnswerFailed(*reasons) if kind is None else kind(words)


def _by_code(errors: tuple[Mapping[str, object], ...]) -> type[TenantError] | None:
    if faults.unauthorized(errors):
        return KeyRefused
    if faults.permission(errors):
        return ImpersonationRefused
    missing = any(faults.code_of(error) in _MISSING_CODES for error in errors)
    return PersonUnknown if missing else None


def _lacks_operation(error: AnswerFailed) -> bool:
    """Whether the tenant does not have ``impersonateUser`` in the form that was tried."""
    return any(_NO_FIELD.search(reason) or _NO_MUTATIONS.search(reason) for reason in error.reasons)
