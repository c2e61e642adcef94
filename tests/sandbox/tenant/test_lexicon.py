"""The phrases of a domain."""

import pytest

from bot.sandbox.tenant.lexicon import build
from bot.sandbox.tenant.mentions import Measure, Mention, Noun, Unknown, Value
from bot.sandbox.tenant.reply import Aggregate
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.weather import weather
from bot.sandbox.tenant.words import stems


@pytest.mark.parametrize(
    ("phrase", "mentions"),
    [
        ("rain", (Measure("precipitation"),)),
        ("rainy", (Value("condition", ("rain",), "rain"),)),
        ("days with rain", (Noun(plural=True), Value("condition", ("rain",), "rain"))),
        ("July", (Value("calendar_month", ("July",), "July"),)),
    ],
)
def test_the_weather_has_its_words(phrase: str, mentions: tuple[Mention, ...]) -> None:
    """A measure goes before a value of the same name, and a phrase may say two things."""
    lexicon = build(weather(), {"condition": ["rain", "sun"], "calendar_month": ["July"]})
    assert lexicon.phrases[stems(phrase)] == mentions


def test_owners_are_known_by_either_name() -> None:
    """A first or last name is enough."""
    lexicon = build(sales(), {"owner": ["Ada Moreau"]})
    assert (
        lexicon.phrases[("ada",)]
        == lexicon.phrases[("moreau",)]
        == (Value("owner", ("Ada Moreau",), "Ada Moreau"),)
    )


def test_a_synonym_of_what_is_not_there_has_no_meaning() -> None:
    """It is as unknown as any other word, and no slip is taken for it."""
    lexicon = build(sales(), {"country": ["United Kingdom"], "region": ["EMEA"]})
    assert lexicon.phrases[("uk",)] == (Value("country", ("United Kingdom",), "United Kingdom"),)
    for word in ("us", "asia"):
        assert lexicon.phrases[stems(word)] == (Unknown(word, place=True),)
    assert "asia" not in lexicon.vocabulary


def test_words_may_bring_an_aggregate_and_a_condition() -> None:
    """A deal size is an average, and sales are the won deals."""
    phrases = build(sales(), {}).phrases
    assert phrases[stems("deal size")] == (Measure("amount", Aggregate.AVERAGE),)
    assert phrases[stems("sales")] == (
        Measure("amount", Aggregate.SUM, Value("stage", ("Closed Won",), "won")),
    )
