"""What a JWT says about its own life; its signature is not looked at."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping

#: A token that says nothing about its end is taken to live this long, in seconds (the vendor's "1 h").
ASSUMED_LIFE = 3600.0


def lifetime(token: str, *, now: float) -> float:
    """How long a token that has just been made lives from ``now`` on, in seconds, by its own ``exp``.

    The clocks of the two sides may differ: where ``exp`` seems past, or ``iat`` to come, their distance
    counts.
    """
    claims = _claims(token)
    exp = _seconds(claims.get("exp"))
    if exp is None:
        return ASSUMED_LIFE
    iat = _seconds(claims.get("iat"))
    remaining = exp - (now if iat is None else max(now, iat))
    if remaining > 0:
        return remaining
    return exp - iat if iat is not None and exp > iat else ASSUMED_LIFE


def end(token: str) -> float | None:
    """When the token ends, in seconds since the epoch; None where it does not say, or is no JWT."""
    return _seconds(_claims(token).get("exp"))


def fits_a_header(token: str) -> bool:
    """Whether an HTTP header can carry it."""
    return bool(token) and token.isascii() and token.isprintable()


def _claims(token: str) -> Mapping[str, object]:
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return {}
    try:
        claims: object = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) else None
