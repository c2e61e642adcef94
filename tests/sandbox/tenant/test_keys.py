"""Access keys."""

from __future__ import annotations

import pytest

from bot.sandbox.tenant.keys import AccessKeys, new_key
from bot.sandbox.tenant.people import OWNER
from bot.sandbox.tenant.refusals import Unauthorized


def test_a_key_is_found_by_its_text_and_by_its_id() -> None:
    """Nothing else finds it, whatever characters are in it."""
    keys = AccessKeys({"key": OWNER})
    found = keys.find("key")
    assert found.owner == OWNER.id
    assert keys.with_id(found.id) == found
    for text in ("", "ke", "keys", "kéy", "\ud800"):
        with pytest.raises(Unauthorized):
            keys.find(text)
    with pytest.raises(Unauthorized):
        keys.with_id("key")


def test_a_revoked_key_is_known_by_its_id_only() -> None:
    """It opens nothing more, but what it opened can still be traced to its owner; the others go on."""
    keys = AccessKeys({"key": OWNER, "other": OWNER})
    found = keys.find("key")
    keys.revoke("key")
    for act in (keys.find, keys.revoke):
        with pytest.raises(Unauthorized):
            act("key")
    assert keys.with_id(found.id) == found
    assert keys.find("other").owner == OWNER.id


def test_a_key_does_not_show() -> None:
    """Printing one does not give it away."""
    assert "my key" not in repr(AccessKeys({"my key": OWNER}).find("my key"))


def test_keys_are_not_guessable() -> None:
    """Every server makes its own key."""
    assert new_key() != new_key()
