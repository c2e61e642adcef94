"""The GraphQL documents, as they lie in ``operations/``."""

from __future__ import annotations

from importlib import resources


def load(name: str) -> str:
    """The text of ``operations/<name>.graphql``."""
    return resources.files("bot.wisdom").joinpath("operations", f"{name}.graphql").read_text(encoding="utf-8")
