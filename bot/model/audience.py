"""Who is who in Slack, where people talk, and what is allowed there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack.

    Attributes:
        email: of their profile; empty where Slack does not tell.
        deactivated: their account in Slack is.
        robot: an app or Slackbot.
        guest: of one channel or of several.
        outsider: of another organisation, seen through Slack Connect.
        admin: an admin or owner of the workspace.
        zone: name of their time zone, such as ``Europe/Rome``; empty where Slack does not tell.
    """

    id: str
    email: str = field(default="", repr=False)
    deactivated: bool = False
    robot: bool = False
    guest: bool = False
    outsider: bool = False
    admin: bool = False
    zone: str = field(default="", compare=False)


class PlaceKind(StrEnum):
    """Kinds of conversation."""

    DIRECT = "direct"
    GROUP = "group"
    PUBLIC = "public"
    PRIVATE = "private"
    #: One that the bot is not in and may not look into.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation in Slack.

    Attributes:
        creator: user id of who made it; empty where Slack does not tell.
        shared: people of other organisations are in it, or invited.
        partners: ids of their workspaces and organisations, as far as Slack tells.
    """

    id: str
    kind: PlaceKind
    creator: str = ""
    shared: bool = False
    partners: frozenset[str] = frozenset()


class Audience(StrEnum):
    """Who reads the answers of a channel."""

    EVERYBODY = "everybody"
    ASKER = "asker"


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """What is set for a channel; None is the app's own setting.

    Attributes:
        domains: ids of the domains that may be asked there; empty: all that the asker may ask.
        audience: who reads the answers.
        exports: results may be taken out as files.
        creator_edits: who made the channel may change this.
        editors: user ids of others who may.
        consent: ids of the partners that an admin allowed to read along; None: nobody was allowed.
    """

    domains: tuple[str, ...] = ()
    audience: Audience | None = None
    exports: bool | None = None
    creator_edits: bool = True
    editors: tuple[str, ...] = ()
    consent: frozenset[str] | None = None


class Deed(StrEnum):
    """What somebody wants to do in a place."""

    ASK = "ask"
    #: Look at an answer's data or SQL, change its chart, give an opinion.
    USE = "use"
    EXPORT = "export"
    SHARE = "share"
    CONFIGURE = "configure"
    #: Let people of other organisations read along.
    CONSENT = "consent"
