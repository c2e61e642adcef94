"""Who somebody is, as Slack tells."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
import yaml

from bot.errors import SlackError, SlackRefused, SlackUnreachable, TokenRefused
from bot.model import Person
from bot.sandbox.slack import manifest
from bot.slack.people import Home, People
from tests.fakes import Clock
from tests.slack.conftest import Answer, WebApi, refused
from tests.slack.installed import Installed, installed


async def no_time(_: float) -> None:
    """A pause that is over at once."""


@pytest.fixture
async def here() -> AsyncIterator[Installed]:
    """A workspace with people of every kind."""
    async with installed() as made:
        yield made


def people(here: Installed, clock: Clock | None = None) -> People:
    return People(here.client, here.home, clock=clock or Clock())


# -- in a workspace --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ada", Person("", "ada@example.com", admin=True)),
        ("grace", Person("", "grace@example.com")),
        ("emmy", Person("")),
        ("gertrude", Person("", "gertrude@example.com", guest=True)),
        ("otto", Person("", outsider=True)),
        ("emilie", Person("", "emilie@example.com", deactivated=True)),
    ],
)
async def test_slack_tells_who_somebody_is(here: Installed, name: str, expected: Person) -> None:
    """Admins, members, guests, people of another organisation, and who has left."""
    found = await people(here).person(here.user(name))
    assert found.id == here.user(name)
    assert (found.email, found.admin) == (expected.email, expected.admin)
    assert (found.guest, found.outsider, found.deactivated) == (
        expected.guest,
        expected.outsider,
        expected.deactivated,
    )
    assert not found.robot


async def test_an_app_is_nobody(here: Installed) -> None:
    """It is told apart, and so is Slackbot, whom no workspace calls an app."""
    assert (await people(here).person(here.workspace.bot_user_id)).robot


async def test_somebody_who_is_not_there_is_nobody_of_ours(here: Installed) -> None:
    """An id that Slack does not know gets in nowhere."""
    assert await people(here).person("U0000000") == Person("U0000000", outsider=True)


async def test_somebody_is_looked_up_once_in_some_minutes(here: Installed) -> None:
    """Who leaves is noticed after that."""
    clock = Clock()
    known = people(here, clock)
    for _ in range(5):
        assert not (await known.person(here.user("grace"))).deactivated
    assert here.calls("users.info") == 1
    here.workspace.deactivate("grace")
    clock.now += 299
    assert not (await known.person(here.user("grace"))).deactivated
    clock.now += 1
    assert (await known.person(here.user("grace"))).deactivated
    assert here.calls("users.info") == 2


async def test_without_the_scope_there_is_no_address(tmp_path: Path) -> None:
    """The person is known all the same."""
    own = yaml.safe_load(manifest._own())
    own["oauth_config"]["scopes"]["bot"].remove("users:read.email")
    path = tmp_path / "manifest.yml"
    path.write_text(yaml.safe_dump(own))
    async with installed(path) as here:
        found = await people(here).person(here.user("ada"))
        assert (found.email, found.admin) == ("", True)


# -- answers that the sandbox does not give ---------------------------------------------------------------

TEAM = "T1"
HOME = Home(TEAM)


async def told(api: WebApi, raw: Mapping[str, object], *, home: Home = HOME, user: str = "U1") -> Person:
    """The person whom Slack describes so."""
    api.expect("users.info", Answer({"user": raw}))
    return await People(api.client, home, clock=Clock()).person(user)


@pytest.mark.parametrize(
    ("raw", "enterprise", "outsider"),
    [
        ({"team_id": "T1"}, "", False),
        ({"team_id": "T2"}, "", True),
        ({"team_id": "T1", "is_stranger": True}, "", True),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, "E1", False),
        ({"team_id": "E1", "enterprise_user": {"enterprise_id": "E1"}}, "E1", False),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, "E1", True),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": ""}}, "", True),
        ({"team_id": "T2", "enterprise_user": "E1"}, "E1", True),
        ({"team_id": "T2", "is_stranger": True, "enterprise_user": {"enterprise_id": "E1"}}, "E1", True),
        ({}, "", True),
        ({"team_id": None}, "E1", True),
    ],
)
async def test_colleagues_are_told_from_outsiders(
    api: WebApi, raw: Mapping[str, object], enterprise: str, *, outsider: bool
) -> None:
    """In an organisation of several workspaces; where Slack does not say, somebody is no colleague."""
    assert (await told(api, raw, home=Home(TEAM, enterprise))).outsider is outsider


@pytest.mark.parametrize("flag", ["is_admin", "is_owner", "is_primary_owner"])
async def test_owners_are_admins(api: WebApi, flag: str) -> None:
    """Of every rank."""
    assert (await told(api, {"team_id": TEAM, flag: True})).admin
    assert not (await told(api, {"team_id": TEAM, flag: "true"}, user="U2")).admin


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted"])
async def test_guests_of_one_channel_are_guests(api: WebApi, flag: str) -> None:
    """As those of several are."""
    assert (await told(api, {"team_id": TEAM, flag: True})).guest


async def test_slackbot_is_a_robot(api: WebApi) -> None:
    """Although Slack says that it is none."""
    assert (await told(api, {"team_id": TEAM, "is_bot": False}, user="USLACKBOT")).robot


@pytest.mark.parametrize("body", [{}, {"user": None}, {"user": []}])
async def test_an_answer_without_a_person_is_nobody_of_ours(api: WebApi, body: dict[str, object]) -> None:
    """What cannot be read lets nobody in."""
    api.expect("users.info", Answer(body))
    assert await People(api.client, HOME, clock=Clock()).person("U1") == Person("U1", outsider=True)


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible"])
async def test_who_cannot_be_seen_is_nobody_of_ours(api: WebApi, code: str) -> None:
    """Slack hides people of other organisations in more than one way."""
    api.expect("users.info", refused(code))
    assert (await People(api.client, HOME, clock=Clock()).person("U1")).outsider


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused("missing_scope"), TokenRefused),
        (refused("an_error_of_tomorrow"), SlackRefused),
        (Answer(status=503, text="{"), SlackUnreachable),
    ],
)
async def test_where_slack_does_not_tell_nobody_is_known(
    api: WebApi, answer: Answer, kind: type[SlackError]
) -> None:
    """That is an error, not a person without rights or with some; the next one asks again."""
    found = People(api.client, HOME, clock=Clock(), sleep=no_time)
    api.expect(
        "users.info", *[answer] * (3 if answer.status == 503 else 1), Answer({"user": {"team_id": TEAM}})
    )
    with pytest.raises(kind):
        await found.person("U1")
    assert not (await found.person("U1")).outsider
