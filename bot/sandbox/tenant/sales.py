"""The semantic model of the sales pipeline."""

from __future__ import annotations

from bot.model import DisplayFormat as Format
from bot.model import Domain
from bot.sandbox.tenant import sales_further as further
from bot.sandbox.tenant.domains import SALES, Field, MeasureWords, Role, Subject, ValueWords
from bot.sandbox.tenant.reply import Aggregate, Metric, Sort

_WON = "Closed Won"
_LOST = "Closed Lost"
_OPEN = ("Prospecting", "Qualification", "Proposal", "Negotiation")
_COLUMNS = (
    "opportunity",
    "account",
    "stage",
    "owner",
    "region",
    "amount",
    "expected_revenue",
    "close_date",
)
_EXAMPLES = (
    "What is the expected revenue from each opportunity?",
    "Total amount by stage",
    "How many open deals does each owner have?",
    "Expected revenue by month this year as a line chart",
    "Show me the deals closing this month",
    "Top 5 owners by won amount",
    "Share of amount by region as a pie chart",
    "What is the win rate per industry?",
    "List open deals in EMEA above 50k",
    "Write a report on the pipeline",
)
_LINKS = {
    "opportunity": "https://crm.example/opportunities/{}",
    "account": "https://crm.example/accounts/{}",
}
#: The words that each field is called by.
_WORDS = {
    "opportunity": ("opportunity name", "deal name", "name of the opportunity", "name of the deal"),
    "account": ("account", "company", "customer", "client", "account name"),
    "stage": ("stage", "sales stage", "status", "step", "phase", "pipeline stage"),
    "owner": (
        "owner",
        "rep",
        "sales rep",
        "seller",
        "salesperson",
        "sales people",
        "who",
        "account executive",
    ),
    "region": ("region", "territory", "geography", "geo", "area of the world"),
    "industry": ("industry", "sector", "vertical", "segment"),
    "amount": (
        "amount",
        "value",
        "worth",
        "deal value",
        "contract value",
        "volume",
        "acv",
        "dollar",
        "money",
    ),
    "expected_revenue": (
        "expected revenue",
        "expected",
        "revenue",
        "forecast",
        "forecasted revenue",
        "weighted amount",
        "weighted pipeline",
        "weighted revenue",
        "expected amount",
        "expected value",
    ),
    "probability": ("probability", "likelihood", "chance", "odds", "confidence"),
    "cycle": (
        "sales cycle",
        "cycle",
        "cycle time",
        "cycle length",
        "days to close",
        "time to close",
        "deal age",
    ),
    "win_rate": (
        "win rate",
        "winrate",
        "success rate",
        "close rate",
        "conversion rate",
        "conversion",
        "win ratio",
    ),
    "close_date": ("close date", "closing date", "closing", "close", "due", "due date", "expected close"),
    "created_date": (
        "created date",
        "creation date",
        "created",
        "opened",
        "new",
        "added",
        "entered",
        "start date",
    ),
}


def sales() -> Subject:
    """Opportunities, one record each, with their account, owner, stage and dates."""
    return Subject(
        domain=Domain(
            SALES,
            "Sales pipeline",
            "Opportunities with account, owner, region, industry, stage, amount and expected revenue.",
        ),
        source="opportunities AS o",
        joins=(
            ("a", "JOIN accounts AS a ON a.id = o.account_id"),
            ("p", "JOIN owners AS p ON p.id = o.owner_id"),
            ("s", "JOIN stages AS s ON s.name = o.stage"),
            ("c", "JOIN cities AS c ON c.name = a.city"),
        ),
        noun="deal",
        nouns="deals",
        noun_words=("deal", "opportunity", "opp", "oppty"),
        row="opportunity",
        time="close_date",
        fields=(*_dimensions(), *_measures(), *_times(), *further.dimensions(), *further.measures()),
        values=_values(),
        measures=_phrases(),
        metric=Metric("amount", Aggregate.SUM),
        ranking=Metric("amount", Aggregate.SUM),
        worth=Metric("amount", Aggregate.SUM),
        columns=_COLUMNS,
        listing=Sort("close_date", descending=False),
        chapters=("stage", "region", "owner", "industry"),
        examples=_EXAMPLES,
    )


def _dimensions() -> tuple[Field, ...]:
    rows = (
        ("opportunity", "o.name", "opportunities", "opportunities", "for {}", ""),
        ("account", "a.name", "accounts", "accounts", "for {}", ""),
        ("stage", "o.stage", "opportunities", "stages", "in {}", "s.position"),
        ("owner", "p.name", "owners", "owners", "owned by {}", ""),
        ("region", "a.region", "accounts", "regions", "in {}", ""),
        ("industry", "a.industry", "accounts", "industries", "in {}", ""),
    )
    return tuple(
        Field(
            key=key,
            label=key.capitalize(),
            role=Role.DIMENSION,
            sql=sql,
            words=_WORDS[key],
            table=table,
            plural=plural,
            phrase=phrase,
            order=order,
            link=_LINKS.get(key, ""),
            fixed=key == "stage",
        )
        for key, sql, table, plural, phrase, order in rows
    )


def _measures() -> tuple[Field, ...]:
    dollars, percent, number = Format.NUMBER_CURRENCY_USD, Format.NUMBER_PERCENTAGE, Format.NUMBER_DECIMAL
    total, average = Aggregate.SUM, Aggregate.AVERAGE
    days = "(julianday(o.close_date) - julianday(o.created_date))"
    decided = f"NULLIF(SUM(o.stage IN ('{_WON}', '{_LOST}')), 0)"
    won = f"100.0 * SUM(o.stage = '{_WON}') / {decided}"
    rows = (
        ("amount", "Amount", "o.amount", dollars, total, ""),
        ("expected_revenue", "Expected revenue", "o.expected_revenue", dollars, total, ""),
        ("probability", "Probability", "o.probability", percent, average, "%"),
        ("cycle", "Days from creation to close", days, number, average, "days"),
        ("win_rate", "Win rate", won, percent, average, "%"),
    )
    return tuple(
        Field(
            key=key,
            label=label,
            role=Role.MEASURE,
            sql=sql,
            words=_WORDS[key],
            table="opportunities",
            format=display,
            data_type="DOUBLE",
            aggregate=aggregate,
            unit=unit,
            ratio=key == "win_rate",
        )
        for key, label, sql, display, aggregate, unit in rows
    )


def _times() -> tuple[Field, ...]:
    rows = (("close_date", "Close date", "closing {}"), ("created_date", "Created date", "created {}"))
    return tuple(
        Field(
            key=key,
            label=label,
            role=Role.TIME,
            sql=f"o.{key}",
            words=_WORDS[key],
            table="opportunities",
            format=Format.DATE_DATE,
            data_type="DATE",
            phrase=phrase,
        )
        for key, label, phrase in rows
    )


def _values() -> tuple[ValueWords, ...]:
    return (
        ValueWords("stage", (_WON,), ("won", "closed won", "win", "signed", "landed"), "won"),
        ValueWords("stage", (_LOST,), ("lost", "closed lost", "loss", "losing"), "lost"),
        ValueWords(
            "stage", _OPEN, ("open", "active", "ongoing", "unclosed", "still open", "in flight"), "open"
        ),
        ValueWords("stage", (_WON, _LOST), ("closed", "decided", "finished"), "closed"),
        ValueWords("stage", ("Prospecting",), ("prospect", "prospecting"), ""),
        ValueWords("stage", ("Qualification",), ("qualified", "qualifying"), ""),
        ValueWords("stage", ("Proposal",), ("proposed", "proposing"), ""),
        ValueWords("stage", ("Negotiation",), ("negotiating", "negotiated"), ""),
        ValueWords("region", ("EMEA",), ("europe", "european", "middle east", "africa"), ""),
        ValueWords("region", ("Americas",), ("america", "american"), ""),
        ValueWords("country", ("United States",), ("us", "usa", "united states"), ""),
        ValueWords("country", ("United Kingdom",), ("uk", "britain", "great britain"), ""),
        ValueWords("region", ("APAC",), ("asia", "asia pacific", "asian"), ""),
        ValueWords("industry", ("Finance",), ("financial", "banking", "financial services"), ""),
        ValueWords("industry", ("Software",), ("tech", "technology", "saas"), ""),
        ValueWords("industry", ("Healthcare",), ("health", "medical"), ""),
    )


def _phrases() -> tuple[MeasureWords, ...]:
    total, average = Aggregate.SUM, Aggregate.AVERAGE
    return (
        MeasureWords(Metric("amount", total), ("pipeline", "sales pipeline", "whole pipeline")),
        MeasureWords(
            Metric("amount", total),
            ("sales", "bookings", "turnover", "won revenue", "won amount"),
            only=ValueWords("stage", (_WON,), (), "won"),
        ),
        MeasureWords(Metric("amount", average), ("deal size", "opportunity size", "contract size")),
        MeasureWords(Metric("amount", total), ("biggest", "largest"), superlative=True),
        MeasureWords(Metric("amount", total), ("smallest", "tiniest"), superlative=False),
        MeasureWords(
            Metric("probability", average), ("likeliest", "most likely", "most probable"), superlative=True
        ),
        MeasureWords(Metric("probability", average), ("least likely", "riskiest"), superlative=False),
        MeasureWords(
            Metric("close_date", Aggregate.MAX), ("latest", "most recent", "newest"), superlative=True
        ),
        MeasureWords(
            Metric("close_date", Aggregate.MIN), ("earliest", "soonest", "oldest"), superlative=False
        ),
    )
