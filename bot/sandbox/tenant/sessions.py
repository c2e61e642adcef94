"""Session tokens as Descope signs them, for the owners of access keys (RS256, with a published key).

Read from the package ``descope`` 2.16: it takes the project from ``iss`` and the key's id from ``sub``, finds
the public key by the token's ``kid``, and checks ``iat`` and ``exp`` by the clock of its own machine.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bot.sandbox.tenant.refusals import Unauthorized

ALGORITHM = "RS256"
#: What Descope would call the project that this tenant's sign-in belongs to.
PROJECT = "P2WisdomSandbox000000000000"
_BITS = 2048
_EXPONENT = 65537


@dataclass(frozen=True, slots=True)
class Session:
    """What an access key is exchanged for.

    Attributes:
        expires: seconds since the epoch.
    """

    key_id: str
    token: str
    expires: int


class Sessions:
    """Signs and reads session tokens; the signing key is made when it is first needed.

    Args:
        clock: gives the present, with a time zone.
        life: seconds until a token expires.
    """

    def __init__(self, *, clock: Callable[[], datetime], life: float) -> None:
        self._clock = clock
        self._life = life
        self._kid = f"SK{secrets.token_hex(12)}"

    def open(self, key_id: str) -> Session:
        """A new session of the access key with this id."""
        now = self._clock().timestamp()
        expires = int(now + self._life)
        claims = {
            "iss": PROJECT,
            "sub": key_id,
            "drn": "DS",
            "iat": int(now),
            "exp": expires,
            "jti": secrets.token_hex(8),
        }
        token = jwt.encode(claims, self._private, algorithm=ALGORITHM, headers={"kid": self._kid})
        return Session(key_id, token, expires)

    def read(self, token: str) -> Mapping[str, object]:
        """The claims of a token that was signed here, expired or not; raises :class:`Unauthorized`."""
        try:
            return jwt.decode(
                token,
                self._private.public_key(),
                algorithms=[ALGORITHM],
                issuer=PROJECT,
                options={"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            raise Unauthorized from None

    def published(self) -> dict[str, object]:
        """The public key as a JSON Web Key Set (RFC 7517)."""
        key = RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        return {"keys": [{**key, "alg": ALGORITHM, "kid": self._kid, "use": "sig"}]}

    @cached_property
    def _private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=_EXPONENT, key_size=_BITS)
