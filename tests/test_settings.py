"""Settings, and that each is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.settings import Settings, SlackSettings, WisdomSettings, check, read

DOCUMENTED = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text()
KINDS = (Settings, SlackSettings, WisdomSettings)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting comes from this machine."""
    for kind in KINDS:
        for name in kind.model_fields:
            monkeypatch.delenv(f"{kind.model_config.get('env_prefix', '')}{name}".upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_is_documented(kind: type[Settings]) -> None:
    """docs/configuration.md names each setting."""
    prefix = kind.model_config.get("env_prefix", "")
    missing = [name for name in kind.model_fields if f"`{prefix}{name.upper()}`" not in DOCUMENTED]
    assert missing == []


@pytest.mark.parametrize("link", ["{url}/chat/{conversation}", "https://bi.example/{message}", ""])
def test_a_link_form_is_taken(monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    """Set but empty means that there are no links."""
    monkeypatch.setenv("WISDOM_URL", "https://a.example")
    monkeypatch.setenv("WISDOM_ACCESS_KEY", "k")
    monkeypatch.setenv("WISDOM_LINK", link)
    assert read(WisdomSettings).link == link


def test_a_link_form_with_an_unknown_place_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An admin reads which places there are."""
    monkeypatch.setenv("WISDOM_URL", "https://a.example")
    monkeypatch.setenv("WISDOM_ACCESS_KEY", "k")
    monkeypatch.setenv("WISDOM_LINK", "{url}/chat/{thread}")
    with pytest.raises(ConfigurationError, match=r"^WISDOM_LINK: \{thread\} is not known; \{url\}"):
        read(WisdomSettings)


@pytest.mark.parametrize(
    ("name", "value"),
    [("CHARTS", "svg"), ("RESULTS_DAYS", "-1"), ("RESULTS_DAYS", "inf"), ("RESULTS_DAYS", "nan")],
)
def test_a_value_that_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The start stops with a sentence that names the setting."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        read(Settings)


def test_what_is_missing_is_named() -> None:
    """An admin reads which settings are not set."""
    with pytest.raises(ConfigurationError) as caught:
        read(WisdomSettings)
    assert str(caught.value) == "WISDOM_URL: is not set; WISDOM_ACCESS_KEY: is not set"


def test_all_groups_are_checked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing for Slack and for WisdomAI is told together."""
    monkeypatch.setenv("WISDOM_URL", "https://a.example")
    with pytest.raises(ConfigurationError) as caught:
        check(Settings, SlackSettings, WisdomSettings)
    assert str(caught.value) == "SLACK_BOT_TOKEN: is not set; WISDOM_ACCESS_KEY: is not set"


@pytest.mark.parametrize(
    "url", ["acme", "acme.wisdom.ai", "https://acme.wisdom.ai/chat", "wss://acme.wisdom.ai"]
)
def test_the_tenants_address_is_a_whole_origin(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account name, a page's address or a socket's is refused with an example."""
    monkeypatch.setenv("WISDOM_URL", url)
    monkeypatch.setenv("WISDOM_ACCESS_KEY", "key")
    with pytest.raises(ConfigurationError, match=r"such as https://acme\.wisdom\.ai"):
        read(WisdomSettings)


def test_a_wrong_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message about a setting holds neither its value nor a secret."""
    monkeypatch.setenv("WISDOM_URL", "very-secret-by-mistake")
    monkeypatch.setenv("WISDOM_ACCESS_KEY", "key-123")
    with pytest.raises(ConfigurationError) as caught:
        read(WisdomSettings)
    assert "very-secret" not in str(caught.value)
    assert "key-123" not in str(caught.value)


def test_a_file_named_env_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings may stand in .env; the environment wins over it."""
    (tmp_path / ".env").write_text("WISDOM_URL=https://a.example/\nWISDOM_ACCESS_KEY=k\nWISDOM_TOOLS=A | B\n")
    monkeypatch.setenv("WISDOM_DOMAIN_ID", "d-1")
    wisdom = read(WisdomSettings)
    assert (wisdom.url, wisdom.domain_id, wisdom.tools) == ("https://a.example", "d-1", ("A", "B"))


def test_secrets_hide_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings shows no token."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-123")
    assert "xoxb-123" not in repr(read(SlackSettings))
