"""What is set for each channel."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Audience, ChannelPolicy
from bot.policies import Policies, _from_json, _to_json
from bot.store.base import Json
from tests.fakes import DictStore

SET = ChannelPolicy(
    domains=("d-sales", "d-weather"),
    audience=Audience.ASKER,
    exports=False,
    creator_edits=False,
    editors=("U1", "U2"),
    consent=frozenset({"T9", "E1"}),
)
_TEXTS = st.text(max_size=8)


@pytest.fixture
def policies() -> Policies:
    return Policies(DictStore())


async def test_where_nothing_is_set_nothing_is() -> None:
    """The app's own settings hold, and nobody from outside may read along."""
    assert await Policies(DictStore()).of("T1", "C1") == ChannelPolicy()


async def test_what_is_set_is_kept_for_the_channel(policies: Policies) -> None:
    """Other channels, and channels of other workspaces, have nothing of it."""
    await policies.keep("T1", "C1", SET)
    assert await policies.of("T1", "C1") == SET
    assert await policies.of("T1", "C2") == await policies.of("T2", "C1") == ChannelPolicy()


async def test_a_channel_takes_its_settings_along(policies: Policies) -> None:
    """Slack gave it another id; under the old one nothing is left."""
    await policies.keep("T1", "C1", SET)
    await policies.move("T1", "C1", "C9")
    assert await policies.of("T1", "C9") == SET
    assert await policies.of("T1", "C1") == ChannelPolicy()


async def test_a_channel_without_settings_takes_none_away(policies: Policies) -> None:
    """An event that Slack delivers twice does no harm."""
    await policies.keep("T1", "C9", SET)
    await policies.move("T1", "C1", "C9")
    assert await policies.of("T1", "C9") == SET


@given(
    st.builds(
        ChannelPolicy,
        domains=st.lists(_TEXTS, max_size=3).map(tuple),
        audience=st.none() | st.sampled_from(Audience),
        exports=st.none() | st.booleans(),
        creator_edits=st.booleans(),
        editors=st.lists(_TEXTS, max_size=3).map(tuple),
        consent=st.none() | st.frozensets(_TEXTS, max_size=3),
    )
)
def test_what_is_written_is_read_back(policy: ChannelPolicy) -> None:
    """Also that an admin allowed nobody in particular, which is not the same as nobody."""
    assert _from_json(json.loads(json.dumps(_to_json(policy)))) == policy


def test_the_one_domain_of_an_earlier_version_still_counts() -> None:
    """Who chose it need not choose again."""
    assert _from_json({"domain": "d-sales"}) == ChannelPolicy(domains=("d-sales",))
    assert _from_json({"domain": "d-sales", "domains": ["d-weather"]}).domains == ("d-weather",)


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "x",
        [],
        {},
        {"domains": "d-sales", "audience": "nobody", "exports": "yes", "editors": 5, "consent": "T9"},
        {"consent": True, "exports": 1, "creator_edits": None},
    ],
)
def test_what_cannot_be_read_allows_nothing(value: Json) -> None:
    """Consent in particular is never read out of something else."""
    assert _from_json(value) == ChannelPolicy()


def test_only_an_explicit_no_keeps_the_maker_out() -> None:
    """What an earlier version left out is as it was."""
    assert _from_json({"creator_edits": False}).creator_edits is False
    assert _from_json({"creator_edits": 0}).creator_edits is True
