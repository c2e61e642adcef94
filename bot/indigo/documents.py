"""The GraphQL documents, as they lie in ``operations/``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

#: Asked for beside what is documented; a server that follows the documentation to the letter has none of it.
BEYOND = ("startCursor", "hasPreviousPage")
_ENV = "env: PRODUCTION"
_NAMES = ("conversations", "messages", "sort_type", "user_roles")


def load(name: str, *, env: str = "PRODUCTION", short: bool = False) -> str:
    """The text of ``operations/<name>.graphql``.

    Args:
        name: of the file, without its ending.
        env: of the workspace. The type of this enum is not published, so its value stands in the text, as in
            the vendor's examples.
        short: ask for no more of ``pageInfo`` than is documented.
    """
    text = resources.files("bot.indigo").joinpath("operations", f"{name}.graphql").read_text(encoding="utf-8")
    text = text.replace(_ENV, f"env: {env}")
    return text.replace(" " + " ".join(BEYOND), "") if short else text


def load_all(env: str) -> Mapping[tuple[str, bool], str]:
    """Every document that a client sends of its own, by name and whether it is short."""
    return {(name, short): load(name, env=env, short=short) for name in _NAMES for short in (False, True)}
