"""What is set for each channel, kept in the store until somebody changes it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.stored import Reader
from bot.model import Audience, ChannelPolicy
from bot.store.base import Json, Store

_CHANNELS = "channels"
_AUDIENCES = {each.value: each for each in Audience}


class Policies:
    """Reads and keeps channel policies."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, team: str, channel: str) -> ChannelPolicy:
        """The channel's policy; the default one where nothing is set. Raises StoreFailed."""
        return _from_json(await self._store.get(_CHANNELS, f"{team}:{channel}"))

    async def keep(self, team: str, channel: str, policy: ChannelPolicy) -> None:
        """Sets the channel's policy; raises StoreFailed."""
        await self._store.put(_CHANNELS, f"{team}:{channel}", _to_json(policy))

    async def move(self, team: str, channel: str, to: str) -> None:
        """Slack gave the channel another id; raises StoreFailed."""
        value = await self._store.get(_CHANNELS, f"{team}:{channel}")
        if value is not None:
            await self._store.put(_CHANNELS, f"{team}:{to}", value)
            await self._store.delete(_CHANNELS, f"{team}:{channel}")


def _to_json(policy: ChannelPolicy) -> Json:
    return {
        "domains": list(policy.domains),
        "audience": policy.audience.value if policy.audience else None,
        "exports": policy.exports,
        "creator_edits": policy.creator_edits,
        "editors": list(policy.editors),
        "consent": None if policy.consent is None else sorted(policy.consent),
    }


def _from_json(value: Json) -> ChannelPolicy:
    read = Reader(value)
    chosen = read.text("domain")  # how a channel's one domain was written before there were policies
    raw = value if isinstance(value, Mapping) else {}
    exports = raw.get("exports")
    return ChannelPolicy(
        domains=read.texts("domains") or ((chosen,) if chosen else ()),
        audience=_AUDIENCES.get(read.text("audience")),
        exports=exports if isinstance(exports, bool) else None,
        creator_edits=raw.get("creator_edits") is not False,
        editors=read.texts("editors"),
        consent=frozenset(read.texts("consent")) if isinstance(raw.get("consent"), list | tuple) else None,
    )
