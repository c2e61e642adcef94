"""From a person in Slack to an identity at WisdomAI."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import identity
from bot.errors import AccessDenied, Denial
from bot.model import SERVICE, Person

ADA = Person("U1", "ada@example.com")

addresses = st.builds(
    "{}@{}.example".format,
    st.text(st.characters(min_codepoint=33, codec="utf-8", exclude_characters="@"), min_size=1, max_size=20),
    st.text(st.sampled_from("abcXYZ09-"), min_size=1, max_size=10),
)


def test_a_person_asks_as_who_has_their_address() -> None:
    """The address is what the tenant knows them by; nobody becomes the owner of the access key."""
    made = identity.as_person(ADA)
    assert (made.email, made.attributes) == ("ada@example.com", ())
    assert made.name.startswith("person-")
    assert made.name != SERVICE.name


@pytest.mark.parametrize("email", ["", "   ", "\n"])
def test_without_an_address_nobody_asks(email: str) -> None:
    """The rights of nobody else are used instead."""
    with pytest.raises(AccessDenied) as raised:
        identity.as_person(Person("U1", email))
    assert raised.value.denial is Denial.NO_EMAIL


@pytest.mark.parametrize("email", ["ADA@example.com", " ada@EXAMPLE.com\n"])
def test_the_same_address_is_the_same_identity(email: str) -> None:
    """However it is written, the person's conversations and copies are found again."""
    assert identity.as_person(Person("U1", email)).name == identity.as_person(ADA).name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.com", "ada@example.org"),
        ("strasse@example.com", "straße@example.com"),
        ("kim@example.com", "\u212aim@example.com"),
        ("ada@example.com", "ada+x@example.com"),
    ],
)
def test_another_address_is_another_identity(one: str, other: str) -> None:
    """Also where they only look alike: what is stored for one person is never found by another."""
    assert identity.as_person(Person("U1", one)).name != identity.as_person(Person("U1", other)).name


@given(addresses)
def test_an_address_stands_in_no_name(email: str) -> None:
    """Names go into store keys and logs, where no address belongs; nor does the identity show it there."""
    made = identity.as_person(Person("U1", email))
    user, _, host = email.partition("@")
    assert "@" not in made.name
    assert host.lower() not in made.name
    assert email not in repr(made)
    assert len(user) < 3 or user.lower() not in made.name


@given(st.sets(addresses.map(str.lower), min_size=2, max_size=20))
def test_names_tell_people_apart(emails: set[str]) -> None:
    """No two addresses have a name in common."""
    names = {identity.as_person(Person("U1", email)).name for email in emails}
    assert len(names) == len({email.encode().lower() for email in emails})


# -- attributes ------------------------------------------------------------------------------------------


def test_attributes_say_who_asks() -> None:
    """A row-level rule can compare with the address or the Slack id; what is fixed stays as it is."""
    made = identity.as_person(
        ADA, [("owner", "{email}"), ("who", "slack:{slack_user}/{email}"), ("tier", "gold {brackets}")]
    )
    assert made.attributes == (
        ("owner", "ada@example.com"),
        ("who", "slack:U1/ada@example.com"),
        ("tier", "gold {brackets}"),
    )


def test_what_is_put_in_is_not_read_again() -> None:
    """An address with a placeholder in it does not become somebody else's value."""
    odd = Person("U{email}", "{slack_user}@example.com")
    made = identity.as_person(odd, [("both", "{email} {slack_user}")])
    assert made.attributes == (("both", "{slack_user}@example.com U{email}"),)


@given(st.text(max_size=30).filter(lambda value: not any(each in value for each in identity.PLACEHOLDERS)))
def test_a_value_without_placeholders_stays(value: str) -> None:
    """Nothing else in a value means anything."""
    assert identity.as_person(ADA, [("key", value)]).attributes == (("key", value),)
