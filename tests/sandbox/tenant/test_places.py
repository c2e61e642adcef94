"""The cities of the accounts."""

from __future__ import annotations

from datetime import date

from bot.sandbox.tenant.data import Tables
from bot.sandbox.tenant.places import CITIES


def test_every_account_is_somewhere() -> None:
    """Each account's city is known and lies on the globe; it has a state if it is in the United States."""
    tables = Tables(date(2026, 11, 20))
    assert tables.run("SELECT COUNT(*) FROM accounts JOIN cities ON cities.name = city") == [(26,)]
    tables.close()
    for _, country, state, latitude, longitude in CITIES:
        assert (state is not None) == (country == "United States")
        assert abs(latitude) <= 90
        assert abs(longitude) <= 180
