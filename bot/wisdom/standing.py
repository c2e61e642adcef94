"""How the access key stands with WisdomAI, told to the operator when it changes."""

from __future__ import annotations

import logging
from datetime import date

_log = logging.getLogger("bot.wisdom")

_REFUSED = (
    "WisdomAI refuses WISDOM_ACCESS_KEY: it is wrong, expired or revoked. "
    "Make a new one in WisdomAI under Settings > API Keys, then restart. (%s)"
)
_TAKEN = "WisdomAI takes WISDOM_ACCESS_KEY again."
_ALONE = (
    "WisdomAI does not let WISDOM_ACCESS_KEY act for others. Make one in WisdomAI under "
    'Settings > API Keys with "Allow impersonation", then restart; or set WISDOM_IDENTITY=service. (%s)'
)
_FOR_OTHERS = "WisdomAI lets WISDOM_ACCESS_KEY act for others again."
_ENDS = "WISDOM_ACCESS_KEY ends on %s. Make a new one in WisdomAI before, then restart."


class Standing:
    """Logs each change of state once, and nothing between.

    The key is used in several ways, which may fail by themselves: it is refused as soon as one of them finds
    so, and taken again when all of those work.
    """

    def __init__(self) -> None:
        self._refused: set[str] = set()
        self._alone = False
        self._ends: date | None = None

    def refused(self, way: str, reason: str) -> None:
        """The key, used in this way, is not taken; ``reason`` holds no secret."""
        if not self._refused:
            _log.error(_REFUSED, reason)
        self._refused.add(way)

    def taken(self, way: str) -> None:
        """The key, used in this way, is good."""
        if way in self._refused:
            self._refused.discard(way)
            if not self._refused:
                _log.info(_TAKEN)

    def alone(self, reason: str) -> None:
        """The key may not act for others; ``reason`` holds no secret."""
        if not self._alone:
            _log.error(_ALONE, reason)
        self._alone = True

    def for_others(self) -> None:
        """The key may act for others."""
        if self._alone:
            self._alone = False
            _log.info(_FOR_OTHERS)

    def ends(self, day: date) -> None:
        """The key's last day is near."""
        if self._ends != day:
            self._ends = day
            _log.warning(_ENDS, day.isoformat())
