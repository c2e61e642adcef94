"""Who is who in Slack, where people talk, and what is allowed there."""

from __future__ import annotations

from bot.model import ChannelPolicy, Person, Place, PlaceKind


def test_an_address_is_not_written_anywhere() -> None:
    """A person in a log line is their Slack id."""
    assert repr(Person("U1", "ada@example.com")) == repr(Person("U1"))


def test_nobody_is_anything_until_slack_says_so() -> None:
    """A person has no rights by default, and nobody allowed anybody to read along."""
    person = Person("U1")
    assert (person.admin, person.email) == (False, "")
    assert ChannelPolicy().consent is None
    assert ChannelPolicy().audience is None


def test_consent_to_nobody_is_not_no_consent() -> None:
    """An admin may have allowed a channel whose partners Slack does not name."""
    assert ChannelPolicy(consent=frozenset()) != ChannelPolicy()


def test_a_place_is_shared_with_nobody_by_default() -> None:
    """Partners are those that Slack names."""
    place = Place("C1", PlaceKind.PUBLIC)
    assert (place.shared, place.partners) == (False, frozenset())
