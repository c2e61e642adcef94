"""The embed host from its settings: in a workspace, and alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import unused_port
from pydantic import SecretStr

from bot import app, embed_wiring
from bot.core.audience import Rules
from bot.embed.visitor import Visitor
from bot.embed_wiring import Workspace
from bot.errors import AccessDenied, ConfigurationError, Denial, EmailUnconfirmed
from bot.gate import Gate
from bot.model import Identity
from bot.sandbox.tenant.options import TenantOptions
from bot.settings import DescopeSettings, EmbedSettings, WisdomSettings
from bot.slack.people import Home
from tests.bench import Bench, bench
from tests.scenarios.town import Change, Town, town

__all__ = ["bench"]

SECRET = SecretStr("seal-0123456789-0123456789-0123456789-xy")


def embed(**changes: object) -> EmbedSettings:
    """Settings of a host, with Slack unless they are changed."""
    usual = EmbedSettings(
        url="https://bi.example", client_id="client", client_secret=SecretStr("s"), secret=SECRET
    )
    return usual.model_copy(update=changes)


def wisdom(**changes: object) -> WisdomSettings:
    """A tenant that people are impersonated at."""
    return WisdomSettings(url="https://acme.wisdom.example", access_key=SecretStr("k")).model_copy(
        update=changes
    )


# -- the link --------------------------------------------------------------------------------------------


def test_open_in_wisdom_leads_to_the_host() -> None:
    """Where there is one: without a token, and with the message."""
    link = embed_wiring.link(embed(), wisdom())
    assert link("c-1", "m-1") == "https://bi.example/embed/chat/c-1?messageid=m-1"
    assert link("c-1", "") == "https://bi.example/embed/chat/c-1"
    assert link("", "m-1") == ""


def test_without_a_host_it_leads_to_wisdom() -> None:
    """In the form that is set."""
    link = embed_wiring.link(None, wisdom(link="{url}/chats/{conversation}"))
    assert link("c-1", "m-1") == "https://acme.wisdom.example/chats/c-1"


# -- what is refused at the start ------------------------------------------------------------------------


def test_one_account_for_all_is_not_handed_to_browsers() -> None:
    """With the service identity everybody would hold the owner's token."""
    embed_wiring.check(None, wisdom(identity="service"))
    with pytest.raises(ConfigurationError, match=r"^EMBED_URL: needs WISDOM_IDENTITY=impersonate"):
        embed_wiring.check(embed(), wisdom(identity="service"))


def test_slack_without_the_bot_is_refused() -> None:
    """Who is a guest, or has left, only the bot can ask."""
    with pytest.raises(ConfigurationError, match=r"^EMBED_ISSUER: signing in with Slack needs the bot"):
        embed_wiring._people(embed(), wisdom(), None)


def test_rules_by_slack_need_slack() -> None:
    """A value that nobody fills in would be compared with rows as it is."""
    google = embed(issuer="https://accounts.google.com")
    with pytest.raises(ConfigurationError, match=r"^WISDOM_ATTRIBUTES: needs \{slack_user\}"):
        embed_wiring._people(google, wisdom(attributes=(("slack", "{slack_user}"),)), None)


# -- who is who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verified", "trusted", "let_in"),
    [
        (True, False, True),
        (None, False, False),
        (False, False, False),
        (None, True, True),
        (False, True, False),
    ],
)
async def test_an_address_counts_where_somebody_vouches_for_it(
    *, verified: bool | None, trusted: bool, let_in: bool
) -> None:
    """Silence is enough where the issuer is trusted; a no never is."""
    visitor = Visitor("sub-1", "ada@example.com", verified=verified)
    if not let_in:
        with pytest.raises(EmailUnconfirmed):
            await embed_wiring.by_email(visitor, trusted=trusted, attributes=())
        return
    identity = await embed_wiring.by_email(visitor, trusted=trusted, attributes=(("owner", "{email}"),))
    assert (identity.email, identity.attributes) == ("ada@example.com", (("owner", "ada@example.com"),))


async def test_nobody_is_let_in_without_an_address() -> None:
    """They would be the owner of the access key."""
    with pytest.raises(AccessDenied) as caught:
        await embed_wiring.by_email(Visitor("sub-1", "", verified=True), trusted=True, attributes=())
    assert caught.value.denial is Denial.NO_EMAIL


def workspace(bench: Bench, gate: Gate | None = None) -> Workspace:
    return Workspace("https://slack.com/api/", Home(bench.workspace.team_id), gate or bench.gate)


@pytest.mark.parametrize(
    ("name", "denial"),
    [
        ("grace", None),
        ("gertrude", Denial.GUEST),
        ("otto", Denial.OUTSIDER),
        ("emilie", Denial.DEACTIVATED),
    ],
)
async def test_the_rules_of_the_workspace_hold(bench: Bench, name: str, denial: Denial | None) -> None:
    """Who may not ask may not look; whatever address Slack's token tells, the profile's counts."""
    visitor = Visitor("sub", "mallory@example.com", True, bench.user(name), bench.workspace.team_id)
    if denial is None:
        identity = await embed_wiring.in_slack(workspace(bench), visitor)
        assert identity.email == bench.workspace.users[name].email
        return
    with pytest.raises(AccessDenied) as caught:
        await embed_wiring.in_slack(workspace(bench), visitor)
    assert caught.value.denial is denial


@pytest.mark.parametrize(("user", "team"), [("U1", "T0ANOTHER"), ("", "T0ANOTHER"), ("", "")])
async def test_another_workspace_is_not_ours(bench: Bench, user: str, team: str) -> None:
    """The same id may be somebody else's there."""
    with pytest.raises(AccessDenied) as caught:
        await embed_wiring.in_slack(workspace(bench), Visitor("sub", "a@b.example", True, user, team))
    assert caught.value.denial is Denial.OUTSIDER


async def test_guests_look_where_guests_may_ask(bench: Bench) -> None:
    """By the same setting."""

    def identify(person: object) -> Identity:
        del person
        return Identity("person-1", "gertrude@example.com")

    gate = Gate(bench.gate._people, bench.gate._places, bench.gate._policies, Rules(guests=True), identify)
    visitor = Visitor("sub", "", None, bench.user("gertrude"), bench.workspace.team_id)
    assert (await embed_wiring.in_slack(workspace(bench, gate), visitor)).name == "person-1"


# -- running ---------------------------------------------------------------------------------------------


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    """A workspace and a tenant, whose tokens live for ten minutes."""
    async with town(tmp_path, tenant=TenantOptions(token_life=600.0)) as built:
        yield built


def settings_for(here: Town, own: str) -> EmbedSettings:
    """A host for them."""
    place = here.workspace
    place.redirect_urls.append(f"{own}/embed/callback")
    secret = SecretStr(place.client_secret)
    return embed(url=own, client_id=place.client_id, client_secret=secret, issuer=place.base_url)


def hosting(here: Town, port: int, **more: object) -> Change:
    """A bot with a host at this port."""

    def change(configuration: app.Configuration) -> app.Configuration:
        own = settings_for(here, f"http://127.0.0.1:{port}")
        process = configuration.process.model_copy(update={"port": port})
        made = configuration.wisdom.model_copy(update=more)
        return replace(configuration, embed=own, process=process, wisdom=made)

    return change


async def opened(session: ClientSession, url: str, name: str) -> tuple[int, str]:
    """Somebody opens a page and says who they are: its status and text."""
    async with session.get(url) as asked:
        choice = str(asked.url)
    async with session.post(choice, data=urlencode({"person": name}), headers=_FORM) as shown:
        return shown.status, await shown.text()


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def token(session: ClientSession, own: str, page: str) -> tuple[int, dict[str, object]]:
    """What the page's script is given."""
    csrf = re.search(r'data-csrf="(\w+)"', page)
    assert csrf is not None
    headers = {"Origin": own, "X-CSRF-Token": csrf[1]}
    async with session.post(f"{own}/api/wisdom-token", headers=headers) as given:
        return given.status, await given.json()


async def test_somebody_of_the_workspace_sees_wisdom_as_themselves(here: Town) -> None:
    """By a link without a right in it: they sign in, and the token is theirs, with its whole life ahead."""
    own = f"http://127.0.0.1:{(port := unused_port())}"
    async with (
        here.bot(change=hosting(here, port)),
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        status, page = await opened(session, f"{own}/embed/chat/c-1?messageid=m-1", "grace")
        assert status == 200
        assert f'data-frame="{here.tenant.url}/embed/chat/c-1?messageid=m-1"' in page
        status, given = await token(session, own, page)
        assert (status, given["who"]) == (200, "grace@example.com")
        assert 595 <= int(str(given["expires_in"])) <= 600
        headers = {"Authorization": f"Bearer {given['token']}"}
        query = {"query": "{ currentUser { email } }"}
        async with session.post(f"{here.tenant.url}/graphql", json=query, headers=headers) as told:
            assert "grace@example.com" in await told.text()


async def test_a_guest_of_the_workspace_reads_why_not(here: Town) -> None:
    """As they would when asking."""
    own = f"http://127.0.0.1:{(port := unused_port())}"
    async with (
        here.bot(change=hosting(here, port)),
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        status, page = await opened(session, f"{own}/embed/search", "gertrude")
        assert (status, "Guests of the workspace" in page) == (403, True)


async def test_health_pages_stay_beside_it(here: Town) -> None:
    """On the same port, for whoever asks."""
    port = unused_port()
    async with (
        here.bot(change=hosting(here, port)) as running,
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{running.port}/readyz") as ready,
    ):
        assert ready.status == 200


async def test_a_bot_that_asks_as_one_account_hosts_nothing(here: Town) -> None:
    """It does not start, before it has connected to anything."""
    with pytest.raises(ConfigurationError, match=r"^EMBED_URL: needs WISDOM_IDENTITY"):
        async with here.bot(change=hosting(here, unused_port(), identity="service")):
            pass


async def test_the_host_runs_without_slack(here: Town, tmp_path: Path) -> None:
    """Another issuer vouches for addresses; there is no token of Slack's anywhere."""
    own = f"http://127.0.0.1:{(port := unused_port())}"
    given = here.here.configuration(tmp_path / "host.sqlite")
    process = given.process.model_copy(update={"port": port})
    alone = app.Hosting(process, given.wisdom, DescopeSettings(), settings_for(here, own))
    async with app.hosting(alone) as running, ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        assert running.port == port
        status, page = await opened(session, f"{own}/embed/dashboards", "ada")
        assert (status, "ada@example.com" in page) == (200, True)
        status, told = await token(session, own, page)
        assert (status, told["who"]) == (200, "ada@example.com")
