from __future__ import annotations

import io
import json
from collections.abc import AsyncGenerator

import pytest

from bot.core.turn import Turn
from bot.errors import (
    AnswerFailed,
    AnswerTooLarge,
    AskingRefused,
    DomainUnknown,
    ImpersonationRefused,
    KeyRefused,
    PeerMisbehaved,
    PersonDeactivated,
    PersonUnknown,
    TenantError,
    TenantSilent,
    TenantUnreachable,
)
from bot.model import (
    SERVICE,
    AnswerDiff,
    Cell,
    ColumnKind,
    Domain,
    Identity,
    Op,
    Rights,
    Table,
    TableColumn,
)
from bot.terminal import ask, table_text

ADA = Identity("ada", "ada@example.com")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


class Tenant:
    """Answers every question with these diffs, and then fails if told so.

    Attributes:
        refusal: why it does not list its domains.
        asked: whose question it was, and of which domain.
    """

    def __init__(self, *diffs: AnswerDiff, error: TenantError | None = None, sql: bool = True) -> None:
        self.diffs = diffs
        self.error = error
        self.sql = sql
        self.refusal: TenantError | None = None
        self.keys: list[str] = []
        self.identities: set[Identity] = set()
        self.asked: list[tuple[Identity, str]] = []

    async def rights(self, identity: Identity) -> Rights:
        """The same for everybody."""
        self.identities.add(identity)
        return Rights(sql=self.sql)

    async def domains(self, identity: Identity) -> tuple[Domain, ...]:
        """Two, so that one has to be chosen."""
        self.identities.add(identity)
        if self.refusal is not None:
            raise self.refusal
        return (Domain("d", "Deals"), Domain("e", "Else"))

    async def ask(
        self, text: str, *, identity: Identity, domain: str, conversation: str | None, key: str
    ) -> AsyncGenerator[AnswerDiff, None]:
        """The answer."""
        assert (text, conversation) == ("How much?", None)
        self.asked.append((identity, domain))
        self.keys.append(key)
        for diff in self.diffs:
            yield diff
        if self.error is not None:
            raise self.error


def growing(*texts: str) -> list[AnswerDiff]:
    """An answer that grows by these texts."""
    diffs, length = [], 0
    for index, text in enumerate(texts):
        ops: tuple[Op, ...] = ({"retain": length}, {"insert": text}) if length else ({"insert": text},)
        diffs.append(AnswerDiff("c", "m", ops, index, in_progress=index + 1 < len(texts)))
        length += len(text)
    return diffs


def embedded(visualization: dict[str, object]) -> AnswerDiff:
    """An answer that is a visualization."""
    ops: tuple[Op, ...] = ({"insert": "Here it is.\n"}, {"insert": {"visualization": visualization}})
    return AnswerDiff("c", "m", ops, 0, in_progress=False)


async def shown(
    tenant: Tenant, *, json_events: bool = False, identity: Identity = ADA, domain: str = "d"
) -> tuple[int, str, str]:
    """Exit code, output and errors of one question."""
    out, err = io.StringIO(), io.StringIO()
    code = await ask(
        tenant,
        "How much?",
        domain=domain,
        identity=identity,
        out=out,
        err=err,
        json_events=json_events,
        turn=Turn(),
    )
    return code, out.getvalue(), err.getvalue()


async def test_a_person_asks_as_themselves() -> None:
    """Rights, domains and the question are the person's own, and nothing is said about the key's owner."""
    tenant = Tenant(*growing("Ten."))
    assert await shown(tenant) == (0, "Ten.\n", "")
    assert tenant.identities == {ADA}
    assert tenant.asked == [(ADA, "d")]


@pytest.mark.parametrize("json_events", [True, False])
async def test_the_owner_of_the_key_is_told_that_it_is_them(json_events: bool) -> None:  # noqa: FBT001 - both ways
    """Beside the answer it is said once whose rights it has; without an identity it is theirs."""
    tenant, out, err = Tenant(*growing("Ten", ".")), io.StringIO(), io.StringIO()
    await ask(tenant, "How much?", domain="d", out=out, err=err, json_events=json_events)
    assert err.getvalue() == (
        "Asking as the owner of the access key: the answer holds all that this account may see.\n"
    )
    assert tenant.asked == [(SERVICE, "d")]


@pytest.mark.parametrize("error", [AnswerFailed("no permission to list"), KeyRefused("Unauthorized")])
async def test_a_domain_is_trusted_where_none_are_listed(error: TenantError) -> None:
    """Listing is a right of few: a domain that is given is asked."""
    tenant = Tenant(*growing("Ten."))
    tenant.refusal = error
    assert (await shown(tenant, domain="x"))[0] == 0
    assert tenant.asked == [(ADA, "x")]


async def test_a_refused_key_is_said_where_no_domain_is_given() -> None:
    """Then nothing can be asked, and the reason is the key."""
    tenant = Tenant()
    tenant.refusal = KeyRefused("Unauthorized")
    code, _, err = await shown(tenant, domain="")
    assert (code, tenant.asked) == (1, [])
    assert "refuses the access key" in err


async def test_sql_is_for_those_who_may_see_it() -> None:
    """Without the right, neither the query of a result nor one in the text is printed."""
    code: dict[str, object] = {"codeStr": "SELECT 1", "dialect": "sqlite"}
    first, last = embedded({"id": "v", "title": "Revenue", "code": code}).ops
    text: Op = {"insert": "Here:\n```sql\nSELECT 2\n```\n"}
    diff = AnswerDiff("c", "m", (text, first, last), 0, in_progress=False)
    assert "SELECT" in (await shown(Tenant(diff)))[1]
    _, out, _ = await shown(Tenant(diff, sql=False))
    assert "SELECT" not in out
    assert "Revenue" in out


async def test_text_is_printed_as_it_grows() -> None:
    """Each word is written once, and the answer ends with a line break."""
    written: list[str] = []

    class Recorder(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            return super().write(text)

    out = Recorder()
    tenant = Tenant(*growing("It is ", "for", "ty ", "two."))
    assert await ask(tenant, "How much?", domain="d", out=out, err=io.StringIO()) == 0
    assert out.getvalue() == "It is forty two.\n"
    assert written[:2] == ["It", " is"]


async def test_suggestions_are_listed_and_not_left_in_the_text() -> None:
    """A follow-up link is never printed as text, not even by half."""
    tenant = Tenant(*growing("Done. [And by ", "region?](#", "ask)\n"))
    code, out, _ = await shown(tenant)
    assert code == 0
    assert out == "Done.\n\nYou could ask next:\n  And by region?\n"


async def test_a_revised_answer_is_printed_whole_at_the_end() -> None:
    """When what was printed changes, the last version is printed once, and marked."""
    tenant = Tenant(
        AnswerDiff("c", "m", ({"insert": "First thoughts \n"},), 0, in_progress=True),
        AnswerDiff("c", "m", ({"delete": 16}, {"insert": "Second thoughts \n"}), 1, in_progress=True),
        AnswerDiff("c", "m", ({"retain": 17}, {"insert": "stand."}), 2, in_progress=False),
    )
    _, out, _ = await shown(tenant)
    assert out.endswith("(The answer was revised.)\n\nSecond thoughts \nstand.\n")
    assert out.count("Second") == 1


async def test_a_visualization_is_a_table_and_its_sql() -> None:
    """Numbers stand to the right, the SQL stands below as it ran."""
    visualization: dict[str, object] = {
        "id": "v",
        "title": "Revenue",
        "type": "BAR_CHART",
        "columns": [{"name": "region"}, {"name": "revenue"}],
        "data": [[{"value": '"EMEA"'}, {"value": "5"}], [{"value": '"APAC"'}, {"value": "1200"}]],
        "dimensions": ["region"],
        "measures": ["revenue"],
        "code": {"codeStr": "SELECT 1\n", "dialect": "sqlite"},
    }
    _, out, _ = await shown(Tenant(embedded(visualization)))
    assert out.splitlines() == [
        "Here it is.",
        "",
        "Revenue",
        "",
        "Region  Revenue",
        "------  -------",
        "EMEA          5",
        "APAC      1,200",
        "",
        "sqlite:",
        "SELECT 1",
    ]


def _table(rows: int, **fields: object) -> Table:
    column = TableColumn("n", "n", ColumnKind.NUMBER)
    cells = tuple((Cell(n, str(n)),) for n in range(rows))
    return Table("t", (column,), cells, **fields)  # type: ignore[arg-type] # has_more or total_rows


@pytest.mark.parametrize(
    ("table", "last"),
    [
        (_table(20), "19"),
        (_table(21), "(first 20 of 21 rows)"),
        (_table(25, has_more=True, total_rows=90), "(first 20 of 90 rows)"),
        (_table(25, has_more=True), "(first 20 rows; there are more than 25)"),
        (_table(5, has_more=True), "(first 5 rows; there are more than 5)"),
    ],
)
def test_long_tables_are_cut(table: Table, last: str) -> None:
    """At most 20 rows are printed, and it is said how many there are."""
    lines = table_text(table).splitlines()
    assert lines[-1].strip() == last
    assert len(lines) <= 23


def test_wide_characters_keep_the_columns_straight() -> None:
    """The width of a cell is what a terminal takes for it; long ones are cut, line breaks are spaces."""
    columns = (TableColumn("a", "a", ColumnKind.TEXT), TableColumn("b", "b", ColumnKind.TEXT))
    texts = [("東京", "x"), ("e\u0301te\u0301", "y"), ("two\nlines", "z" * 50)]
    lines = table_text(Table("", columns, tuple((Cell(a, a), Cell(b, b)) for a, b in texts))).splitlines()
    assert lines[2:] == ["東京       x", "e\u0301te\u0301        y", "two lines  " + "z" * 39 + "…"]


def test_a_table_without_columns_is_nothing() -> None:
    """There is nothing to print."""
    assert table_text(Table("t", (), ())) == ""


async def test_events_are_printed_as_json() -> None:
    """With json_events each diff is one object on one line, and nothing else is printed."""
    code, out, err = await shown(Tenant(*growing("a", "b")), json_events=True)
    events = [json.loads(line) for line in out.splitlines()]
    assert [event["ops"] for event in events] == [[{"insert": "a"}], [{"retain": 1}, {"insert": "b"}]]
    assert events[1]["in_progress"] is False
    assert (code, err) == (0, "")


async def test_each_question_has_its_own_key() -> None:
    """Asking the same again is not a retry."""
    tenant = Tenant(*growing("a"))
    await shown(tenant)
    await shown(tenant)
    assert len(set(tenant.keys)) == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TenantUnreachable("HTTP 502"), "cannot be reached"),
        (KeyRefused("HTTP 401"), "refuses the access key"),
        (ImpersonationRefused("not allowed"), "may not act for others"),
        (PersonUnknown("User not found"), "no account with this address"),
        (PersonDeactivated("off"), "is switched off"),
        (AskingRefused("no permission"), "does not let it ask"),
        (AnswerTooLarge(64), "more than 64 MiB"),
        (DomainUnknown("d"), "knows no domain 'd'"),
        (DomainUnknown(), "--domain"),
        (AnswerFailed("out of memory"), "out of memory"),
        (TenantSilent(90), "for 90 seconds"),
        (PeerMisbehaved("not JSON"), "cannot be understood"),
        (TenantError("?"), "failed"),
    ],
)
async def test_what_goes_wrong_is_a_sentence(error: TenantError, words: str) -> None:
    """What came is printed, the reason goes to the error stream, and the exit code is 1."""
    code, out, err = await shown(Tenant(*growing("Half an ", "answer", "")[:2], error=error))
    assert (code, out) == (1, "Half an answer\n")
    assert words in err
    assert err.count("\n") == 1


async def test_reported_errors_make_the_exit_code() -> None:
    """An answer with errorStrings is printed, and is no success."""
    last = AnswerDiff("c", "m", ({"insert": "Partly."},), 0, in_progress=False, errors=("no\x1b[2J chart",))
    code, out, err = await shown(Tenant(last))
    assert (code, out) == (1, "Partly.\n")
    assert err == "WisdomAI reports: no[2J chart\n"


async def test_a_gap_is_mentioned() -> None:
    """When a diff is missing, the reader is told that the answer may be incomplete."""
    first, _, third = growing("a ", "b ", "c")
    code, _, err = await shown(Tenant(first, third))
    assert code == 0
    assert "incomplete" in err


async def test_no_escape_sequence_of_the_tenant_reaches_the_terminal() -> None:
    """Control characters are taken out of text, tables and errors."""
    visualization: dict[str, object] = {"id": "v", "title": "a\x1b]0;x\x07b", "columns": [{"name": "\x9bc"}]}
    _, out, _ = await shown(Tenant(embedded(visualization)))
    assert not set(out) & set("\x1b\x07\x9b")


async def test_the_status_stands_on_a_line_of_its_own() -> None:
    """In a terminal the status is replaced in place, and gone before the text begins."""
    err = Terminal()
    status: tuple[Op, ...] = ({"insert": "Reading tables", "attributes": {"progress": True}},)
    text: tuple[Op, ...] = ({"delete": 14}, {"insert": "Done."})
    tenant = Tenant(
        AnswerDiff("c", "m", status, 0, in_progress=True), AnswerDiff("c", "m", text, 1, in_progress=False)
    )
    times = iter([0.0, 2.5])
    out = io.StringIO()
    await ask(tenant, "How much?", domain="d", identity=ADA, out=out, err=err, now=lambda: next(times))
    assert out.getvalue() == "Done.\n"
    assert err.getvalue() == "\r\x1b[2KReading tables\r\x1b[2K(2.5 s)\n"


@pytest.mark.parametrize("name", ["d", "Deals", "deals"])
async def test_a_domain_is_chosen_by_id_or_name(name: str) -> None:
    """Whatever the case, the tenant is asked by id."""
    out = io.StringIO()
    assert await ask(Tenant(*growing("Ten.")), "How much?", domain=name, out=out, err=io.StringIO()) == 0
    assert out.getvalue() == "Ten.\n"


@pytest.mark.parametrize(("name", "said"), [("", "--domain"), ("finance", "no domain 'finance'")])
async def test_a_domain_that_is_not_there_is_said(name: str, said: str) -> None:
    """Nothing is asked of a domain that nobody chose or that does not exist."""
    err = io.StringIO()
    assert await ask(Tenant(), "How much?", domain=name, out=io.StringIO(), err=err) == 1
    assert said in err.getvalue()
