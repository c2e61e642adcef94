from __future__ import annotations

import logging

import pytest

from bot.wisdom.contact import FirstContact


def test_a_finding_is_logged_when_it_is_new(caplog: pytest.LogCaptureFixture) -> None:
    """The same finding is logged once, a changed one again."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    contact = FirstContact()
    for finding in ("graphql-ws", "graphql-ws", "graphql-transport-ws"):
        contact.note("subprotocol", finding)
    contact.note("fields", "all")
    assert caplog.messages == ["subprotocol: graphql-ws", "subprotocol: graphql-transport-ws", "fields: all"]
