"""Who has an account."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.sandbox.tenant.domains import SALES
from bot.sandbox.tenant.people import OWNER, Attribute, People, User, UserRole, residents

GRACE = "grace@example.com"


def test_the_people_of_the_sandbox() -> None:
    """One of each kind that an app has to tell apart, each with an id and an address of their own."""
    people = {user.email.partition("@")[0]: user for user in residents()}
    assert people["service"] == OWNER
    assert people["ada"].roles == (UserRole.ADMIN,)
    assert people["grace"].attributes == (Attribute("region", "EMEA"),)
    assert people["linus"].domains == frozenset({SALES})
    assert people["vera"].roles == (UserRole.VIEWER,)
    assert people["barbara"].roles == (UserRole.BASIC_EXPLORER,)
    assert not people["dorothy"].active
    assert {"gertrude", "emilie"} < set(people)
    assert "niels" not in people
    assert len({user.id for user in residents()}) == len(residents()) == len(people)


def test_the_documented_people_are_these() -> None:
    """The table in the documents has a row for each, with role and state."""
    text = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text("utf-8")
    rows = re.findall(r"^\| (\S+@\S+) \| ([^|]+) \|", text, re.MULTILINE)
    expected = [
        (user.email, user.roles[0].name.lower().replace("_", " ") + ("" if user.active else ", switched off"))
        for user in residents()
    ]
    assert rows == expected


def test_roles_have_the_vendors_ids() -> None:
    """The last digits number the roles."""
    assert UserRole.EXPLORER.id == "00000000-0000-0000-0000-000000000002"
    assert UserRole.BASIC_EXPLORER.id == "00000000-0000-0000-0000-000000000015"


def test_addresses_are_found_in_any_case() -> None:
    """An address is one person's, however it is written; no address is nobody's."""
    people = People(residents())
    found = people.with_email(" Grace@Example.COM ")
    assert found is not None
    assert found == people.with_id(found.id)
    assert people.with_email("niels@example.com") is None
    assert people.with_email("") is None
    assert people.with_id("user_none") is None


def test_an_account_comes_and_goes() -> None:
    """It can be added, switched off and on, and deleted."""
    people = People()
    people.add(User("u1", GRACE, "Grace"))
    people.deactivate(GRACE)
    assert people.with_email(GRACE) == User("u1", GRACE, "Grace", active=False)
    people.activate(GRACE)
    assert people.with_email(GRACE) == User("u1", GRACE, "Grace")
    people.remove(GRACE)
    assert people.with_email(GRACE) is None


def test_rights_can_be_changed() -> None:
    """Attributes, roles and domains take the place of those before."""
    people = People([User("u1", GRACE, "Grace", attributes=(Attribute("team", "blue"),))])
    people.set_attributes(GRACE, ("region", "EMEA"), ("region", "APAC"))
    people.set_roles(GRACE, UserRole.VIEWER, UserRole.CREATOR)
    people.set_domains(GRACE, [SALES])
    assert people.with_id("u1") == User(
        "u1",
        GRACE,
        "Grace",
        (UserRole.VIEWER, UserRole.CREATOR),
        (Attribute("region", "EMEA"), Attribute("region", "APAC")),
        frozenset({SALES}),
    )
    people.set_domains(GRACE, None)
    changed = people.with_id("u1")
    assert changed is not None
    assert changed.domains is None


def test_nobody_gets_two_accounts() -> None:
    """Neither an id nor an address is given twice, and nothing is done to who is not there."""
    people = People([User("u1", GRACE, "Grace")])
    for user in (User("u1", "other@example.com", "Other"), User("u2", GRACE.upper(), "Grace")):
        with pytest.raises(ValueError, match="has an account already"):
            people.add(user)
    with pytest.raises(KeyError):
        people.deactivate("niels@example.com")
