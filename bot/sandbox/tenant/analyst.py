"""The analyst of the sandbox: a question in, a computed answer out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from bot.model import Domain
from bot.sandbox.tenant import context, forecast, oddities, planner, suggestions, writer
from bot.sandbox.tenant.data import Row, Tables
from bot.sandbox.tenant.domains import COUNT, Role, Subject
from bot.sandbox.tenant.language import Utterance, read
from bot.sandbox.tenant.lexicon import Lexicon, build
from bot.sandbox.tenant.mentions import Command, Within
from bot.sandbox.tenant.planner import Misunderstanding
from bot.sandbox.tenant.query import DIALECT, Result, execute, write
from bot.sandbox.tenant.reply import (
    Aggregate,
    Filter,
    GeneratingQuery,
    Grain,
    Intent,
    Metric,
    Progress,
    Reply,
    Step,
    Text,
    Thinking,
    Visual,
)
from bot.sandbox.tenant.report import Source, report
from bot.sandbox.tenant.sales import sales
from bot.sandbox.tenant.values import formatted
from bot.sandbox.tenant.visualization import build as visualization
from bot.sandbox.tenant.weather import weather
from bot.sandbox.tenant.wishes import Listener

_OFFERED = 3
_VIEWS = 64  # kept of each domain
_RELATIVE = (
    "today",
    "yesterday",
    "tomorrow",
    "last",
    "this",
    "next",
    "in the",
    "week to",
    "month to",
    "year to",
)


class Analyst:
    """Answers questions over the sandbox's tables; may be asked from any thread.

    Args:
        today: the day that the sales pipeline is made for, and that "this quarter" is counted from.

    Raises:
        ConfigurationError: the ``sandbox`` extra is not installed.
    """

    def __init__(self, today: date) -> None:
        self._tables = Tables(today)
        self._desks: Mapping[str, _Desk] = {
            subject.domain.id: _Desk(subject, self._tables, today) for subject in (sales(), weather())
        }

    @property
    def domains(self) -> tuple[Domain, ...]:
        """What can be asked about."""
        return tuple(desk.subject.domain for desk in self._desks.values())

    def examples(self, domain_id: str) -> tuple[str, ...]:
        """Ten questions that the domain answers well.

        Raises:
            KeyError: there is no such domain.
        """
        return self._desks[domain_id].subject.examples

    def answer(
        self,
        domain_id: str,
        text: str,
        previous: Intent | None,
        *,
        scope: Sequence[Filter] = (),
        sql: bool = True,
    ) -> Reply:
        """Answer a question.

        Args:
            domain_id: the domain that is asked.
            text: the question, as a person typed it, alone or with what others asked before
                (:mod:`bot.sandbox.tenant.context`).
            previous: the query of the question before in the conversation; one of another domain is ignored.
            scope: conditions on the rows that this person may see. They hold whatever is asked; a name that
                is in no such row is unknown.
            sql: the person may read the query in words. It goes with the results all the same.

        Raises:
            KeyError: there is no such domain.
        """
        desk = self._desks[domain_id]
        if previous is not None and previous.domain != domain_id:
            previous = None
        return desk.answer(text, previous, tuple(scope), sql=sql)

    def run(self, sql: str) -> list[Row]:
        """The rows of one reading statement.

        Raises:
            sqlite3.Error: the statement is wrong, or writes.
        """
        return self._tables.run(sql)

    def close(self) -> None:
        """Free the tables."""
        self._tables.close()


@dataclass(frozen=True, slots=True)
class _View:
    """A domain as somebody may see it.

    Attributes:
        subject: with the examples that their rows can answer.
        lexicon: with the names that stand in their rows.
        scope: the conditions on their rows.
    """

    subject: Subject
    lexicon: Lexicon
    scope: tuple[Filter, ...]


class _Desk:
    """One domain with its views and its "today"."""

    def __init__(self, subject: Subject, tables: Tables, today: date) -> None:
        self.subject = subject
        self._tables = tables
        self._view = lru_cache(_VIEWS)(self._viewed)
        self._today, self._ended = _present(subject, tables, today)

    def answer(self, text: str, previous: Intent | None, scope: tuple[Filter, ...], *, sql: bool) -> Reply:
        view = self._view(scope)
        asked = context.read(text)
        for earlier in asked.earlier:
            followed = planner.plan(self._read(earlier, view), view.subject, previous)
            previous = followed if isinstance(followed, Intent) else previous
        utterance = self._read(asked.question, view)
        planned = planner.plan(utterance, view.subject, previous)
        if isinstance(planned, Intent):
            return Reply(tuple(self._computed(planned, utterance, view)), planned)
        if planned is Command.HELP:
            return Reply(tuple(self._help(view)), previous)
        if planned is Command.ODDITIES:
            return Reply(tuple(self._oddities(view)), previous)
        if planned is Command.REPORT:
            return Reply(tuple(self._report(utterance, view, sql=sql)), previous)
        if planned is Command.SQL:
            return Reply(tuple(_sql(previous, view) if sql else _no_sql(view)), previous)
        return Reply(tuple(self._at_a_loss(planned, utterance, view)), previous)

    def _viewed(self, scope: tuple[Filter, ...]) -> _View:
        lexicon = _lexicon(self.subject, self._tables, scope)
        examples = [each for each in self.subject.examples if not read(each, lexicon, self._today).unknown]
        return _View(replace(self.subject, examples=tuple(examples)), lexicon, scope)

    def _read(self, text: str, view: _View) -> Utterance:
        return read(text, view.lexicon, self._today)

    def _computed(self, intent: Intent, utterance: Utterance, view: _View) -> Iterator[Step]:
        subject, scope = view.subject, view.scope
        if intent.forecast:
            intent = forecast.history(intent, subject, self._today)
        yield Progress(f"Looking at {subject.domain.name}…")
        yield Thinking(writer.reading(intent, subject))
        yield GeneratingQuery(write(intent, subject, scope).sql, DIALECT)
        yield Progress("Running the query…")
        result = execute(intent, subject, self._tables.run, scope)
        yield from writer.finding(intent, subject, result)
        if intent.forecast:
            result = forecast.extended(intent, result)
            yield Text(writer.ahead(intent, result))
        if result.rows and not result.empty:
            yield Visual(visualization(intent, subject, result))
        notes = " ".join(self._notes(utterance, result))
        if notes:
            yield Text(f"{notes}\n\n", {"subtext": True})
        yield Text(writer.links(suggestions.after(intent, subject, result)))

    def _oddities(self, view: _View) -> Iterator[Step]:
        """A table of what is hard to show, and of what tries to do harm, amid prose that does as well."""
        odd = oddities.oddities()
        intent = Intent(odd.domain.id, records=True, columns=odd.columns, sort=odd.listing)
        yield Progress(f"Looking at {self.subject.domain.name}…")
        result = execute(intent, odd, self._tables.run)
        yield Text(f"**{len(result.rows)} rows** with names, notes and numbers that are hard to show.\n\n")
        yield Text(oddities.PROSE)
        yield Visual(oddities.linked(visualization(intent, odd, result)))
        yield Text(writer.links((*oddities.QUESTIONS, *view.subject.examples[:1])))

    def _notes(self, utterance: Utterance, result: Result) -> Iterator[str]:
        """What a person should know about how they were understood."""
        for typed, taken in utterance.corrections:
            yield f"I read “{typed}” as “{taken}”."
        if utterance.unknown:
            words = ", ".join(f"“{each.word}”" for each in utterance.unknown[:5])
            yield f"I left out {words}: nothing in {self.subject.domain.name} is called that."
        periods = [each.period.label for each in utterance.mentions if isinstance(each, Within)]
        if self._ended and any(label.startswith(_RELATIVE) for label in periods):
            yield f"The data ends on {self._ended}, and I counted from there."
        if result.total_rows > len(result.rows):
            yield f"These are the first {len(result.rows):,} of {result.total_rows:,} rows."

    def _help(self, view: _View) -> Iterator[Step]:
        subject = view.subject
        yield Progress(f"Looking at {subject.domain.name}…")
        known = [field for field in subject.fields if not field.minor]
        measures = ", ".join(field.label.lower() for field in known if field.role is Role.MEASURE)
        axes = ", ".join(field.label.lower() for field in known if field.role is Role.DIMENSION)
        yield Text(
            f"**{subject.domain.name}**: {subject.domain.description}\n\n"
            f"I can list {subject.nouns}, count them and compute {measures}, by {axes}, or by day, week,"
            " month, quarter and year; with filters, a top 5 and any chart. A follow-up changes the question"
            " before it.\n\n"
        )
        yield Text(writer.links(subject.examples))

    def _report(self, utterance: Utterance, view: _View, *, sql: bool) -> Iterator[Step]:
        subject = view.subject
        wish = Listener(subject).hear(utterance.mentions)
        chapters = [key for key in wish.dimensions if key in subject.chapters]
        yield Progress(f"Looking at {subject.domain.name}…")
        yield Thinking("The question asks for a report, so every part of the data is looked at in turn.")
        if wish.grain is Grain.YEAR and "year" in subject.chapters:
            chapters.append("year")
        filters = tuple(each for each in wish.filters if each.field != COUNT)
        yield from report(Source(subject, self._tables.run, view.scope, sql), chapters, filters)
        yield Text(writer.links(subject.examples[:_OFFERED]))

    def _at_a_loss(
        self, why: Command | Misunderstanding, utterance: Utterance, view: _View
    ) -> Iterator[Step]:
        """Say honestly that there is no answer, and what would have one."""
        name = self.subject.domain.name
        words = ", ".join(f"“{each.word}”" for each in utterance.unknown[:5])
        yield Progress(f"Looking at {name}…")
        if why is Misunderstanding.UNKNOWN_NAME and words:
            text = f"I cannot answer that: nothing in **{name}** is called {words}."
        else:
            text = f"I cannot find a question about **{name}** in that."
        yield Text(f"{text} {self.subject.domain.description} You could ask:\n\n")
        yield Text(writer.links(view.subject.examples[:_OFFERED]))


def _sql(previous: Intent | None, view: _View) -> Iterator[Step]:
    if previous is None:
        yield Text("There is no query in this conversation yet. Ask something first, for example:\n\n")
    else:
        sql = write(previous, view.subject, view.scope).sql
        yield Text("This is the query behind the last answer:\n\n")
        yield Text(f"```sql\n{sql}\n```\n\n")
    yield Text(writer.links(view.subject.examples[:_OFFERED]))


def _no_sql(view: _View) -> Iterator[Step]:
    yield Text("I cannot show you the query behind an answer: your role does not let you see SQL.\n\n")
    yield Text(writer.links(view.subject.examples[:_OFFERED]))


def _lexicon(subject: Subject, tables: Tables, scope: tuple[Filter, ...]) -> Lexicon:
    """The words of a domain for somebody who may see the rows in ``scope``."""
    values: dict[str, list[str]] = {}
    counted = Intent(subject.domain.id, metrics=(Metric(COUNT, Aggregate.COUNT),))
    for key in subject.keys(Role.DIMENSION):
        field = subject.field(key)
        if field.data_type == "VARCHAR":
            listing = replace(counted, dimensions=(key,))
            rows = tables.run(write(listing, subject, () if field.fixed else scope).unlimited)
            values[key] = [str(row[0]) for row in rows if row[0] is not None]
    return build(subject, values)


def _present(subject: Subject, tables: Tables, today: date) -> tuple[date, str]:
    """The day to count from, and when the data ended in words; data of the past has its own present.

    It is the same for everybody, as the age of the data is.
    """
    field = subject.field(subject.time)
    last = str(tables.run(f"SELECT MAX({field.sql}) FROM {subject.source}")[0][0])
    if date.fromisoformat(last) >= today:
        return today, ""
    return date.fromisoformat(last), formatted(last, field.format)
