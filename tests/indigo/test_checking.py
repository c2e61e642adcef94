"""An operator's GraphQL document before it is sent."""

from __future__ import annotations

import pytest

from bot.errors import ConfigurationError
from bot.indigo import checking

DOCUMENT = """mutation Rename($id: Int_ID!, $title: String, $again: Boolean! = true) {
  rename(id: $id, title: $title, again: $again)
}
query Look { there }"""
SCHEMA = """scalar Int_ID
type Query { there: Boolean }
type Mutation { rename(id: Int_ID!, title: String, again: Boolean): Boolean }"""


def test_the_named_operation_is_taken() -> None:
    """Of several operations the one that was named runs, and it is known whether it changes something."""
    rename = checking.read(DOCUMENT, operation="Rename")
    look = checking.read(DOCUMENT, operation="Look")
    assert (rename.operation, rename.changes, rename.document) == ("Rename", True, DOCUMENT)
    assert (look.operation, look.changes) == ("Look", False)


def test_the_only_operation_needs_no_name() -> None:
    """A document with one operation runs it; a query without a name has none."""
    order = checking.read("{ there }")
    assert (order.operation, order.changes) == (None, False)


@pytest.mark.parametrize(
    ("document", "operation", "words"),
    [
        (DOCUMENT, "", "several operations. Give one with --operation: Rename, Look"),
        (DOCUMENT, "Gone", "no operation Gone. It has: Rename, Look"),
        ("fragment F on Query { there }", "", "no operation"),
        ("query {", "", "no GraphQL"),
        ("subscription { there }", "", "only queries and mutations"),
    ],
)
def test_a_document_that_cannot_run_is_explained(document: str, operation: str, words: str) -> None:
    """Nothing is guessed: a sentence says what is wrong."""
    with pytest.raises(ConfigurationError, match=words):
        checking.read(document, operation=operation)


@pytest.mark.parametrize("schema", [None, SCHEMA])
def test_variables_that_fit_have_no_problem(schema: str | None) -> None:
    """What has a default, or may be null, need not be given."""
    order = checking.read(DOCUMENT, operation="Rename", schema=schema)
    assert order.problems({"id": "17536399072"}) == ()
    assert order.problems({"id": 7, "title": None, "again": False}) == ()


@pytest.mark.parametrize("schema", [None, SCHEMA])
@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, "$id"),
        ({"id": None}, "$id"),
        ({"id": "1", "tilte": "x"}, "$tilte"),
        ({"id": "1", "again": None}, "$again"),
    ],
)
def test_variables_that_do_not_fit_are_named(
    schema: str | None, variables: dict[str, object], named: str
) -> None:
    """Missing, null and misspelt variables are found before anything is sent."""
    (problem,) = checking.read(DOCUMENT, operation="Rename", schema=schema).problems(variables)
    assert named in problem


def test_a_schema_finds_wrong_types() -> None:
    """With the customer's schema a number in the place of a text is found, too."""
    wrong = {"id": "1", "title": 5}
    assert checking.read(DOCUMENT, operation="Rename").problems(wrong) == ()
    (problem,) = checking.read(DOCUMENT, operation="Rename", schema=SCHEMA).problems(wrong)
    assert "$title" in problem


def test_a_schema_finds_unknown_fields() -> None:
    """A field that the schema does not have is told with its line."""
    with pytest.raises(ConfigurationError, match=r"'elsewhere'.*\(line 1\)"):
        checking.read("{ elsewhere }", schema=SCHEMA)


@pytest.mark.parametrize("schema", ["type Query {", "type A { b: Int }", "type Query { a: Gone }", ""])
def test_a_schema_that_is_none_is_explained(schema: str) -> None:
    """The schema's own mistake is told apart from the document's."""
    with pytest.raises(ConfigurationError, match="The schema cannot be read"):
        checking.read("{ there }", schema=schema)
