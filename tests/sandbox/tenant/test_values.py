"""Values as text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import DisplayFormat
from bot.sandbox.tenant.values import dress, formatted


@pytest.mark.parametrize(
    ("value", "display", "encoded", "bare", "shown"),
    [
        ("EC2", DisplayFormat.DISPLAY_FORMAT_UNKNOWN, '"EC2"', "EC2", "EC2"),
        (20000.0, DisplayFormat.NUMBER_CURRENCY_USD, "20000", "20000", "$20,000"),
        (16887.5, DisplayFormat.NUMBER_CURRENCY_USD, "16887.5", "16887.5", "$16,887.50"),
        (42.86, DisplayFormat.NUMBER_PERCENTAGE, "42.86", "42.86", "42.86%"),
        (12.8, DisplayFormat.NUMBER_DECIMAL, "12.8", "12.8", "12.8"),
        (1461, DisplayFormat.NUMBER_INTEGER, "1461", "1461", "1,461"),
        ("2014-05-03", DisplayFormat.DATE_DATE, '"2014-05-03"', "2014-05-03", "3 May 2014"),
        ("2014-04-01", DisplayFormat.DATE_MONTH, '"2014-04-01"', "2014-04-01", "April 2014"),
        ("2014-04-01", DisplayFormat.DATE_QUARTER, '"2014-04-01"', "2014-04-01", "Q2 2014"),
        ("2014-01-01", DisplayFormat.DATE_YEAR, '"2014-01-01"', "2014-01-01", "2014"),
        (None, DisplayFormat.NUMBER_DECIMAL, "null", "", "–"),
    ],
)
def test_dressings(
    value: str | float | None, display: DisplayFormat, encoded: str, bare: str, shown: str
) -> None:
    """Each value in the three dressings of the wire."""
    assert (dress(value, "json", display), dress(value, "bare", display)) == (encoded, bare)
    assert dress(value, "formatted", display) == formatted(value, display) == shown


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_json_dressing_keeps_the_value(value: str | float | None) -> None:
    """What is JSON-encoded reads back as it was."""
    assert json.loads(dress(value, "json", DisplayFormat.DISPLAY_FORMAT_UNKNOWN)) == value
