"""The app as its manifest describes it: scopes, events, commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import yaml

from . import wire


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command; ``should_escape`` turns names in its text into ``<@U…|name>`` forms."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the workspace needs to know about the app."""

    name: str
    bot_name: str
    bot_scopes: tuple[str, ...]
    bot_events: frozenset[str]
    commands: tuple[Command, ...]
    interactivity: bool


def load(path: Path | None = None) -> Manifest:
    """Read the manifest at ``path``, or the project's own one.

    Raises:
        FileNotFoundError: there is no manifest where it should be.
        ValueError: the file is not a manifest.
    """
    source = path.read_text(encoding="utf-8") if path is not None else _own()
    loaded: object = yaml.safe_load(source)
    if not wire.is_object(loaded):
        raise ValueError("a manifest is a mapping")
    return _read(loaded)


def _own() -> str:
    for place in _places():
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise FileNotFoundError("manifest.yml is neither in the package nor in the repository's root")


def _places() -> Iterator[Path]:
    """Installed it lies inside the package, in a checkout beside it."""
    package = Path(str(resources.files("bot")))
    yield package / "manifest.yml"
    yield package.parent / "manifest.yml"


def _read(raw: wire.JsonObject) -> Manifest:
    features = wire.mapping(raw, "features")
    settings = wire.mapping(raw, "settings")
    scopes = wire.mapping(wire.mapping(raw, "oauth_config"), "scopes")
    name = wire.text(wire.mapping(raw, "display_information"), "name", "App")
    return Manifest(
        name=name,
        bot_name=wire.text(wire.mapping(features, "bot_user"), "display_name", name),
        bot_scopes=_strings(wire.array(scopes, "bot")),
        bot_events=frozenset(
            _strings(wire.array(wire.mapping(settings, "event_subscriptions"), "bot_events"))
        ),
        commands=tuple(_command(item) for item in wire.objects(features, "slash_commands")),
        interactivity=wire.mapping(settings, "interactivity").get("is_enabled") is True,
    )


def _strings(values: object) -> tuple[str, ...]:
    return tuple(item for item in values if isinstance(item, str)) if wire.is_array(values) else ()


def _command(raw: wire.JsonObject) -> Command:
    return Command(
        command=wire.text(raw, "command"),
        description=wire.text(raw, "description"),
        usage_hint=wire.text(raw, "usage_hint"),
        should_escape=raw.get("should_escape") is True,
    )
