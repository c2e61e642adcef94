from pathlib import Path

import pytest

from bot.sandbox.slack import manifest


def test_the_projects_own_manifest() -> None:
    """Without a path the project's manifest is read."""
    own = manifest.load()
    assert "chat:write" in own.bot_scopes
    assert "app_mention" in own.bot_events
    assert own.commands[0].should_escape
    assert own.interactivity


def test_another_manifest(tmp_path: Path) -> None:
    """A path names another app; what it leaves out is empty."""
    path = tmp_path / "manifest.yml"
    path.write_text("display_information: {name: Other}", encoding="utf-8")
    other = manifest.load(path)
    assert (other.name, other.bot_name, other.bot_scopes, other.commands) == ("Other", "Other", (), ())


def test_what_is_no_manifest(tmp_path: Path) -> None:
    """A file that is not a mapping is refused."""
    path = tmp_path / "manifest.yml"
    path.write_text("- a list", encoding="utf-8")
    with pytest.raises(ValueError, match="mapping"):
        manifest.load(path)
