"""Reading a question."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.tenant.language import Utterance, read
from bot.sandbox.tenant.lexicon import Lexicon, build
from bot.sandbox.tenant.mentions import (
    Aggregator,
    Bound,
    Command,
    Dimension,
    Drawn,
    Extreme,
    Measure,
    Mention,
    Noun,
    Sign,
    Step,
    Top,
    Unknown,
    Value,
    Within,
)
from bot.sandbox.tenant.reply import Aggregate, Grain, Operator
from bot.sandbox.tenant.sales import sales

TODAY = date(2025, 6, 1)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    """The words of a small sales domain."""
    values = {
        "region": ["EMEA", "APAC"],
        "owner": ["Ada Moreau"],
        "stage": ["Proposal"],
        "opportunity": ["Sunda Pilot"],
    }
    return build(sales(), values)


def hear(lexicon: Lexicon, text: str) -> Utterance:
    """The utterance of a text."""
    return read(text, lexicon, TODAY)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        (
            "total amount by region",
            (Aggregator(Aggregate.SUM), Measure("amount"), Sign.GROUP, Dimension("region")),
        ),
        ("top 5 owners", (Top(5, descending=True), Dimension("owner"))),
        ("bottom three deals", (Top(3, descending=False), Noun(plural=True))),
        ("over $50k", (Bound(Operator.ABOVE, (50_000,), "$50k"),)),
        ("monthly", (Step(Grain.MONTH),)),
        ("Sunda Pilot", (Value("opportunity", ("Sunda Pilot",), "Sunda Pilot"),)),
        ("ada's", (Value("owner", ("Ada Moreau",), "Ada Moreau"),)),
        ("show me the sql", (Command.SQL,)),
        ("the highest", (Extreme(descending=True),)),
        ("please, would you", ()),
        ("in narnia", (Unknown("narnia", place=True),)),
    ],
)
def test_words_become_mentions(lexicon: Lexicon, text: str, mentions: tuple[Mention, ...]) -> None:
    """Each phrase means what it means, the longest one wins, and polite words mean nothing."""
    assert hear(lexicon, text).mentions == mentions


@pytest.mark.parametrize("text", ["as a pie chart", "pie chart", "in a pie", "as pie"])
def test_chart_words(lexicon: Lexicon, text: str) -> None:
    """A chart can be asked for in several ways."""
    (mention,) = hear(lexicon, text).mentions
    assert isinstance(mention, Drawn)
    assert mention.type == "PIE_CHART"


def test_times_are_within(lexicon: Lexicon) -> None:
    """A time phrase is one mention with its dates."""
    (mention,) = hear(lexicon, "last quarter").mentions
    assert isinstance(mention, Within)
    assert (mention.period.first, mention.period.end) == (date(2025, 1, 1), date(2025, 4, 1))


@pytest.mark.parametrize(
    ("text", "again"),
    [("and by region?", True), ("what about EMEA", True), ("only won deals", True), ("total amount", False)],
)
def test_follow_ups_are_heard(lexicon: Lexicon, text: str, again: bool) -> None:  # noqa: FBT001 -- a table of cases
    """The first words tell whether a question builds on the one before."""
    assert hear(lexicon, text).again is again


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_read(lexicon: Lexicon, text: str) -> None:
    """Nothing that is typed breaks the reader."""
    utterance = read(text, lexicon, TODAY)
    assert all(word.word for word in utterance.unknown)
