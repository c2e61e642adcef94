from __future__ import annotations

import re
from importlib import resources

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from bot.wisdom import documents

NAMES = ["chat", "chat_seed", "current_user", "domains", "exchange", "introspect"]


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The schema of the local tenant, which is merged from what the vendor has published."""
    return build_schema(resources.files("bot.sandbox.tenant").joinpath("schema.graphql").read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_every_document_fits_the_published_schema(name: str, schema: GraphQLSchema) -> None:
    """What is sent is valid GraphQL, field by field."""
    assert validate(schema, parse(documents.load(name))) == []


def test_no_document_is_left_out() -> None:
    """The folder holds these documents and no other."""
    files = resources.files("bot.wisdom").joinpath("operations").iterdir()
    assert sorted(file.name.removesuffix(".graphql") for file in files) == NAMES


def test_the_full_document_holds_all_of_the_specification() -> None:
    """Whatever the specification's document selects is selected in the full one, too."""
    seed, full = (set(re.findall(r"\w+", documents.load(name))) for name in ("chat_seed", "chat"))
    assert seed - full == set()
    assert {
        "attributes",
        "cancelledAt",
        "totalRows",
        "textArtifact",
        "section",
        "aiWorkstream",
        "originalType",
        "subtotals",
        "forecastRange",
        "llmVizSpec",
        "highchartsOptions",
    } <= full - seed
