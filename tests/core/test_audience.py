"""Who may do what where."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import audience
from bot.core.audience import Rules
from bot.errors import Denial
from bot.model import Audience, ChannelPolicy, Deed, Person, Place, PlaceKind

MEMBER = Person("U1")
ADMIN = Person("U2", admin=True)
NAMED = Person("U3")
CREATOR = Person("U4")
EDITOR = Person("U5")
GUEST = Person("U6", guest=True)
OUTSIDER = Person("U7", outsider=True)
ROBOT = Person("U8", robot=True)
GONE = Person("U9", deactivated=True)

RULES = Rules(admins=frozenset({NAMED.id}))
HOSPITABLE = replace(RULES, guests=True)
NOTHING_SET = ChannelPolicy()
EDITED = ChannelPolicy(editors=(EDITOR.id,))

SALES = Place("C1", PlaceKind.PUBLIC, creator=CREATOR.id)
BOARD = Place("C2", PlaceKind.PRIVATE, creator=CREATOR.id)
GROUP = Place("C3", PlaceKind.GROUP, creator=CREATOR.id)
DIRECT = Place("D1", PlaceKind.DIRECT)
ELSEWHERE = Place("C4", PlaceKind.UNKNOWN)
PARTNERS = Place("C5", PlaceKind.PUBLIC, creator=CREATOR.id, shared=True, partners=frozenset({"T9"}))

READING = (Deed.ASK, Deed.USE, Deed.EXPORT, Deed.SHARE)


def denied(
    deed: Deed,
    person: Person,
    *,
    place: Place = SALES,
    policy: ChannelPolicy = NOTHING_SET,
    rules: Rules = RULES,
) -> Denial | None:
    return audience.denial(person, place, policy, rules, deed)


# -- who somebody is -------------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", READING)
@pytest.mark.parametrize("place", [SALES, BOARD, GROUP, DIRECT, ELSEWHERE], ids=lambda place: place.kind)
def test_members_use_the_app_wherever_they_are(deed: Deed, place: Place) -> None:
    """Where nobody else reads along, a member may ask, look, export and share."""
    assert denied(deed, MEMBER, place=place) is None


@pytest.mark.parametrize("deed", list(Deed))
@pytest.mark.parametrize(
    ("person", "denial"),
    [
        (OUTSIDER, Denial.OUTSIDER),
        (GUEST, Denial.GUEST),
        (ROBOT, Denial.ROBOT),
        (GONE, Denial.DEACTIVATED),
        (replace(ADMIN, deactivated=True), Denial.DEACTIVATED),
        (replace(NAMED, outsider=True), Denial.OUTSIDER),
    ],
    ids=lambda value: getattr(value, "id", value),
)
@pytest.mark.parametrize("place", [SALES, DIRECT, PARTNERS], ids=lambda place: place.id)
def test_strangers_may_do_nothing(deed: Deed, person: Person, denial: Denial, place: Place) -> None:
    """Nor does it help them to be an admin, to be named as one, or to be named for the channel."""
    generous = ChannelPolicy(editors=(person.id,), consent=place.partners)
    assert denied(deed, person, place=place, policy=generous) is denial


@pytest.mark.parametrize("deed", READING)
def test_guests_may_be_let_in(deed: Deed) -> None:
    """One setting lets them use the app as members do."""
    assert denied(deed, GUEST, rules=HOSPITABLE) is None


# -- other organisations ---------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", READING)
@pytest.mark.parametrize(
    ("consent", "denial"),
    [
        (None, Denial.NO_CONSENT),
        (frozenset(), Denial.NO_CONSENT),
        (frozenset({"T8"}), Denial.NO_CONSENT),
        (frozenset({"T9"}), None),
        (frozenset({"T8", "T9"}), None),
    ],
)
def test_a_shared_channel_is_silent_until_an_admin_consents(
    deed: Deed, consent: frozenset[str] | None, denial: Denial | None
) -> None:
    """The consent is to the partners of that moment; with one who came later there is silence again."""
    assert denied(deed, ADMIN, place=PARTNERS, policy=ChannelPolicy(consent=consent)) is denial


def test_a_partner_whom_slack_does_not_name_needs_consent_as_well() -> None:
    """An invitation that is on its way names nobody yet."""
    invited = replace(PARTNERS, partners=frozenset())
    assert denied(Deed.ASK, MEMBER, place=invited) is Denial.NO_CONSENT
    assert denied(Deed.ASK, MEMBER, place=invited, policy=ChannelPolicy(consent=frozenset())) is None


@pytest.mark.parametrize(
    ("person", "denial"),
    [
        (ADMIN, None),
        (NAMED, None),
        (MEMBER, Denial.NOT_AN_ADMIN),
        (CREATOR, Denial.NOT_AN_ADMIN),
        (EDITOR, Denial.NOT_AN_ADMIN),
    ],
    ids=lambda value: getattr(value, "id", value),
)
def test_only_admins_consent(person: Person, denial: Denial | None) -> None:
    """Who may change everything else in the channel may not let other organisations read."""
    assert denied(Deed.CONSENT, person, place=PARTNERS, policy=EDITED) is denial


# -- settings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [SALES, BOARD, PARTNERS], ids=lambda place: place.id)
@pytest.mark.parametrize(
    ("person", "policy", "may"),
    [
        (ADMIN, NOTHING_SET, True),
        (NAMED, NOTHING_SET, True),
        (CREATOR, NOTHING_SET, True),
        (CREATOR, ChannelPolicy(creator_edits=False), False),
        (EDITOR, NOTHING_SET, False),
        (EDITOR, EDITED, True),
        (MEMBER, EDITED, False),
    ],
)
def test_a_channel_has_its_editors(place: Place, person: Person, policy: ChannelPolicy, *, may: bool) -> None:
    """Admins, who made the channel where that is allowed, and who is named for it."""
    denial = denied(Deed.CONFIGURE, person, place=place, policy=policy)
    assert denial is (None if may else Denial.NOT_AN_EDITOR)


@pytest.mark.parametrize(
    ("person", "place", "may"),
    [
        (MEMBER, DIRECT, True),
        (GUEST, DIRECT, True),
        (MEMBER, GROUP, True),
        (GUEST, GROUP, False),
        (replace(CREATOR, guest=True), SALES, False),
        (MEMBER, ELSEWHERE, False),
        (ADMIN, ELSEWHERE, True),
    ],
    ids=lambda value: getattr(value, "id", value),
)
def test_small_places_are_everybodys_own(person: Person, place: Place, *, may: bool) -> None:
    """In direct messages anybody changes what holds; a guest never does for others."""
    denial = denied(Deed.CONFIGURE, person, place=place, rules=HOSPITABLE)
    assert denial is (None if may else Denial.NOT_AN_EDITOR)


def test_nobody_made_a_channel_whose_maker_is_not_known() -> None:
    """An id that is missing on both sides is no match."""
    nobody = replace(SALES, creator="")
    assert denied(Deed.CONFIGURE, Person(""), place=nobody) is Denial.NOT_AN_EDITOR


# -- exports, readers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "policy", "allowed"),
    [
        (True, None, True),
        (False, None, False),
        (True, False, False),
        (False, True, True),
    ],
)
def test_a_channel_decides_about_exports_over_the_workspace(
    *, rule: bool, policy: bool | None, allowed: bool
) -> None:
    """What is set for the channel counts, and else what is set for all; nothing else is affected by it."""
    rules, here = replace(RULES, exports=rule), ChannelPolicy(exports=policy)
    assert audience.exports(here, rules) is allowed
    assert denied(Deed.EXPORT, ADMIN, policy=here, rules=rules) is (None if allowed else Denial.NO_EXPORTS)
    assert denied(Deed.USE, MEMBER, policy=here, rules=rules) is None


@pytest.mark.parametrize(
    ("place", "policy", "rule", "read"),
    [
        (SALES, None, Audience.EVERYBODY, Audience.EVERYBODY),
        (SALES, None, Audience.ASKER, Audience.ASKER),
        (SALES, Audience.ASKER, Audience.EVERYBODY, Audience.ASKER),
        (SALES, Audience.EVERYBODY, Audience.ASKER, Audience.EVERYBODY),
        (GROUP, Audience.ASKER, Audience.EVERYBODY, Audience.ASKER),
        (DIRECT, Audience.ASKER, Audience.ASKER, Audience.EVERYBODY),
        (ELSEWHERE, Audience.EVERYBODY, Audience.EVERYBODY, Audience.ASKER),
    ],
    ids=str,
)
def test_who_reads_an_answer(place: Place, policy: Audience | None, rule: Audience, read: Audience) -> None:
    """The channel's setting counts over the app's; a direct message has one reader anyway."""
    found = audience.audience(place, ChannelPolicy(audience=policy), replace(RULES, audience=rule))
    assert found is read


# -- whatever comes together -----------------------------------------------------------------------------

_IDS = st.sampled_from(["U1", "U2", "U3"])
_TEAMS = st.frozensets(st.sampled_from(["T7", "T8", "T9"]))
people = st.builds(
    Person,
    id=_IDS,
    deactivated=st.booleans(),
    robot=st.booleans(),
    guest=st.booleans(),
    outsider=st.booleans(),
    admin=st.booleans(),
)
places = st.builds(
    Place,
    id=st.just("C1"),
    kind=st.sampled_from(PlaceKind),
    creator=_IDS | st.just(""),
    shared=st.booleans(),
    partners=_TEAMS,
)
policies = st.builds(
    ChannelPolicy,
    audience=st.none() | st.sampled_from(Audience),
    exports=st.none() | st.booleans(),
    creator_edits=st.booleans(),
    editors=st.lists(_IDS, max_size=3).map(tuple),
    consent=st.none() | _TEAMS,
)
rules = st.builds(
    Rules,
    guests=st.booleans(),
    admins=st.frozensets(_IDS),
    audience=st.sampled_from(Audience),
    exports=st.booleans(),
)


@given(people, places, policies, rules)
def test_nobody_but_an_admin_ever_consents(
    person: Person, place: Place, policy: ChannelPolicy, rule: Rules
) -> None:
    """Whatever is set for a channel, and whoever made it."""
    if denied(Deed.CONSENT, person, place=place, policy=policy, rules=rule) is None:
        assert person.admin or person.id in rule.admins
        assert (person.outsider, person.robot, person.deactivated) == (False, False, False)


@given(people, places, policies, rules, st.sampled_from(Deed))
def test_strangers_are_let_in_for_nothing(
    person: Person, place: Place, policy: ChannelPolicy, rule: Rules, deed: Deed
) -> None:
    """Outsiders, robots and who has left never; guests where no setting lets them in."""
    if person.outsider or person.robot or person.deactivated or (person.guest and not rule.guests):
        assert denied(deed, person, place=place, policy=policy, rules=rule) is not None


@given(people, places, policies, rules, st.sampled_from(READING))
def test_no_answer_is_read_by_others_without_consent(
    person: Person, place: Place, policy: ChannelPolicy, rule: Rules, deed: Deed
) -> None:
    """In a shared channel nothing is answered, shown or exported unless all partners were allowed."""
    if denied(deed, person, place=place, policy=policy, rules=rule) is None and place.shared:
        assert policy.consent is not None
        assert place.partners <= policy.consent


@given(people, places, policies, rules, st.sampled_from(READING))
def test_less_is_never_more(
    person: Person, place: Place, policy: ChannelPolicy, rule: Rules, deed: Deed
) -> None:
    """Who may not do something may not do it either once the channel is shared with one more partner."""
    more = replace(place, shared=True, partners=place.partners | {"T0"})
    if denied(deed, person, place=place, policy=policy, rules=rule) is not None:
        assert denied(deed, person, place=more, policy=policy, rules=rule) is not None
