"""Settings, and that each is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.model import Audience
from bot.settings import (
    AccessSettings,
    DescopeSettings,
    EmbedSettings,
    IndigoSettings,
    Settings,
    SlackSettings,
    WisdomSettings,
    check,
    embed_wanted,
    indigo_wanted,
    read,
)

DOCUMENTED = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text()
KINDS = (
    Settings,
    SlackSettings,
    WisdomSettings,
    AccessSettings,
    DescopeSettings,
    EmbedSettings,
    IndigoSettings,
)


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting comes from this machine."""
    for kind in KINDS:
        for name in kind.model_fields:
            monkeypatch.delenv(f"{kind.model_config.get('env_prefix', '')}{name}".upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def wisdom(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What WisdomAI's settings cannot do without is there; sets more of them."""
    monkeypatch.setenv("WISDOM_URL", "https://a.example")
    monkeypatch.setenv("WISDOM_ACCESS_KEY", "k")
    return monkeypatch


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_is_documented(kind: type[Settings]) -> None:
    """docs/configuration.md names each setting."""
    prefix = kind.model_config.get("env_prefix", "")
    missing = [name for name in kind.model_fields if f"`{prefix}{name.upper()}`" not in DOCUMENTED]
    assert missing == []


@pytest.mark.parametrize("link", ["{url}/chat/{conversation}", "https://bi.example/{message}", ""])
def test_a_link_form_is_taken(wisdom: pytest.MonkeyPatch, link: str) -> None:
    """Set but empty means that there are no links."""
    wisdom.setenv("WISDOM_LINK", link)
    assert read(WisdomSettings).link == link


def test_a_link_form_with_an_unknown_place_is_refused(wisdom: pytest.MonkeyPatch) -> None:
    """An admin reads which places there are."""
    wisdom.setenv("WISDOM_LINK", "{url}/chat/{thread}")
    with pytest.raises(ConfigurationError, match=r"^WISDOM_LINK: \{thread\} is not known; \{url\}"):
        read(WisdomSettings)


def test_pairs_are_read(wisdom: pytest.MonkeyPatch) -> None:
    """In their order, also several for one key; what stands behind the first "=" is the value."""
    wisdom.setenv("WISDOM_ATTRIBUTES", " region = EMEA | region=APAC|owner={email}|query=a=b")
    wisdom.setenv("WISDOM_DOMAINS", "d-1=Sales pipeline|d-2=Weather")
    settings = read(WisdomSettings)
    assert settings.attributes == (
        ("region", "EMEA"),
        ("region", "APAC"),
        ("owner", "{email}"),
        ("query", "a=b"),
    )
    assert settings.domains == (("d-1", "Sales pipeline"), ("d-2", "Weather"))


@pytest.mark.parametrize("name", ["WISDOM_ATTRIBUTES", "WISDOM_DOMAINS"])
@pytest.mark.parametrize("value", ["region", "region=", "=EMEA", "region=EMEA|owner", "="])
def test_what_is_no_pair_is_refused(wisdom: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A row rule that is left out by a slip would show more than it should; the value is not repeated."""
    wisdom.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        read(WisdomSettings)
    assert str(caught.value) == f"{name}: must be key=value, with a vertical bar between two of them"


def test_what_nobody_fills_in_is_refused(wisdom: pytest.MonkeyPatch) -> None:
    """WisdomAI would compare rows with the braces."""
    wisdom.setenv("WISDOM_ATTRIBUTES", "owner={email}|team={mail}")
    with pytest.raises(ConfigurationError) as caught:
        read(WisdomSettings)
    assert str(caught.value) == "WISDOM_ATTRIBUTES: knows no {mail}, only {email} and {slack_user}"


@pytest.mark.parametrize("name", ["WISDOM_ATTRIBUTES", "WISDOM_DOMAINS"])
@pytest.mark.parametrize("value", ["", " ", "|"])
def test_no_pairs_are_none(wisdom: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Set but empty is not set."""
    wisdom.setenv(name, value)
    settings = read(WisdomSettings)
    assert (settings.attributes, settings.domains) == ((), ())


def test_who_may_ask_and_how_much_unless_an_admin_says_otherwise() -> None:
    """Everybody as themselves, no guests, and answers where they were asked."""
    access = read(AccessSettings)
    assert (access.answers, access.exports, access.guests, access.admins) == (
        Audience.EVERYBODY, True, False, ()
    )  # fmt: skip
    assert access.audit_days == 180
    assert (access.question_chars, access.questions_per_person, access.questions_per_channel) == (
        4000,
        10,
        30,
    )
    assert (access.questions_at_once_per_person, access.questions_at_once) == (5, 50)


def test_how_one_signs_in_unless_an_admin_says_otherwise(wisdom: pytest.MonkeyPatch) -> None:
    """What is not known of the tenant is found out; nobody asks with another's rights."""
    del wisdom
    settings = read(WisdomSettings)
    assert (settings.identity, settings.sign_in, settings.sql) == ("impersonate", "auto", "auto")
    assert (settings.max_frame_mib, settings.max_answer_mib) == (16, 64)
    descope = read(DescopeSettings)
    assert (descope.project_id, descope.base_uri) == ("", "")


def test_access_is_set_by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an admin writes them."""
    for name, value in {
        "ANSWERS": "asker", "EXPORTS": "false", "GUESTS": "yes", "ADMINS": "U1 | U2", "AUDIT_DAYS": "0",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    access = read(AccessSettings)
    assert (access.answers, access.exports, access.guests) == (Audience.ASKER, False, True)
    assert (access.admins, access.audit_days) == (("U1", "U2"), 0)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (Settings, "CHARTS", "svg"),
        (Settings, "RESULTS_DAYS", "-1"),
        (Settings, "RESULTS_DAYS", "inf"),
        (Settings, "RESULTS_DAYS", "nan"),
        (AccessSettings, "ANSWERS", "nobody"),
        (AccessSettings, "GUESTS", "perhaps"),
        (AccessSettings, "AUDIT_DAYS", "-1"),
        (AccessSettings, "AUDIT_DAYS", "nan"),
        (AccessSettings, "QUESTION_CHARS", "0"),
        (AccessSettings, "QUESTIONS_PER_PERSON", "0"),
        (AccessSettings, "QUESTIONS_AT_ONCE", "many"),
        (WisdomSettings, "WISDOM_IDENTITY", "everybody"),
        (WisdomSettings, "WISDOM_SIGN_IN", "password"),
        (WisdomSettings, "WISDOM_SQL", "maybe"),
        (WisdomSettings, "WISDOM_MAX_ANSWER_MIB", "0"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(
    wisdom: pytest.MonkeyPatch, kind: type[Settings], name: str, value: str
) -> None:
    """The start stops with a sentence that names the setting, and nothing else."""
    wisdom.setenv(name, value)
    with pytest.raises(ConfigurationError, match=f"^{name}: [^;]+$"):
        read(kind)


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


# -- the embed host --------------------------------------------------------------------------------------


@pytest.fixture
def embed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What a host cannot do without is there; sets more of it."""
    monkeypatch.setenv("EMBED_URL", "https://bi.example/")
    monkeypatch.setenv("EMBED_CLIENT_ID", "client")
    monkeypatch.setenv("EMBED_CLIENT_SECRET", "secret")
    monkeypatch.setenv("EMBED_SECRET", "0123456789abcdef0123456789abcdef")
    return monkeypatch


def test_a_host_signs_in_with_slack_for_a_working_day(embed: pytest.MonkeyPatch) -> None:
    """Unless an admin says otherwise; the address is an origin."""
    del embed
    settings = read(EmbedSettings)
    assert (settings.url, settings.issuer) == ("https://bi.example", "https://slack.com")
    assert (settings.session_minutes, settings.emails, settings.paths) == (480, "verified", ())


@pytest.mark.parametrize("name", ["EMBED_URL", "EMBED_CLIENT_ID", "EMBED_CLIENT_SECRET", "EMBED_SECRET"])
def test_a_host_is_wanted_as_soon_as_anything_of_it_is_set(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Then the rest must be there too: a half host that does not start is noticed."""
    assert not embed_wanted()
    monkeypatch.setenv(name, "")
    assert not embed_wanted()
    monkeypatch.setenv(name, "https://bi.example")
    assert embed_wanted()
    with pytest.raises(ConfigurationError, match="is not set"):
        read(EmbedSettings)


@pytest.mark.parametrize("url", ["http://localhost:8080", "http://127.0.0.1:8080", "https://bi.example"])
def test_a_host_without_tls_is_on_this_machine(embed: pytest.MonkeyPatch, url: str) -> None:
    """That is for trying things out."""
    embed.setenv("EMBED_URL", url)
    assert read(EmbedSettings).url == url


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("EMBED_URL", "http://bi.example", "must begin with https://"),
        ("EMBED_URL", "https://bi.example/path", "must be the address"),
        ("EMBED_ISSUER", "http://issuer.example", "must be the issuer's address"),
        ("EMBED_ISSUER", "issuer.example", "must be the issuer's address"),
        ("EMBED_SECRET", "0123456789abcdef0123456789abcde", "must have 32 characters or more"),
        ("EMBED_SECRET", "", "is not set"),
        ("EMBED_SESSION_MINUTES", "1441", "less than or equal to 1440"),
        ("EMBED_PATHS", "chat=/chat/embed", "needs {id} once"),
        ("EMBED_PATHS", "story=/stories", "knows no story"),
    ],
)
def test_a_host_that_would_not_be_safe_is_refused(
    embed: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """An admin reads which setting it is; a secret is not repeated."""
    embed.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        read(EmbedSettings)
    assert str(caught.value).startswith(f"{name}: ")
    assert words in str(caught.value)
    assert "0123456789" not in str(caught.value)


def test_an_older_tenant_has_other_pages(embed: pytest.MonkeyPatch) -> None:
    """As pairs, of those pages that differ."""
    embed.setenv("EMBED_PATHS", "search=/chat/embed|chat=/chat/embed/{id}")
    assert read(EmbedSettings).paths == (("search", "/chat/embed"), ("chat", "/chat/embed/{id}"))


@pytest.fixture
def indigo(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What Indigo's settings cannot do without is there; sets more of them."""
    monkeypatch.setenv("INDIGO_TOKEN", "pat-1")
    monkeypatch.setenv("INDIGO_PROJECT", "39")
    return monkeypatch


def test_indigo_needs_a_token_and_a_project() -> None:
    """Without a token nothing of it is wanted."""
    assert not indigo_wanted()
    with pytest.raises(ConfigurationError, match="INDIGO_TOKEN: is not set; INDIGO_PROJECT: is not set"):
        read(IndigoSettings)


def test_indigo_is_where_its_vendor_says(indigo: pytest.MonkeyPatch) -> None:
    """Unless another address is set."""
    assert indigo_wanted()
    settings = read(IndigoSettings)
    assert (settings.url, settings.env) == ("https://platform.indigo.ai/graphql", "PRODUCTION")
    assert "pat-1" not in repr(settings)
    indigo.setenv("INDIGO_URL", "http://127.0.0.1:8200/graphql")
    assert read(IndigoSettings).url == "http://127.0.0.1:8200/graphql"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("INDIGO_URL", "platform.indigo.ai", "must be a full address"),
        ("INDIGO_TOKEN", "", "is not set"),
        ("INDIGO_PAGE_SIZE", "0", "greater than or equal to 1"),
        ("INDIGO_CONCURRENCY", "0", "greater than or equal to 1"),
        ("INDIGO_IDS", "float", "'string' or 'int'"),
        ("INDIGO_PAGING", "backwards", "'auto', 'documented' or 'relay'"),
    ],
)
def test_a_wrong_setting_of_indigo_is_named(
    indigo: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """An admin reads which one it is, and what it may be."""
    indigo.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        read(IndigoSettings)
    assert str(caught.value).startswith(f"{name}: ")
    assert words in str(caught.value)
