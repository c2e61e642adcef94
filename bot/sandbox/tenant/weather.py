"""The semantic model of the Seattle weather."""

from __future__ import annotations

from bot.model import DisplayFormat, Domain
from bot.sandbox.tenant.domains import WEATHER, Field, MeasureWords, Role, Subject, ValueWords
from bot.sandbox.tenant.reply import Aggregate, Metric, Sort

_RAIN = ("precipitation", "rain", "rainfall", "precip", "millimetre", "water")
_MAXIMUM = (
    "temp max",
    "max temp",
    "maximum temperature",
    "max temperature",
    "temperature max",
    "daytime temperature",
    "daily high",
    "high temperature",
    "high temp",
)
_MINIMUM = (
    "temp min",
    "min temp",
    "minimum temperature",
    "min temperature",
    "temperature min",
    "night temperature",
    "daily low",
    "low temperature",
    "low temp",
)
_MEAN = ("temperature", "temp", "mean temperature", "degree", "how warm", "how cold", "how hot")
_RANGE = ("temperature range", "temperature swing", "temp range", "temperature difference")


def weather() -> Subject:
    """Days, one record each, with the weather measured in Seattle."""
    return Subject(
        domain=Domain(
            WEATHER,
            "Seattle weather",
            "Daily measurements in Seattle, 2012 to 2015: precipitation, temperatures, wind and condition.",
        ),
        source="daily_weather AS d",
        joins=(("m", "JOIN months AS m ON m.number = CAST(strftime('%m', d.day) AS INTEGER)"),),
        noun="day",
        nouns="days",
        noun_words=("day",),
        row="",
        time="day",
        fields=(*_dimensions(), *_measures(), _day()),
        values=_values(),
        measures=_phrases(),
        metric=Metric("temp_mean", Aggregate.AVERAGE),
        ranking=Metric("temp_max", Aggregate.MAX),
        worth=None,
        columns=("day", "condition", "precipitation", "temp_max", "temp_min", "wind"),
        listing=Sort("day", descending=False),
        chapters=("year", "season", "condition"),
        examples=(
            "Total precipitation by month in 2014",
            "Average temp max by month as a line chart",
            "How many rainy days per year?",
            "What was the hottest day?",
            "Share of days by condition as a pie chart",
            "Scatter of temp max against wind",
            "Average wind by season",
            "Top 10 wettest days",
            "Which month had the most precipitation?",
            "Write a report on the weather",
        ),
    )


def _dimensions() -> tuple[Field, ...]:
    kinds = ("condition", "weather type", "type of weather", "kind of weather", "weather condition")
    months = ("calendar month", "month of the year", "month of year", "month name")
    seasons = ("season", "time of year", "time of the year")
    rows = (
        ("condition", "Condition", "d.condition", "daily_weather", "with {}", "", kinds),
        ("calendar_month", "Calendar month", "m.name", "months", "in {}", "m.number", months),
        ("season", "Season", "m.season", "months", "in {}", "m.season_position", seasons),
    )
    return tuple(
        Field(
            key=key,
            label=label,
            role=Role.DIMENSION,
            sql=sql,
            words=words,
            table=table,
            plural=f"{label.lower()}s",
            phrase=phrase,
            order=order,
        )
        for key, label, sql, table, phrase, order, words in rows
    )


def _measures() -> tuple[Field, ...]:
    total, average = Aggregate.SUM, Aggregate.AVERAGE
    rows = (
        ("precipitation", "Precipitation", "d.precipitation", total, "mm", _RAIN),
        ("temp_max", "Temp max", "d.temp_max", average, "°C", _MAXIMUM),
        ("temp_min", "Temp min", "d.temp_min", average, "°C", _MINIMUM),
        ("temp_mean", "Mean temperature", "((d.temp_max + d.temp_min) / 2)", average, "°C", _MEAN),
        ("temp_range", "Temperature range", "(d.temp_max - d.temp_min)", average, "°C", _RANGE),
        ("wind", "Wind", "d.wind", average, "m/s", ("wind", "wind speed", "windspeed", "breeze")),
    )
    return tuple(
        Field(
            key=key,
            label=label,
            role=Role.MEASURE,
            sql=sql,
            table="daily_weather",
            words=words,
            format=DisplayFormat.NUMBER_DECIMAL,
            data_type="DOUBLE",
            aggregate=aggregate,
            unit=unit,
        )
        for key, label, sql, aggregate, unit, words in rows
    )


def _day() -> Field:
    return Field(
        key="day",
        label="Day",
        role=Role.TIME,
        sql="d.day",
        table="daily_weather",
        words=("date",),
        format=DisplayFormat.DATE_DATE,
        data_type="DATE",
        phrase="{}",
    )


def _values() -> tuple[ValueWords, ...]:
    wet = (
        "rainy",
        "day with rain",
        "day of rain",
        "rain day",
        "day did it rain",
        "day it rained",
        "day rained",
    )
    return (
        ValueWords("condition", ("rain",), wet),
        ValueWords("condition", ("snow",), ("snow", "snowy", "snowfall", "snowed", "snowing")),
        ValueWords("condition", ("sun",), ("sunny", "sunshine", "clear")),
        ValueWords("condition", ("fog",), ("foggy", "mist", "misty")),
        ValueWords("condition", ("drizzle",), ("drizzly", "drizzling", "drizzled")),
        ValueWords("season", ("Autumn",), ("fall",)),
    )


def _phrases() -> tuple[MeasureWords, ...]:
    high, low = Aggregate.MAX, Aggregate.MIN
    return (
        MeasureWords(
            Metric("temp_max", high),
            (
                "hottest",
                "warmest",
                "highest temperature",
                "record high",
                "hottest temperature",
                "highest temp",
            ),
            superlative=True,
        ),
        MeasureWords(
            Metric("temp_min", low),
            ("coldest", "coolest", "lowest temperature", "record low", "coldest temperature", "lowest temp"),
            superlative=False,
        ),
        MeasureWords(Metric("precipitation", Aggregate.SUM), ("wettest", "rainiest"), superlative=True),
        MeasureWords(Metric("precipitation", Aggregate.SUM), ("driest", "dryest"), superlative=False),
        MeasureWords(Metric("wind", Aggregate.AVERAGE), ("windiest", "stormiest"), superlative=True),
        MeasureWords(Metric("wind", Aggregate.AVERAGE), ("calmest", "stillest"), superlative=False),
        MeasureWords(Metric("day", high), ("latest", "most recent", "newest"), superlative=True),
        MeasureWords(Metric("day", low), ("earliest", "oldest"), superlative=False),
    )
