from __future__ import annotations

import re
from importlib import resources

import pytest
from graphql import build_schema, parse, validate

from bot.wisdom import documents

NAMES = [
    "chat",
    "chat_seed",
    "create_conversation",
    "current_user",
    "domain",
    "domains",
    "exchange",
    "impersonate",
    "impersonate_attributes",
    "introspect",
    "roles",
    "roles_ids",
    "roles_names",
    "send_user_message",
]
#: Written for other shapes of the schema, of which the vendor's pages show examples only.
ELSEWHERE = {"roles_names": ("  role: Role!\n", "  role: String!\n")}


@pytest.fixture(scope="module")
def published() -> str:
    """The schema of the local tenant, which is merged from what the vendor has published."""
    return resources.files("bot.sandbox.tenant").joinpath("schema.graphql").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_document_fits_the_published_schema(name: str, published: str) -> None:
    """What is sent is valid GraphQL, field by field, in the shape of the schema that it is for."""
    errors = validate(build_schema(published), parse(documents.load(name)))
    if name in ELSEWHERE:
        assert errors
        errors = validate(build_schema(published.replace(*ELSEWHERE[name])), parse(documents.load(name)))
    assert errors == []


@pytest.mark.parametrize("name", ["impersonate", "impersonate_attributes"])
def test_impersonation_is_a_query_by_its_first_word(name: str) -> None:
    """The document for older tenants differs in its first word only."""
    words = documents.load(name).split()
    assert words[0] == "mutation"
    assert "mutation" not in words[1:]


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
