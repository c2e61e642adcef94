"""Access keys: what an operator is given once, and may take back at any time."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.tenant.people import User
from bot.sandbox.tenant.refusals import Unauthorized


@dataclass(frozen=True, slots=True)
class AccessKey:
    """One key.

    Attributes:
        id: what Descope calls it by; no secret.
        text: the key itself.
        owner: id of the user whose rights it carries.
    """

    id: str
    text: str = field(repr=False)
    owner: str


class AccessKeys:
    """The keys of a tenant.

    Args:
        owners: key to the user who owns it.
        bearer: a key itself counts as a token.
        impersonating: the keys may act for others.
    """

    def __init__(
        self, owners: Mapping[str, User], *, bearer: bool = False, impersonating: bool = True
    ) -> None:
        self.bearer = bearer
        self.impersonating = impersonating
        self._keys = [AccessKey(f"K2{secrets.token_hex(12)}", text, user.id) for text, user in owners.items()]
        self._revoked: set[str] = set()

    def find(self, text: str) -> AccessKey:
        """The key that somebody shows; raises :class:`Unauthorized` for an unknown or revoked one."""
        given = text.encode(errors="surrogatepass")
        for key in self._keys:
            if hmac.compare_digest(key.text.encode(), given) and key.id not in self._revoked:
                return key
        raise Unauthorized

    def with_id(self, key_id: str) -> AccessKey:
        """The key with this id, revoked or not; raises :class:`Unauthorized` where there is none."""
        for key in self._keys:
            if key.id == key_id:
                return key
        raise Unauthorized

    def revoke(self, text: str) -> None:
        """Take a key back; raises :class:`Unauthorized` for an unknown or revoked one."""
        self._revoked.add(self.find(text).id)


def new_key() -> str:
    """An access key that nobody else has."""
    return f"sandbox_key_{secrets.token_hex(16)}"
