import json
from typing import Any

import pytest

from connector.trust.dcp import (
    DCP_CONTEXT,
    MAX_PRESENTATIONS,
    MAX_SCOPES,
    MEMBERSHIP_SCOPE,
    Scope,
    parse_scope,
    read_query,
    read_response,
    write_query,
    write_response,
)
from connector.trust.errors import MessageInvalid, NotSupported
from tests.support.shared import SHARED, needs_shared

TYPE, ID = "org.eclipse.dspace.dcp.vc.type", "org.eclipse.dspace.dcp.vc.id"


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (MEMBERSHIP_SCOPE, Scope(TYPE, "MembershipCredential", "read")),
        (f"{TYPE}:Member", Scope(TYPE, "Member")),
        (f"{TYPE}:Member:*", Scope(TYPE, "Member", "*")),
        (f"{ID}:urn:uuid:1", Scope(ID, "urn:uuid:1")),
        (f"{ID}:urn:uuid:1:read", Scope(ID, "urn:uuid:1", "read")),
        ("other:read", Scope("other", "read")),
    ],
)
def test_scopes_of_two_and_three_parts(text: str, scope: Scope) -> None:
    assert parse_scope(text) == scope


@pytest.mark.parametrize("text", ["", "x", ":x", "x:", ":"])
def test_scopes_that_are_none(text: str) -> None:
    with pytest.raises(MessageInvalid, match="scope"):
        parse_scope(text)


def query(**changes: Any) -> dict[str, Any]:
    message = {**write_query([MEMBERSHIP_SCOPE]), **changes}
    return {name: value for name, value in message.items() if value is not ...}


def test_queries_are_read_as_written() -> None:
    assert read_query(query()).scope == (MEMBERSHIP_SCOPE,)
    assert read_query(query(scope=MEMBERSHIP_SCOPE)).scope == (MEMBERSHIP_SCOPE,)
    assert read_query(query(**{"type": ..., "@type": ["PresentationQueryMessage"]})).scope
    assert read_query(query(**{"@context": ["https://other.example", DCP_CONTEXT]})).scope
    assert read_query(query(**{"@context": DCP_CONTEXT})).scope


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "JSON object"),
        ([], "JSON object"),
        (query(type="PresentationResponseMessage"), "not PresentationQueryMessage"),
        (query(type=...), "not PresentationQueryMessage"),
        (query(**{"@context": []}), "@context"),
        (query(**{"@context": ...}), "@context"),
        (query(scope=[]), "at least one scope"),
        (query(scope=...), "no scope"),
        (query(scope=[3]), "texts"),
        (query(scope=[""]), "texts"),
        (query(scope=None), "texts"),
        (query(scope=["a:b"] * (MAX_SCOPES + 1)), "texts"),
        (query(scope=["a:" + "b" * 600]), "longer"),
        (query(presentationDefinition={}), "not both"),
    ],
)
def test_queries_that_are_malformed(data: Any, sentence: str) -> None:
    with pytest.raises(MessageInvalid, match=sentence) as caught:
        read_query(data)
    assert not isinstance(caught.value, NotSupported)


def test_presentation_definitions_are_another_matter() -> None:
    with pytest.raises(NotSupported, match="presentationDefinition"):
        read_query(query(scope=..., presentationDefinition={"id": "x"}))


def test_responses() -> None:
    assert read_response(write_response(["a", "b"])) == ["a", "b"]
    assert read_response({**write_response([]), "presentation": "a"}) == ["a"]
    assert read_response(write_response([])) == []
    assert read_response({**write_response([]), "presentation": ["a", {"type": "x"}]}) == ["a"]
    for wrong in (None, [3], ["a"] * (MAX_PRESENTATIONS + 1)):
        with pytest.raises(MessageInvalid):
            read_response({**write_response([]), "presentation": wrong})
    with pytest.raises(MessageInvalid):
        read_response(query())


@needs_shared
def test_the_standards_own_examples_are_read() -> None:
    assert SHARED
    folder = SHARED / "spec/dcp/resources/presentation/example"

    def example(name: str) -> Any:
        return json.loads((folder / f"{name}.json").read_text())

    assert read_query(example("presentation-query-message")).scope == ("presentation1", "presentation2")
    with pytest.raises(NotSupported):
        read_query(example("presentation-query-message-w-presentation-definition"))
    read_response(example("presentation-response-message"))


@needs_shared
@pytest.mark.parametrize(
    ("kind", "message"),
    [("query", write_query([MEMBERSHIP_SCOPE])), ("response", write_response(["a.b.c"]))],
)
def test_what_we_write_has_what_the_standards_schema_demands(kind: str, message: dict[str, Any]) -> None:
    assert SHARED
    path = SHARED / f"spec/dcp/resources/presentation/presentation-{kind}-message-schema.json"
    schema = next(iter(json.loads(path.read_text())["definitions"].values()))

    assert set(schema["required"]) <= set(message) <= set(schema["properties"])
    assert message["type"] == schema["properties"]["type"]["const"]
