from __future__ import annotations

import logging
from collections.abc import Mapping

import pytest

from bot.errors import AnswerFailed, KeyRefused, PersonDeactivated, TenantError, TenantUnreachable
from bot.model import Identity, Rights
from bot.wisdom.contact import FirstContact
from bot.wisdom.rights import RightsOf, SqlMode
from tests.wisdom.clock import Clock

ADA, GRACE = Identity("ada", "ada@example.com"), Identity("grace", "grace@example.com")
MISFIT = AnswerFailed('Cannot query field "role" on type "RoleAssignment".')
ZEROS = "00000000-0000-0000-0000-0000000000"


def assigned(*assignments: object) -> Mapping[str, object]:
    return {"currentUser": {"roleAssignments": list(assignments)}}


def roles(*names: str) -> Mapping[str, object]:
    return assigned(*({"role": {"id": f"id of {name}", "name": name}} for name in names))


class Tenant:
    """Answers with these, one after the other, the last one for ever; remembers what it was asked."""

    def __init__(self, *answers: Mapping[str, object] | TenantError) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def query(self, document: str) -> Mapping[str, object]:
        """One query."""
        self.asked.append(document)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, TenantError):
            raise answer
        return answer


def rights_of(sql: SqlMode = "auto", clock: Clock | None = None, most: int = 100) -> RightsOf:
    return RightsOf(sql, clock=clock or Clock(), contact=FirstContact(), most=most)


@pytest.mark.parametrize(
    ("named", "sql"),
    [
        (["BASIC_EXPLORER"], False),
        (["Basic Explorer"], False),
        (["basic-explorer"], False),
        (["basicExplorer", "VIEWER"], False),
        (["BASIC_EXPLORER", "EXPLORER"], True),
        (["BASIC_EXPLORER", "Admin"], True),
        (["BASIC_EXPLORER", "Data Admin"], True),
        (["SITE_ADMIN", "BASIC_EXPLORER"], True),
        (["BASIC_EXPLORER", "CONNECTION_ADMIN"], False),
        (["EXPLORER"], True),
        (["VIEWER"], True),
        ([], True),
    ],
)
async def test_a_basic_explorer_does_not_see_sql(named: list[str], sql: bool) -> None:  # noqa: FBT001 - the expectation
    """However the role is written; another role may allow it."""
    found = await rights_of().of(ADA, Tenant(roles(*named)).query)
    assert found == Rights(sql=sql, roles=tuple(named))


@pytest.mark.parametrize(
    ("answer", "shown", "sql"),
    [
        (assigned({"role": {"id": f"{ZEROS}15", "name": "Simple"}}), ("Simple",), False),
        (assigned({"role": {"id": f"{ZEROS}15"}}), (f"{ZEROS}15",), False),
        (assigned({"roleId": f"{ZEROS}15"}, {"roleId": f"{ZEROS}03"}), (f"{ZEROS}15", f"{ZEROS}03"), False),
        (assigned({"roleId": f"{ZEROS}15"}, {"roleId": f"{ZEROS}02"}), (f"{ZEROS}15", f"{ZEROS}02"), True),
        (assigned({"role": "BASIC_EXPLORER"}), ("BASIC_EXPLORER",), False),
        (assigned(None, 7, {}, {"role": 7}, {"role": {"name": None}}, {"role": "VIEWER"}), ("VIEWER",), True),
        ({"currentUser": None}, (), True),
        ({"currentUser": {"roleAssignments": None}}, (), True),
        ({}, (), True),
    ],
)
async def test_roles_are_read_in_any_shape(
    answer: Mapping[str, object],
    shown: tuple[str, ...],
    sql: bool,  # noqa: FBT001 - the expectation
) -> None:
    """By name or id, as object or text; what is neither is passed over."""
    assert await rights_of().of(ADA, Tenant(answer).query) == Rights(sql=sql, roles=shown)


async def test_the_shape_that_the_tenant_knows_is_remembered() -> None:
    """What does not fit its schema is tried once, and not for everybody again."""
    rights, tenant = rights_of(), Tenant(MISFIT, assigned({"roleId": f"{ZEROS}15"}))
    assert not (await rights.of(ADA, tenant.query)).sql
    assert not (await rights.of(GRACE, tenant.query)).sql
    assert ["roleId" in document for document in tenant.asked] == [False, True, True]


async def test_a_tenant_without_roles_leaves_them_unknown(caplog: pytest.LogCaptureFixture) -> None:
    """All three shapes are tried; SQL is shown, and that is logged once."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    rights, tenant = rights_of(), Tenant(MISFIT)
    assert await rights.of(ADA, tenant.query) == Rights()
    assert await rights.of(GRACE, tenant.query) == Rights()
    assert len(set(tenant.asked)) == 3
    assert caplog.messages == ["roles: the tenant does not have them, so SQL is shown to everybody"]


async def test_a_tenant_that_keeps_roles_to_itself_leaves_them_unknown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A refusal is kept for a while and logged once, also between answers to others."""
    caplog.set_level(logging.INFO, "bot.wisdom")
    clock = Clock()
    rights = rights_of(clock=clock)
    secretive, open_ = Tenant(AnswerFailed("You have no permission to read users")), Tenant(roles("ADMIN"))
    for _ in range(2):
        assert await rights.of(ADA, secretive.query) == Rights()
        assert await rights.of(GRACE, open_.query) == Rights(roles=("ADMIN",))
        clock.now += 301
    assert await rights.of(ADA, secretive.query) == Rights()
    assert await rights.of(ADA, secretive.query) == Rights()
    assert len(secretive.asked) == 3
    assert caplog.messages == ["roles that the tenant refuses to tell: SQL is shown"]


@pytest.mark.parametrize("error", [AnswerFailed("Internal server error"), KeyRefused("Unauthorized")])
async def test_a_passing_failure_shows_nobody_more_than_they_may_see(error: TenantError) -> None:
    """While the roles cannot be had, SQL is hidden; as soon as they can, they count."""
    rights, tenant = rights_of(), Tenant(error, roles("EXPLORER"))
    assert await rights.of(ADA, tenant.query) == Rights(sql=False)
    assert await rights.of(ADA, tenant.query) == Rights(roles=("EXPLORER",))


@pytest.mark.parametrize("error", [TenantUnreachable("away"), PersonDeactivated("off")])
async def test_who_is_not_let_in_has_no_rights(error: TenantError) -> None:
    """A tenant that is away, or refuses the person, is an error."""
    with pytest.raises(type(error)):
        await rights_of().of(ADA, Tenant(error).query)


async def test_rights_are_some_minutes_old_at_the_most() -> None:
    """They are asked for once for each identity, and anew after five minutes."""
    clock = Clock()
    rights = rights_of(clock=clock)
    tenant, other = Tenant(roles("EXPLORER"), roles("BASIC_EXPLORER")), Tenant(roles("BASIC_EXPLORER"))
    assert (await rights.of(ADA, tenant.query)).sql
    clock.now += 299
    assert (await rights.of(ADA, tenant.query)).sql
    assert not (await rights.of(GRACE, other.query)).sql
    clock.now += 1
    assert not (await rights.of(ADA, tenant.query)).sql


@pytest.mark.parametrize(("mode", "sql"), [("show", True), ("hide", False)])
async def test_the_operator_may_insist(mode: SqlMode, sql: bool) -> None:  # noqa: FBT001 - the expectation
    """Roles are told as they are, but do not decide."""
    for name in ("ADMIN", "BASIC_EXPLORER"):
        assert await rights_of(mode).of(ADA, Tenant(roles(name)).query) == Rights(sql, (name,))
    assert (await rights_of(mode).of(ADA, Tenant(AnswerFailed("?")).query)).sql is sql


async def test_many_identities_take_bounded_room() -> None:
    """Rights of thousands of people are not all held."""
    rights = rights_of(most=10)
    for number in range(50):
        await rights.of(Identity(f"p{number}"), Tenant(roles("EXPLORER")).query)
    assert len(rights._kept) == 10
