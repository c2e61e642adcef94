"""Documents, and the errors in them as Absinthe words them."""

from __future__ import annotations

import pytest

from bot.sandbox.graphql_request import Request
from bot.sandbox.indigo.execution import Executor
from bot.sandbox.indigo.faults import Struck
from bot.sandbox.indigo.schema import build, resolve

TOTAL = """query Total($id: Int_ID!, $order: SortType) {
  conversations(projectId: $id, order: $order) { totalCount }
}"""


async def errors(query: str, **variables: object) -> list[str]:
    """What is said to a document."""
    executor = Executor(build(), introspection=True)
    answer = await executor.run(Request(query, variables, None), Struck())
    found = answer["errors"]
    assert isinstance(found, list)
    assert all(error["locations"] for error in found)
    return [error["message"] for error in found]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ x }", 'Cannot query field "x" on type "RootQueryType".'),
        ("{ conversation { x } }", 'Cannot query field "conversation" on type "RootQueryType".'),
        (
            "{ conversations { totalCount } }",
            'In argument "projectId": Expected type "Int_ID!", found null.',
        ),
        (
            "{ userRoles(projectId: 39, last: 3) { totalCount } }",
            'Unknown argument "last" on field "userRoles" of type "RootQueryType".',
        ),
        ("{ userRoles(projectId: 39 { totalCount } }", 'syntax error before: "{"'),
        ("{", 'syntax error before: "<EOF>"'),
    ],
)
async def test_mistakes_in_a_document(query: str, message: str) -> None:
    """They are told with their place, and without suggestions."""
    assert await errors(query) == [message]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, 'Variable "id": Expected non-null, found null.'),
        ({"id": None}, 'Variable "id": Expected non-null, found null.'),
        ({"id": "x"}, 'Argument "id" has invalid value $id.'),
        ({"id": 1, "order": "NEWEST"}, 'Argument "order" has invalid value $order.'),
    ],
)
async def test_mistakes_in_variables(variables: dict[str, object], message: str) -> None:
    """They are told by the variable's name."""
    assert await errors(TOTAL, **variables) == [message]


async def test_introspection_can_be_off() -> None:
    """A question for the schema is answered, or it is an error."""
    asked = Request('{ __type(name: "SortType") { enumValues { name } } }', {}, None)
    answer = await Executor(build(), introspection=True).run(asked, Struck())
    assert answer == {"data": {"__type": {"enumValues": [{"name": "ASC"}, {"name": "DESC"}]}}}
    assert "errors" in await Executor(build(), introspection=False).run(asked, Struck())


async def test_a_defect_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    """What fails in a resolver by mistake stands in the log only."""

    def fail(_: object, __: object, **___: object) -> None:
        raise ZeroDivisionError("secret")

    schema = build()
    resolve(schema, "RootQueryType", "conversations", fail)
    answer = await Executor(schema, introspection=True).run(Request(TOTAL, {"id": 1}, None), Struck())
    assert answer["data"] == {"conversations": None}
    assert "secret" not in str(answer)
    assert "Something went wrong" in str(answer)
    assert "secret" in caplog.text


def test_the_fields_at_the_root_are_told() -> None:
    """By their names, not by their aliases; none where the operation cannot be told."""
    executor = Executor(build(), introspection=True)
    two = "query A { rows: userRoles(projectId: 1) { totalCount } } query B { x }"
    assert executor.fields(Request(two, {}, "A")) == {"userRoles", "userRoles.projectId"}
    assert executor.fields(Request(TOTAL, {"id": 1, "order": None}, None)) == {
        "conversations",
        "conversations.projectId",
    }
    assert executor.fields(Request(two, {}, "B")) == {"x"}
    assert executor.fields(Request(two, {}, None)) == frozenset()
    assert executor.fields(Request("{", {}, None)) == frozenset()


async def test_documents_are_forgotten_at_last() -> None:
    """A client that never sends the same document twice does not fill the memory."""
    executor = Executor(build(), introspection=True)
    for number in range(200):
        await executor.run(Request(f"{{ a{number} }}", {}, None), Struck())
    assert len(executor._prepared) == 64
