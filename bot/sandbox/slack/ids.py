"""Ids, tokens and timestamps that look like Slack's and are the same on every run."""

from __future__ import annotations

import random
import string

from .clock import Clock

_LETTERS = string.ascii_uppercase + string.digits
_TOKEN = string.ascii_letters + string.digits
_DIGITS = string.digits


class Ids:
    """The workspace's source of names; one seed, one sequence."""

    def __init__(self, seed: int, clock: Clock) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable names are the point, nothing is guarded
        self._clock = clock
        self._last_ts = 0

    def make(self, prefix: str) -> str:
        """An id such as ``C0K3JD92LQX``."""
        return f"{prefix}0{self._pick(_LETTERS, 9)}"

    def token(self, kind: str) -> str:
        """A token of a kind such as ``xoxb``."""
        middle = "-".join(self._pick(_DIGITS, 12) for _ in range(2))
        return f"{kind}-{middle}-{self._pick(_TOKEN, 24)}"

    def app_token(self, app_id: str) -> str:
        """An app-level token; it names its app."""
        return f"xapp-1-{app_id}-{self._pick(_DIGITS, 13)}-{self.secret(64)}"

    def secret(self, length: int = 32) -> str:
        """A secret in hexadecimal digits."""
        return self._pick("0123456789abcdef", length)

    def client_id(self) -> str:
        """What an app is called by where people sign in: two numbers with a dot between them."""
        return f"{self._pick(_DIGITS, 11)}.{self._pick(_DIGITS, 12)}"

    def code(self) -> str:
        """A code that a sign-in ends with, for the app to exchange."""
        return f"{self.client_id()}.{self.secret(64)}"

    def uuid(self) -> str:
        """A UUID-shaped id."""
        digits = self.secret(32)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def trigger(self) -> str:
        """A trigger id such as ``4711.0815.ab12…``."""
        return f"{self._pick(_DIGITS, 12)}.{self._pick(_DIGITS, 11)}.{self.secret(32)}"

    def choose(self, count: int) -> int:
        """A number from 0 to ``count - 1``."""
        return self._random.randrange(count)

    def ts(self) -> str:
        """The next timestamp, later than every one before: seconds and six digits of microseconds."""
        self._last_ts = max(self._last_ts + 1, int(self._clock.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def _pick(self, alphabet: str, length: int) -> str:
        return "".join(self._random.choice(alphabet) for _ in range(length))
