from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import plain

_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "sent", [{"a": [1, 2.5, True, None, {"b": "x"}]}, '{"a": [1, 2.5, true, null, {"b": "x"}]}']
)
def test_an_object_is_read_as_sent_or_as_text(sent: object) -> None:
    """A tenant sends options as an object, or as the JSON text of one."""
    assert plain.mapping(sent) == {"a": [1, 2.5, True, None, {"b": "x"}]}


@pytest.mark.parametrize(
    "sent", [None, "", "null", "[1]", "function () {}", "{", "{}", {}, [1], 5, b"{}", "9" * 5_000]
)
def test_what_is_no_object_is_nothing(sent: object) -> None:
    """Lists, scalars, code and broken text are no options."""
    assert plain.mapping(sent) is None


def test_too_much_is_nothing() -> None:
    """More than a megabyte, or deeper than sixty levels, is not kept, in either form."""
    deep: dict[str, object] = {"a": 1}
    for _ in range(plain.DEEPEST - 1):
        deep = {"a": deep}
    assert plain.mapping(deep) == deep
    for sent in ({"a": deep}, {"a": "x" * plain.LARGEST}, {"a": [0] * plain.LARGEST}):
        assert plain.mapping(sent) is None
        assert plain.mapping(json.dumps(sent)) is None
    assert plain.mapping('{"a":' * 100_000) is None


def test_numbers_are_finite_and_texts_can_be_encoded() -> None:
    """What no JSON can hold becomes null, and half a surrogate pair is replaced."""
    sent = {"a": [float("nan"), float("-inf"), 10**400], "b\ud800": "\udc00"}
    assert plain.mapping(sent) == {"a": [None, None, None], "b\ufffd": "\ufffd"}


@given(_junk)
def test_whatever_is_sent_becomes_plain_json_or_nothing(sent: object) -> None:
    """Nothing raises, and what is kept survives strict JSON."""
    found = plain.mapping(sent)
    if found is not None:
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        json.dumps(found, ensure_ascii=False).encode()
