"""What a slash command's text looks like to the app."""

from __future__ import annotations

import re

from .workspace import Workspace

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PIECES = re.compile(r"<@(U\w+)>|<#(C\w+)>|(?<!\w)@([a-z0-9._-]*[a-z0-9])|(?<!\w)#([a-z0-9_-]+)|([&<>])")


def escaped(workspace: Workspace, text: str) -> str:
    """Names of people and channels as ``<@U…|name>`` and ``<#C…|name>``, and ``& < >`` as entities."""
    people = {user.name: user.id for user in workspace.everyone()}
    names = {user_id: name for name, user_id in people.items()}
    channels = {channel_id: name for name, channel_id in workspace.channels.items()}

    def piece(found: re.Match[str]) -> str:
        user_id = found[1] or people.get(found[3] or "", "")
        channel_id = found[2] or workspace.channels.get(found[4] or "", "")
        if user_id:
            return f"<@{user_id}|{names.get(user_id, '')}>"
        if channel_id:
            return f"<#{channel_id}|{channels.get(channel_id, '')}>"
        return _ENTITIES.get(found[0], found[0])

    return _PIECES.sub(piece, text)


def unescaped(workspace: Workspace, text: str) -> str:
    """The text as typed: mentions are names again."""
    names = {user.id: f"@{user.name}" for user in workspace.everyone()}
    names |= {channel_id: f"#{name}" for name, channel_id in workspace.channels.items()}
    return _PIECES.sub(lambda found: names.get(found[1] or found[2] or "", found[0]), text)
