"""Further fields of the sales pipeline: places, origins, fiscal periods, moments and durations."""

from __future__ import annotations

from bot.model import DisplayFormat as Format
from bot.sandbox.tenant.domains import Field, Role
from bot.sandbox.tenant.reply import Aggregate

# The fiscal year begins in February, and is named by the year in which it ends.
_YEAR = "'FY' || strftime('%Y', date(o.close_date, '+11 months'))"
_QUARTER = f"{_YEAR} || ' Q' || ((CAST(strftime('%m', o.close_date) AS INTEGER) + 10) % 12 / 3 + 1)"
_ACTIVITY = ("last activity", "last contact", "last touch", "recent activity")
_PLAIN, _TEXT = Format.DISPLAY_FORMAT_UNKNOWN, "VARCHAR"
_PREVIOUS = ("previous stage", "stage before", "last stage", "prior stage")
#: Key, label, SQL, plural, format, type and words of each dimension.
_DIMENSIONS: tuple[tuple[str, str, str, str, Format, str, tuple[str, ...]], ...] = (
    ("source", "Source", "o.source", "sources", _PLAIN, _TEXT, ("lead source", "origin", "source")),
    ("product", "Product", "o.product", "products", _PLAIN, _TEXT, ("product line", "product")),
    ("previous_stage", "Previous stage", "o.previous_stage", "previous stages", _PLAIN, _TEXT, _PREVIOUS),
    (
        "country",
        "Country",
        "c.country",
        "countries",
        Format.LOCATION_COUNTRY,
        _TEXT,
        ("country", "nation"),
    ),
    (
        "state",
        "State",
        "c.state",
        "states",
        Format.LOCATION_STATE,
        _TEXT,
        ("us state", "federal state", "state"),
    ),
    ("city", "City", "c.name", "cities", _PLAIN, _TEXT, ("city", "town")),
    ("latitude", "Latitude", "c.latitude", "latitudes", Format.NUMBER_DECIMAL, "DOUBLE", ("latitude",)),
    (
        "longitude",
        "Longitude",
        "c.longitude",
        "longitudes",
        Format.NUMBER_DECIMAL,
        "DOUBLE",
        ("longitude",),
    ),
    (
        "fiscal_quarter",
        "Fiscal quarter",
        _QUARTER,
        "fiscal quarters",
        Format.DATE_FISCAL_QUARTER,
        _TEXT,
        (),
    ),
    ("fiscal_year", "Fiscal year", _YEAR, "fiscal years", Format.DATE_FISCAL_YEAR, _TEXT, ()),
    (
        "last_activity",
        "Last activity",
        "o.last_activity",
        "moments",
        Format.DATE_DATETIME,
        "DATETIME",
        _ACTIVITY,
    ),
    (
        "activity_time",
        "Time of last activity",
        "time(o.last_activity)",
        "times of day",
        Format.DATE_TIME,
        "TIME",
        (),
    ),
)


def dimensions() -> tuple[Field, ...]:
    """Where deals come from and where they are, and when something last happened."""
    tables = {"c": "cities", "o": "opportunities", "t": "opportunities", "'": "opportunities"}
    ordered = {"fiscal_quarter", "fiscal_year"}
    return tuple(
        Field(
            key=key,
            label=label,
            role=Role.DIMENSION,
            sql=sql,
            words=words or (label.lower(),),
            table=tables[sql[0]],
            format=display,
            data_type=kind,
            plural=plural,
            phrase="in {}",
            order=key if key in ordered else "",
            minor=True,
        )
        for key, label, sql, plural, display, kind, words in _DIMENSIONS
    )


#: Durations: what is measured, in days or seconds, and the units that it can be asked for in.
_DURATIONS: tuple[tuple[str, str, str, float, Format, tuple[str, ...]], ...] = (
    ("days_open", "Days open", "o.days_open", 1, Format.DURATION_DAYS, ("days open", "day open", "age")),
    ("age_weeks", "Age in weeks", "o.days_open", 7, Format.DURATION_WEEKS, ("age in week", "weeks open")),
    (
        "age_months",
        "Age in months",
        "o.days_open",
        30.44,
        Format.DURATION_MONTHS,
        ("age in month", "months open"),
    ),
    ("age_quarters", "Age in quarters", "o.days_open", 91.31, Format.DURATION_QUARTERS, ("age in quarter",)),
    ("age_years", "Age in years", "o.days_open", 365.25, Format.DURATION_YEARS, ("age in year",)),
    (
        "response",
        "Response time",
        "o.response_seconds",
        1,
        Format.DURATION_SECONDS,
        ("response time", "first response"),
    ),
    (
        "response_minutes",
        "Response time in minutes",
        "o.response_seconds",
        60,
        Format.DURATION_MINUTES,
        ("response time in minute", "minutes to response"),
    ),
    (
        "response_hours",
        "Response time in hours",
        "o.response_seconds",
        3600,
        Format.DURATION_HOURS,
        ("response time in hour", "hours to response"),
    ),
)


def measures() -> tuple[Field, ...]:
    """How old deals are and how soon we answered, in every unit of duration."""
    return tuple(
        Field(
            key=key,
            label=label,
            role=Role.MEASURE,
            sql=sql if unit == 1 else f"({sql} / {float(unit)})",
            words=words,
            table="opportunities",
            format=display,
            data_type="DOUBLE",
            aggregate=Aggregate.AVERAGE,
            unit=display.value.removeprefix("DURATION_").lower(),
            minor=True,
        )
        for key, label, sql, unit, display, words in _DURATIONS
    )
