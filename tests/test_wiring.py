"""From settings to parts."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import NoReturn

import pytest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp

from bot import wiring
from bot.core.audience import Rules
from bot.core.limits import Limits
from bot.errors import ConfigurationError
from bot.inflight import Inflight, Running
from bot.model import SERVICE, Audience, Domain, Person
from bot.settings import AccessSettings, DescopeSettings, Settings, SlackSettings, WisdomSettings
from bot.slack.people import Home
from bot.tasks import Tasks
from bot.wiring import Configuration, Outside, Parts
from bot.wisdom.tenant import Tenant
from handlers.indigo import IndigoCommands
from handlers.indigo import Tools as IndigoTools
from tests.fakes import DictStore

ADA = Person("U1", "ada@example.com")


def wisdom(**changes: object) -> WisdomSettings:
    """WisdomAI's settings, as they are unless they are changed."""
    own = WisdomSettings(url="https://acme.wisdom.example", access_key=SecretStr("key"))
    return own.model_copy(update=changes)


def access(**changes: object) -> AccessSettings:
    return AccessSettings().model_copy(update=changes)


def descope(**changes: object) -> DescopeSettings:
    return DescopeSettings().model_copy(update=changes)


def configuration(own: WisdomSettings, *, access_settings: AccessSettings | None = None) -> Configuration:
    return Configuration(
        process=Settings(),
        slack=SlackSettings(bot_token=SecretStr("xoxb-1")),
        wisdom=own,
        access=access_settings or access(),
        descope=descope(),
    )


# -- values ----------------------------------------------------------------------------------------------


def test_the_rules_are_the_settings() -> None:
    """Who may ask, who reads, and what may be taken out."""
    assert wiring._rules(access()) == Rules()
    rules = wiring._rules(access(guests=True, admins=("U1", "U2"), answers=Audience.ASKER, exports=False))
    assert (rules.guests, rules.admins) == (True, frozenset({"U1", "U2"}))
    assert (rules.audience, rules.exports) == (Audience.ASKER, False)


def test_the_limits_are_the_settings() -> None:
    """Each of them is the one that its name says."""
    assert wiring._limits(access()) == Limits()
    made = wiring._limits(
        access(
            question_chars=1,
            questions_per_person=2,
            questions_per_channel=3,
            questions_at_once_per_person=4,
            questions_at_once=5,
        )
    )
    assert made == Limits(
        characters=1, person_a_minute=2, channel_a_minute=3, person_at_once=4, workspace_at_once=5
    )


def test_names_of_turns_can_be_read_out() -> None:
    """They are short, of letters and digits, and no two are the same."""
    names = {wiring.new_ref() for _ in range(1_000)}
    assert len(names) == 1_000
    assert all(len(name) == 8 and name.isalnum() for name in names)
    assert len(wiring._new_key()) == 36


def test_whose_rights_count_is_set() -> None:
    """Everybody's own, unless one account is to ask for all."""
    assert configuration(wisdom()).service is False
    assert configuration(wisdom(identity="service")).service is True


# -- the tenant ------------------------------------------------------------------------------------------


async def test_the_tenant_is_as_configured() -> None:
    """Sizes are given in MiB, and an address for subscriptions that is not set is not one."""
    made = wiring.tenant(wisdom(max_frame_mib=0.5, max_answer_mib=2.0, sql="hide"), descope())
    try:
        options = made._options
        assert (options.max_frame, options.max_answer) == (524_288, 2_097_152)
        assert (options.ws_url, options.sql, options.sign_in) == (None, "hide", "auto")
        assert options.access_key.get_secret_value() == "key"
        assert "key'" not in repr(options)
    finally:
        await made.close()


async def test_a_project_of_descope_signs_in_there() -> None:
    """With nothing else to be set."""
    made = wiring.tenant(wisdom(), descope(project_id="P123", base_uri="https://descope.example"))
    try:
        assert (made._options.descope_project, made._options.descope_base) == (
            "P123",
            "https://descope.example",
        )
    finally:
        await made.close()


def test_a_sign_in_that_cannot_be_is_refused() -> None:
    """Descope without a project."""
    with pytest.raises(ConfigurationError):
        wiring.tenant(wisdom(sign_in="descope"), descope())


# -- the parts -------------------------------------------------------------------------------------------


@pytest.fixture
async def tenant() -> AsyncIterator[Tenant]:
    made = wiring.tenant(wisdom(), descope())
    yield made
    await made.close()


def parts(tenant: Tenant, own: WisdomSettings, *, access_settings: AccessSettings | None = None) -> Parts:
    bolt = AsyncApp(token="xoxb-1", signing_secret="secret", request_verification_enabled=False)
    outside = Outside(bolt, Home("T1"), tenant, DictStore())
    return Parts(configuration(own, access_settings=access_settings), outside)


async def test_nothing_is_connected_by_building(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are made without a look at the network; only what they do later needs it."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("nothing is to be connected")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    async def run(_: Running) -> None:
        """Answers nothing."""

    built = parts(tenant, wisdom())
    built.answering()
    inflight = Inflight(run, built.journal)
    desk = built.desk(inflight)
    built.heart(inflight, desk, Tasks())
    indigo = IndigoCommands(IndigoTools(None, built.poster, wiring.new_ref))
    listeners = built.listeners(inflight, desk, indigo)
    assert listeners.settings is not None
    await built.pool.close()


async def test_people_are_identified_as_themselves(tenant: Tenant) -> None:
    """With the attributes that are set for row-level rules."""
    built = parts(tenant, wisdom(attributes=(("who", "{slack_user}"),)))
    identity = built.gate.identity(ADA)
    assert (identity.email, identity.attributes) == ("ada@example.com", (("who", "U1"),))


async def test_one_account_asks_for_all_where_that_is_set(tenant: Tenant) -> None:
    """Also for who has no address."""
    built = parts(tenant, wisdom(identity="service", attributes=(("who", "{slack_user}"),)))
    assert built.gate.identity(ADA) == built.gate.identity(Person("U2")) == SERVICE


async def test_admins_are_named_in_the_settings(tenant: Tenant) -> None:
    """Beside those of the workspace."""
    built = parts(tenant, wisdom(), access_settings=access(admins=("U1",)))
    assert built.gate.is_admin(ADA)
    assert not built.gate.is_admin(Person("U2"))


async def test_domains_that_are_written_down_are_known(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For who may not list them."""

    async def silent(*_: object) -> str:
        return ""

    monkeypatch.setattr(tenant, "domain_name", silent)
    built = parts(tenant, wisdom(domains=(("d-1", "Sales"), ("d-2", "Weather"))))
    found = await built.domains.named(("d-2", "d-3"), SERVICE)
    assert found == [Domain("d-2", "Weather"), Domain("d-3", "")]


async def test_the_trail_is_kept_as_long_as_is_set(tenant: Tenant) -> None:
    """With no days nothing is written."""
    assert parts(tenant, wisdom(), access_settings=access(audit_days=0.0)).audit._seconds == 0
    assert parts(tenant, wisdom(), access_settings=access(audit_days=2.0)).audit._seconds == 2 * 24 * 3600
