"""Tokens of the access key's owner, made by Descope (the Wisdom API specification's way to sign in).

The only door to the package ``descope``, an extra. Its asynchronous client is used: a wait for it can be
given up at any time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from bot.errors import ConfigurationError, KeyRefused, PeerMisbehaved, TenantError, TenantUnreachable
from bot.model import Identity
from bot.wisdom.contact import FirstContact
from bot.wisdom.http import own_errors
from bot.wisdom.tokens import Token, received

#: For one sign-in, with all requests and the package's own repetitions, in seconds.
_PATIENCE = 20.0
_REFUSALS = frozenset({400, 401, 403, 404})


@dataclass(frozen=True, slots=True)
class Project:
    """The tenant's project at Descope.

    Attributes:
        base: where Descope is; empty leaves it to the package, which knows by the project's id.
    """

    id: str
    base: str = ""


class Descope:
    """``exchange_access_key`` of Descope.

    Args:
        clock: seconds since the epoch.
        patience: for one sign-in, in seconds.

    Raises:
        ConfigurationError: the package is not installed.
    """

    def __init__(
        self,
        key: SecretStr,
        project: Project,
        *,
        clock: Callable[[], float],
        contact: FirstContact,
        patience: float = _PATIENCE,
    ) -> None:
        try:
            import descope  # noqa: F401, PLC0415 - an extra; its absence is told at the start, not by a question
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"Descope needs its extra ({error.name} is missing): pip install '.[descope]'"
            ) from error
        self._key = key
        self._project = project
        self._clock = clock
        self._contact = contact
        self._patience = patience

    async def fetch(self, identity: Identity) -> Token:  # noqa: ARG002 - one key has one owner
        """A new token; raises KeyRefused, TenantUnreachable, PeerMisbehaved."""
        with _own_errors():
            text = await self._exchange()
        token = received(text, now=self._clock(), by="Descope")
        self._contact.note("sign-in", "the key is exchanged for a token by Descope")
        return token

    async def _exchange(self) -> object:
        from descope import DescopeClientAsync  # noqa: PLC0415 - an extra

        client = DescopeClientAsync(
            self._project.id,
            base_url=self._project.base.rstrip("/") or None,
            timeout_seconds=self._patience,
        )
        async with asyncio.timeout(self._patience), client:
            session = await client.exchange_access_key(self._key.get_secret_value())
        return session["sessionToken"]["jwt"]


@contextmanager
def _own_errors() -> Iterator[None]:
    """Maps every error of the package to one of ours, without Descope's words: they may repeat the key."""
    from descope import AuthException, RateLimitException  # noqa: PLC0415 - an extra
    from jwt import PyJWTError  # noqa: PLC0415 - comes with it

    try:
        with own_errors():
            yield
    except RateLimitException:
        raise TenantUnreachable("Descope takes no more requests for now") from None
    except AuthException as error:
        raise _refusal(error.status_code or 0, error.error_type or "") from None
    except TimeoutError:
        raise TenantUnreachable("Descope does not answer") from None
    except OSError as error:  # such as certificates that cannot be read
        raise TenantUnreachable(f"Descope: {type(error).__name__}") from error
    except TenantError as error:
        raise type(error)(f"Descope: {error}") from error.__cause__
    except (PyJWTError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise PeerMisbehaved(f"Descope gave no token: {type(error).__name__}") from None


def _refusal(status: int, kind: str) -> TenantError:
    from descope import ERROR_TYPE_SERVER_ERROR  # noqa: PLC0415 - an extra

    if kind != ERROR_TYPE_SERVER_ERROR:  # found by the package itself, in the token or its public key
        return PeerMisbehaved("the token of Descope cannot be verified; is this machine's clock right?")
    if status in _REFUSALS:
        return KeyRefused(f"Descope refuses the access key, or does not know the project: HTTP {status}")
    return TenantUnreachable(f"Descope: HTTP {status}")
