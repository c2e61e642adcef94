"""What an ID token says, once it is believed (OpenID Connect Core 1.0, 3.1.3.7). No I/O and no clock.

Slack names the person and the workspace in claims of its own, ``https://slack.com/user_id`` and
``https://slack.com/team_id`` (api.slack.com/authentication/sign-in-with-slack).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import jwt

from bot.embed.visitor import Visitor
from bot.errors import SignInFailed

#: The clocks of the two sides may differ by so many seconds.
LEEWAY = 60.0
#: An ID token is made for the moment; one that is older was kept by somebody.
_OLDEST = 600.0
#: Signatures that only the issuer can make. One by a shared secret, or none, is not taken.
_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
_USER, _TEAM = "https://slack.com/user_id", "https://slack.com/team_id"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say.

    Attributes:
        issuer: who made it.
        client: whom it is made for.
        nonce: of the sign-in that it belongs to.
    """

    issuer: str
    client: str
    nonce: str


def key_id(token: str) -> str:
    """The name of the key that the token says it is signed with; empty where it says none."""
    return str(_header(token).get("kid") or "")


def believed(token: str, key: jwt.PyJWK, expected: Expected, *, now: float) -> Visitor:
    """Who the token is about; raises SignInFailed with the reason where it is not to be believed."""
    if key.algorithm_name not in _ALGORITHMS or _header(token).get("alg") != key.algorithm_name:
        raise SignInFailed("the ID token is signed in a way that is not taken")
    try:
        claims = jwt.decode(
            token,
            key=key,
            algorithms=[key.algorithm_name],
            audience=expected.client,
            issuer=expected.issuer,
            options={
                "require": ["iss", "sub", "aud", "exp", "iat"],
                "verify_exp": False,  # by the clock that is handed in, below
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.PyJWTError as error:
        raise SignInFailed(f"the ID token is not valid: {type(error).__name__}") from error
    _check_times(claims, now)
    _check_party(claims, expected)
    return _visitor(claims)


def key_of(raw: object) -> jwt.PyJWK | None:
    """A key of the issuer's set; None where it is of a kind that signs nothing here."""
    if not isinstance(raw, Mapping) or raw.get("use", "sig") != "sig":
        return None
    try:
        return jwt.PyJWK(dict(raw))
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None


def _header(token: str) -> Mapping[str, object]:
    try:
        header: Mapping[str, object] = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise SignInFailed("there is no ID token that can be read") from error
    return header


def _check_times(claims: Mapping[str, object], now: float) -> None:
    made, end = _seconds(claims["iat"]), _seconds(claims["exp"])
    if end + LEEWAY <= now:
        raise SignInFailed("the ID token has expired")
    if made > now + LEEWAY or made + _OLDEST < now:
        raise SignInFailed("the ID token was not made just now; is this machine's clock right?")
    if "nbf" in claims and _seconds(claims["nbf"]) > now + LEEWAY:
        raise SignInFailed("the ID token is not valid yet")


def _check_party(claims: Mapping[str, object], expected: Expected) -> None:
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or "azp" in claims) and claims.get("azp") != expected.client:
        raise SignInFailed("the ID token was made for another application")
    if claims.get("nonce") != expected.nonce:
        raise SignInFailed("the ID token belongs to another sign-in")


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SignInFailed("the ID token does not say when it was made and when it ends")
    return float(value)


def _visitor(claims: Mapping[str, object]) -> Visitor:
    return Visitor(
        subject=_text(claims["sub"]),
        email=_text(claims.get("email")),
        verified=_verified(claims.get("email_verified")),
        user=_text(claims.get(_USER)),
        team=_text(claims.get(_TEAM)),
    )


def _verified(value: object) -> bool | None:
    """Some issuers write the word instead of the value."""
    known: Mapping[Literal["true", "false"], bool] = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    return next((said for word, said in known.items() if value == word), None)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
