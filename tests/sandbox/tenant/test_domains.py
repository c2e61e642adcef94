"""The semantic models hold together."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.sandbox.tenant.data import Tables
from bot.sandbox.tenant.domains import Role, Subject
from bot.sandbox.tenant.query import execute
from bot.sandbox.tenant.reply import Aggregate, Intent, Metric
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.weather import weather


@pytest.fixture(scope="module")
def tables() -> Iterator[Tables]:
    """The tables of 1 June 2025."""
    made = Tables(date(2025, 6, 1))
    yield made
    made.close()


@pytest.mark.parametrize("subject", [sales(), weather()], ids=lambda subject: subject.domain.name)
def test_every_field_can_be_asked(tables: Tables, subject: Subject) -> None:
    """Each measure by each dimension, in each aggregate, is a query that runs."""
    for measure in subject.keys(Role.MEASURE):
        for dimension in subject.keys(Role.DIMENSION):
            metrics = tuple(Metric(measure, each) for each in Aggregate if each is not Aggregate.COUNT)
            intent = Intent(
                subject.domain.id, metrics if not subject.field(measure).ratio else metrics[:1], (dimension,)
            )
            assert execute(intent, subject, tables.run).rows


@pytest.mark.parametrize("subject", [sales(), weather()], ids=lambda subject: subject.domain.name)
def test_the_model_names_only_its_fields(subject: Subject) -> None:
    """Columns, times, values and rankings refer to fields that exist, and keys are unique."""
    keys = [field.key for field in subject.fields]
    assert len(set(keys)) == len(keys)
    named = {
        *subject.columns,
        subject.time,
        subject.metric.field,
        subject.ranking.field,
        subject.listing.field,
    }
    named |= {words.field for words in subject.values} | {words.metric.field for words in subject.measures}
    assert named <= set(keys)
    assert len(subject.examples) == 10


def test_an_unknown_field_is_an_error() -> None:
    """There are no fields but those of the model."""
    with pytest.raises(KeyError):
        sales().field("shoe_size")
