from __future__ import annotations

import logging

import pytest

from bot.errors import (
    ImpersonationRefused,
    KeyRefused,
    PersonDeactivated,
    PersonUnknown,
    TenantError,
    TenantUnreachable,
)
from bot.model import SERVICE, Identity
from bot.wisdom.signin import SignIn
from bot.wisdom.standing import Standing
from bot.wisdom.tokens import Token

ADA = Identity("ada", "ada@example.com")


class Source:
    """Makes one token, or fails as told."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.error: TenantError | None = None

    async def fetch(self, identity: Identity) -> Token:  # noqa: ARG002 - the same for everybody
        """The token."""
        if self.error is not None:
            raise self.error
        return Token(self.text)


class Case:
    """Both sources, and who chooses between them."""

    def __init__(self) -> None:
        self.service, self.people = Source("of the owner"), Source("of a person")
        self.sign_in = SignIn(self.service, self.people, standing=Standing())

    async def tried(self, *identities: Identity) -> list[type[TenantError] | str]:
        """What each of them gets."""
        results: list[type[TenantError] | str] = []
        for identity in identities:
            try:
                results.append((await self.sign_in.fetch(identity)).text)
            except TenantError as error:
                results.append(type(error))
        return results


@pytest.fixture
def case(caplog: pytest.LogCaptureFixture) -> Case:
    caplog.set_level(logging.DEBUG)
    return Case()


async def test_nobody_with_an_address_gets_the_owners_token(case: Case) -> None:
    """The owner's token is for the owner only."""
    assert await case.tried(SERVICE, ADA) == ["of the owner", "of a person"]


async def test_a_person_is_never_the_owner_for_want_of_something_better(case: Case) -> None:
    """When nobody can act for others, a person gets an error, and not the owner's rights."""
    case.people.error = ImpersonationRefused("no")
    assert await case.tried(ADA, SERVICE) == [ImpersonationRefused, "of the owner"]


async def test_a_refused_key_is_told_once_for_all(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """Failing questions of anybody are one line; working again is another one."""
    case.service.error = case.people.error = KeyRefused("Unauthorized")
    await case.tried(ADA, SERVICE, ADA, SERVICE)
    case.service.error = case.people.error = None
    await case.tried(ADA, SERVICE, ADA, SERVICE)
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert "restart. (Unauthorized)" in caplog.messages[0]


async def test_a_key_that_may_not_act_for_others_is_told_once(
    case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not a refused key, and its owner's questions do not make it news again."""
    case.people.error = ImpersonationRefused("not allowed")
    await case.tried(ADA, SERVICE, ADA, SERVICE)
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "Allow impersonation" in record.message


@pytest.mark.parametrize("error", [PersonUnknown("User not found"), PersonDeactivated("switched off")])
async def test_a_person_without_account_is_no_news_for_the_operator(
    case: Case, error: TenantError, caplog: pytest.LogCaptureFixture
) -> None:
    """It proves that the key may act for others: what was said of the key before is over."""
    case.people.error = error
    assert await case.tried(ADA) == [type(error)]
    assert caplog.records == []
    case.people.error = ImpersonationRefused("not allowed")
    await case.tried(ADA)
    case.people.error = error
    await case.tried(ADA, ADA)
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


async def test_a_tenant_that_is_away_says_nothing_about_the_key(
    case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    """Between two refusals, a lost connection changes nothing."""
    for error in (KeyRefused("Unauthorized"), TenantUnreachable("away"), KeyRefused("Unauthorized")):
        case.people.error = error
        await case.tried(ADA)
    assert len(caplog.records) == 1
