"""Who has signed in at the embed host."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who has signed in, in the issuer's words.

    Attributes:
        subject: the issuer's name for the person, for ever theirs.
        email: their address; empty where the issuer does not tell.
        verified: whether the issuer says that the address is theirs; None where it says nothing.
        user: Slack's user id, from Slack alone.
        team: Slack's id of the workspace, likewise.
    """

    subject: str
    email: str = field(default="", repr=False)
    verified: bool | None = None
    user: str = ""
    team: str = ""
