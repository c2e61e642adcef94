"""Tokens of a question."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.tenant.words import fold, nearest, stem, stems, tokens


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("50k", 50_000),
        ("$50,000.50", 50_000.5),
        ("1.5 million", 1_500_000),
        ("2 m", 2_000_000),
        ("-3", -3),
        ("3rd", 3),
        ("50%", 50),
    ],
)
def test_numbers_are_read_with_their_unit(text: str, number: float) -> None:
    """A number counts with its sign, its thousands and its factor."""
    assert tokens(text)[0].number == number


def test_a_speed_is_not_a_million() -> None:
    """8 m/s stays 8."""
    assert [token.number for token in tokens("8 m/s")] == [8, None]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("opportunities", "opportunity"),
        ("deals", "deal"),
        ("what's", "what"),
        ("gross", "gross"),
        ("this", "this"),
    ],
)
def test_plurals_and_possessives_fall_away(word: str, expected: str) -> None:
    """Words are compared in one form."""
    assert stem(word) == expected


def test_case_accents_and_punctuation_do_not_matter() -> None:
    """The same words, however they are typed."""
    assert stems("  RÉGION!!! by, Deals? ") == ("region", "by", "deal")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("expceted", "expected"), ("regoin", "region"), ("regin", "region"), ("cat", None), ("xyzzy", None)],
)
def test_slips_find_their_word(typed: str, meant: str | None) -> None:
    """A letter swapped, missing or wrong is forgiven in longer words."""
    assert nearest(typed, ["expected", "region", "car"]) == meant


def test_an_unclear_slip_is_left_alone() -> None:
    """Between two equally near words nothing is guessed."""
    assert nearest("stace", ["stage", "state"]) is None


@settings(deadline=None)
@given(st.text())
def test_any_text_has_tokens(text: str) -> None:
    """No text breaks the reader, and every token has a stem."""
    assert all(isinstance(token.stem, str) for token in tokens(text))
    assert fold(text) == fold(text)


def test_endless_numbers_are_not_numbers() -> None:
    """A number beyond what a double holds is a word."""
    assert tokens("9" * 400)[0].number is None
