"""What is found out about a tenant at run time, told to the operator once each."""

from __future__ import annotations

import logging

_log = logging.getLogger("bot.wisdom")


class FirstContact:
    """Logs each finding when it is new, and again only when it has changed."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def note(self, what: str, finding: str) -> None:
        """``what`` names the question, ``finding`` answers it; no secret belongs in either."""
        if self._found.get(what) != finding:
            self._found[what] = finding
            _log.info("%s: %s", what, finding)
