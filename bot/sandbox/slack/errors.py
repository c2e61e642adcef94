"""What the workspace answers when it refuses something."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """A Web API error: ``{"ok": false, "error": code, **details}``.

    Attributes:
        code: Slack's name of the error, for example ``channel_not_found``.
        status: HTTP status; Slack answers nearly every error with 200.
        headers: extra response headers, for example Retry-After.
        details: further members of the body.
    """

    def __init__(
        self,
        code: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.headers = dict(headers or {})
        self.details = dict(details or {})

    def body(self) -> dict[str, object]:
        """The response body."""
        return {"ok": False, "error": self.code, **self.details}
