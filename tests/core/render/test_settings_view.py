"""The window in which a channel's settings are made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.render import elements, settings_view
from bot.core.render.settings_view import Chosen, Shown, chosen_in
from bot.model import Audience, Block, ChannelPolicy, Domain, Place, PlaceKind
from bot.sandbox.slack import controls
from bot.sandbox.slack.blockkit import rules
from bot.sandbox.slack.blockkit.rules import problems
from tests.core.render.limits import LIVE
from tests.sandbox.slack.bare import workspace

SALES, WEATHER = Domain("d-sales", "Sales pipeline"), Domain("d-weather", "Weather")
CHANNEL = Place("C1", PlaceKind.PUBLIC, creator="U1")
PARTNERS = Place("C2", PlaceKind.PUBLIC, shared=True, partners=frozenset({"T9"}))
PLAIN = Shown(
    place=CHANNEL,
    policy=ChannelPolicy(),
    known=(SALES, WEATHER),
    default=None,
    audience=Audience.EVERYBODY,
    exports=True,
    consented=False,
    may_consent=False,
)


def view_of(shown: Shown) -> Block:
    """The window, which the sandbox takes as Slack would."""
    view = settings_view.settings_view(shown, team="T1")
    assert problems(blocks(view), surface="modal") == ()
    rules.check_view(workspace(), view, viewer="U1")
    return view


def blocks(view: Block) -> list[Block]:
    found = view["blocks"]
    assert isinstance(found, list)
    return found


def element(view: Block, name: str) -> Block:
    """The control of a field."""
    (found,) = (block["element"] for block in blocks(view) if block.get("block_id") == name)
    assert isinstance(found, dict)
    return found


def fields(view: Block) -> list[str]:
    return [str(block["block_id"]) for block in blocks(view) if block["type"] == "input"]


def said(view: Block) -> str:
    return json.dumps(blocks(view), ensure_ascii=False)


def submitted(view: Block, entered: Mapping[str, Mapping[str, object]] | None = None) -> Mapping[str, object]:
    """The window as in ``view_submission``: what was entered, and else what it showed at first."""
    given = {name: {name: value} for name, value in (entered or {}).items()}
    return {**view, "state": {"values": controls.entered(controls.controls(blocks(view)), given)}}


def chosen(shown: Shown, **entered: Mapping[str, object]) -> Chosen:
    """What comes back from the window."""
    return chosen_in(submitted(view_of(shown), entered))


# -- what it asks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "may_consent", "asked"),
    [
        (CHANNEL, True, ["domains", "audience", "exports", "creator", "editors"]),
        (
            replace(CHANNEL, kind=PlaceKind.PRIVATE),
            False,
            ["domains", "audience", "exports", "creator", "editors"],
        ),
        (Place("C3", PlaceKind.GROUP), True, ["domains", "audience", "exports"]),
        (Place("C4", PlaceKind.UNKNOWN), True, ["domains", "audience", "exports"]),
        (Place("D1", PlaceKind.DIRECT), True, ["domains"]),
        (PARTNERS, True, ["domains", "audience", "exports", "creator", "editors", "consent"]),
        (PARTNERS, False, ["domains", "audience", "exports", "creator", "editors"]),
    ],
    ids=str,
)
def test_a_place_is_asked_what_it_can_have(place: Place, asked: list[str], *, may_consent: bool) -> None:
    """In direct messages only the data; about other organisations only who may let them read."""
    assert fields(view_of(replace(PLAIN, place=place, may_consent=may_consent))) == asked


@pytest.mark.parametrize(
    ("default", "unset"),
    [
        (None, "whatever the asker may ask"),
        (SALES, "Sales pipeline, as everywhere"),
        (Domain("d-7", ""), "d-7, as everywhere"),
    ],
)
def test_it_says_what_is_asked_where_nothing_is_set(default: Domain | None, unset: str) -> None:
    """Both in the field that is empty and below it."""
    view = view_of(replace(PLAIN, default=default))
    assert element(view, "domains")["placeholder"] == elements.plain(unset[0].upper() + unset[1:])
    assert f"Nothing: {unset}. Several" in said(view)


@pytest.mark.parametrize(
    ("consented", "words"),
    [(True, "People of other organisations may read"), (False, "are here, so nothing is answered")],
)
def test_who_may_not_consent_reads_how_it_stands(words: str, *, consented: bool) -> None:
    """And that an admin can change it."""
    text = said(view_of(replace(PLAIN, place=PARTNERS, consented=consented)))
    assert words in text
    assert "Only an admin" in text


def test_the_window_says_which_channel_it_is_about() -> None:
    """A direct message has no name that Slack would write."""
    assert "<#C1>" in said(view_of(PLAIN))
    direct = said(view_of(replace(PLAIN, place=Place("D1", PlaceKind.DIRECT))))
    assert "our direct messages" in direct
    assert "D1" not in direct


# -- what it shows ---------------------------------------------------------------------------------------


def test_what_is_set_is_shown() -> None:
    """Whoever opens the window sees what holds, and not what would hold otherwise."""
    policy = ChannelPolicy(
        domains=("d-weather",),
        audience=Audience.ASKER,
        exports=False,
        creator_edits=False,
        editors=("U2", "U3"),
    )
    shown = replace(PLAIN, place=PARTNERS, policy=policy, consented=True, may_consent=True)
    assert chosen(shown) == Chosen(
        team="T1",
        channel="C2",
        domains=("d-weather",),
        audience=Audience.ASKER,
        exports=False,
        creator_edits=False,
        editors=("U2", "U3"),
        consent=True,
    )


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("exports", [True, False])
def test_where_nothing_is_set_the_apps_own_settings_are_shown(audience: Audience, *, exports: bool) -> None:
    """They hold, so they are ticked."""
    found = chosen(replace(PLAIN, audience=audience, exports=exports))
    assert (found.audience, found.exports, found.creator_edits) == (audience, exports, True)


def test_a_domain_that_is_set_and_not_listed_stays() -> None:
    """Whoever looks may not be allowed to see it; to keep the window must not take it away."""
    shown = replace(PLAIN, policy=ChannelPolicy(domains=("d-payroll", "d-sales")))
    assert chosen(shown).domains == ("d-payroll", "d-sales")


def test_among_more_domains_than_slack_shows_the_chosen_ones_are() -> None:
    """A menu takes a hundred; what is set must not fall out of it."""
    many = tuple(Domain(f"d-{number}", f"Domain {number}") for number in range(150))
    shown = replace(PLAIN, known=many, policy=ChannelPolicy(domains=("d-149", "d-3")))
    options = element(view_of(shown), "domains")["options"]
    assert isinstance(options, list)
    assert len(options) == 100
    assert chosen(shown).domains == ("d-149", "d-3")


@pytest.mark.parametrize(
    ("known", "set_"),
    [
        ((), ("d-1", "d-2")),
        ((Domain("x" * 151, "Long"),), ()),
        ((SALES,), ("y" * 200,)),
        ((Domain("", "Nameless"),), ()),
    ],
)
def test_where_there_is_nothing_to_choose_from_ids_are_typed(
    known: tuple[Domain, ...], set_: tuple[str, ...]
) -> None:
    """Nobody may list the domains, or Slack cannot hold an id: one id a line, with those that are set."""
    shown = replace(PLAIN, known=known, policy=ChannelPolicy(domains=set_))
    assert element(view_of(shown), "domains")["type"] == "plain_text_input"
    assert chosen(shown).domains == set_


def test_nameless_domains_can_be_told_apart() -> None:
    """A domain without a name is shown by its id."""
    text = said(view_of(replace(PLAIN, known=(Domain("d-1", ""), Domain("d-2", " \n ")))))
    assert '"d-1"' in text
    assert '"text": "d-2"' in text


# -- what comes back -------------------------------------------------------------------------------------


def options(*values: str) -> Mapping[str, object]:
    return {"selected_options": [{"value": value} for value in values]}


def test_what_was_chosen_comes_back() -> None:
    """Everything can be changed in one go."""
    found = chosen(
        replace(PLAIN, place=PARTNERS, may_consent=True),
        domains=options("d-weather", "d-sales", "d-weather"),
        audience={"selected_option": {"value": "asker"}},
        exports=options(),
        creator=options(),
        editors={"selected_users": ["U7"]},
        consent=options("yes"),
    )
    assert found == Chosen("T1", "C2", ("d-weather", "d-sales"), Audience.ASKER, False, False, ("U7",), True)


def test_typed_ids_are_read_line_by_line() -> None:
    """Without what nobody sees, empty lines and repetitions."""
    found = chosen(replace(PLAIN, known=()), domains={"value": " d-1 \r\n\n\u202ed-2\n\x00d-1"})
    assert found.domains == ("d-1", "d-2")


def test_what_was_not_asked_is_not_answered() -> None:
    """Where no field stood, nothing is to be changed."""
    found = chosen(replace(PLAIN, place=Place("D1", PlaceKind.DIRECT)))
    assert (found.audience, found.exports, found.creator_edits, found.consent) == (None, None, None, None)
    assert chosen(replace(PLAIN, place=PARTNERS, consented=True)).consent is None


def test_a_window_of_another_shape_chooses_nothing() -> None:
    """What cannot be read is empty, never an error."""
    nothing = Chosen("", "", (), None, None, None, (), None)
    odd: Mapping[str, object] = {"state": {"values": {"audience": {"audience": {"selected_option": "x"}}}}}
    assert chosen_in({}) == nothing
    assert chosen_in(odd) == nothing
    assert (
        chosen_in({"state": {"values": {"domains": {"domains": {"selected_options": ["x", {}]}}}}}) == nothing
    )


# -- whatever is set -------------------------------------------------------------------------------------

_IDS = st.text(st.characters(codec="ascii", exclude_categories=["C", "Z"]), min_size=1, max_size=40)
_USERS = st.integers(1, 999).map("U{}".format)
_NAMES = st.text(max_size=90)


def policies(ids: st.SearchStrategy[str]) -> st.SearchStrategy[ChannelPolicy]:
    return st.builds(
        ChannelPolicy,
        domains=st.lists(ids, max_size=5, unique=True).map(tuple),
        audience=st.none() | st.sampled_from(Audience),
        exports=st.none() | st.booleans(),
        creator_edits=st.booleans(),
        editors=st.lists(_USERS, max_size=5, unique=True).map(tuple),
        consent=st.none() | st.frozensets(st.just("T9")),
    )


def windows(ids: st.SearchStrategy[str]) -> st.SearchStrategy[Shown]:
    return st.builds(
        Shown,
        place=st.builds(Place, st.just("C1"), st.sampled_from(PlaceKind), shared=st.booleans()),
        policy=policies(ids),
        known=st.lists(st.builds(Domain, ids, _NAMES, _NAMES), max_size=5).map(tuple),
        default=st.none() | st.builds(Domain, ids, _NAMES),
        audience=st.sampled_from(Audience),
        exports=st.booleans(),
        consented=st.booleans(),
        may_consent=st.booleans(),
    )


@given(windows(_IDS))
def test_a_window_that_is_kept_unchanged_changes_nothing(shown: Shown) -> None:
    """What comes back is what holds: set here, or by the app's own settings."""
    found, policy, asked = chosen(shown), shown.policy, fields(view_of(shown))
    assert (found.team, found.channel, found.domains) == ("T1", "C1", policy.domains)
    if "audience" in asked:
        exports = shown.exports if policy.exports is None else policy.exports
        assert (found.audience, found.exports) == (policy.audience or shown.audience, exports)
    if "editors" in asked:
        assert (found.creator_edits, found.editors) == (policy.creator_edits, policy.editors)
    if "consent" in asked:
        assert found.consent is shown.consented


@given(windows(st.text(max_size=160)))
def test_any_settings_make_a_window_that_slack_takes(shown: Shown) -> None:
    """Whatever ids and names the tenant has, nothing is refused and nobody is notified."""
    marked_up = [block for block in blocks(view_of(shown)) if block["type"] != "input"]
    assert not LIVE.search(said({"blocks": marked_up}).replace("<#C1>", ""))
