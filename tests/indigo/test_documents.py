from __future__ import annotations

import pytest
from graphql import build_schema, parse, validate

from bot.indigo import documents
from bot.sandbox.indigo.schema import sdl

NAMES = ("conversations", "messages", "sort_type", "user_roles")


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_document_fits_the_platform(name: str, *, short: bool) -> None:
    """The short ones fit a platform that serves no more than is documented."""
    schema = build_schema(sdl("documented" if short else "full"))
    assert validate(schema, parse(documents.load(name, short=short))) == []


@pytest.mark.parametrize("name", ["conversations", "messages", "user_roles"])
def test_only_the_full_ones_ask_for_more_than_is_documented(name: str) -> None:
    """The first cursor of a page, and what is before it."""
    full, short = documents.load(name), documents.load(name, short=True)
    assert all(field in full and field not in short for field in documents.BEYOND)
    assert "endCursor hasNextPage" in short


def test_the_environment_stands_in_the_text() -> None:
    """The type of this enum is not published, so it cannot be a variable."""
    assert "env: TEST" in documents.load("messages", env="TEST")
    assert "PRODUCTION" not in documents.load("conversations", env="TEST")


def test_all_of_them_are_loaded_at_once() -> None:
    """Each in both lengths, so that no request reads a file."""
    there = documents.load_all("TEST")
    assert set(there) == {(name, short) for name in NAMES for short in (False, True)}
    assert there["messages", True] == documents.load("messages", env="TEST", short=True)
