"""What roles, domains and row rules allow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.sandbox.tenant import access
from bot.sandbox.tenant.domains import SALES, WEATHER
from bot.sandbox.tenant.people import Attribute, User, UserRole
from bot.sandbox.tenant.reply import Filter, Operator
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.weather import weather

SOMEBODY = User("u1", "somebody@example.com", "Somebody")
EMEA, APAC = Attribute("region", "EMEA"), Attribute("region", "APAC")


@pytest.mark.parametrize(
    ("roles", "asks", "reads_sql", "lists"),
    [
        ({UserRole.ADMIN}, True, True, True),
        ({UserRole.DATA_ADMIN}, True, True, True),
        ({UserRole.EXPLORER}, True, True, False),
        ({UserRole.BASIC_EXPLORER}, True, False, False),
        ({UserRole.VIEWER}, False, False, False),
        ({UserRole.OBSERVER}, False, False, False),
        ({UserRole.BASIC_EXPLORER, UserRole.EXPLORER}, True, True, False),
        ({UserRole.VIEWER, UserRole.BASIC_EXPLORER}, True, False, False),
        (set(), False, False, False),
    ],
)
def test_permissions(roles: set[UserRole], asks: bool, reads_sql: bool, lists: bool) -> None:  # noqa: FBT001 -- a table of what holds
    """Each permission is given by some roles, and one such role is enough."""
    user = replace(SOMEBODY, roles=tuple(roles))
    found = (access.may_ask(user), access.may_read_sql(user), access.may_list_domains(user))
    assert found == (asks, reads_sql, lists)


def test_domains() -> None:
    """All of them, unless some are named."""
    assert access.may_use(SOMEBODY, WEATHER)
    limited = replace(SOMEBODY, domains=frozenset({SALES}))
    assert access.may_use(limited, SALES)
    assert not access.may_use(limited, WEATHER)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ((), []),
        ((EMEA,), [("region", ("EMEA",))]),
        ((EMEA, APAC, EMEA), [("region", ("EMEA", "APAC"))]),
        ((Attribute("industry", "Energy"), EMEA), [("region", ("EMEA",)), ("industry", ("Energy",))]),
        ((Attribute("shoe size", "41"), Attribute("Region", "EMEA")), []),
    ],
)
def test_row_rules(attributes: tuple[Attribute, ...], expected: list[tuple[str, tuple[str, ...]]]) -> None:
    """Each of several values of a key will do, several keys have to hold, unknown keys restrict nothing."""
    found = access.scope(replace(SOMEBODY, attributes=attributes), SALES)
    assert [(each.field, each.values) for each in found] == expected
    assert all(each.operator is Operator.IN for each in found)


def test_where_row_rules_do_not_hold() -> None:
    """A rule holds in its domain, and not for an admin."""
    limited = replace(SOMEBODY, attributes=(EMEA,))
    assert access.scope(limited, SALES) == (Filter("region", Operator.IN, ("EMEA",), "region: EMEA"),)
    assert access.scope(limited, WEATHER) == ()
    assert access.scope(replace(limited, roles=(UserRole.EXPLORER, UserRole.ADMIN)), SALES) == ()


def test_rules_name_fields() -> None:
    """What a rule compares with is a field of its domain."""
    subjects = {subject.domain.id: subject for subject in (sales(), weather())}
    assert all(subjects[domain].has(key) for domain, keys in access.RULES.items() for key in keys)
