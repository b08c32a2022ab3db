from typing import Any

import pytest

from connector.trust.errors import CredentialInvalid
from connector.trust.schemas import MAX_SCHEMAS, SchemaReference, check_schema, read_schemas

URL = "https://authority.example/schema"
DRAFT_4 = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {"foo": {"type": "string"}},
    "required": ["id", "foo"],
}
SUBJECT = {"id": "did:web:a.example", "foo": "bar"}


def of_subject(schema: Any, subject: dict[str, Any]) -> None:
    check_schema(SchemaReference(URL, "JsonSchemaValidator2018"), schema, {"credentialSubject": subject})


def test_references() -> None:
    one = {"id": URL, "type": "JsonSchema"}

    assert read_schemas(one) == read_schemas([one]) == (SchemaReference(URL, "JsonSchema"),)
    for wrong in (None, "x", {"id": URL}, {"type": "JsonSchema"}, {"id": "no iri", "type": "JsonSchema"}, [3]):
        with pytest.raises(CredentialInvalid, match="credentialSchema"):
            read_schemas(wrong)
    with pytest.raises(CredentialInvalid, match="more than"):
        read_schemas([one] * (MAX_SCHEMAS + 1))


def test_the_older_kind_describes_the_subject() -> None:
    of_subject(DRAFT_4, SUBJECT)
    with pytest.raises(CredentialInvalid, match=r"breaks its own schema .*'foo' is a required property"):
        of_subject(DRAFT_4, {"id": "did:web:a.example"})


def test_the_newer_kind_describes_the_whole() -> None:
    schema = {"properties": {"credentialSubject": DRAFT_4}, "required": ["issuer"]}
    reference = SchemaReference(URL, "JsonSchema")
    check_schema(reference, schema, {"issuer": "x", "credentialSubject": SUBJECT})
    with pytest.raises(CredentialInvalid, match="'issuer' is a required"):
        check_schema(reference, schema, {"credentialSubject": SUBJECT})


@pytest.mark.parametrize(
    ("schema", "sentence"),
    [
        ([], "no JSON Schema"),
        ({"type": 3}, "cannot be judged: SchemaError"),
        ({"$ref": "https://elsewhere.example/schema"}, "cannot be judged"),
        ({"$ref": "#"}, "cannot be judged: RecursionError"),
    ],
)
def test_schemas_that_cannot_be_judged(schema: Any, sentence: str) -> None:
    with pytest.raises(CredentialInvalid, match=sentence):
        of_subject(schema, SUBJECT)


def test_an_unknown_kind_of_schema_is_refused() -> None:
    with pytest.raises(CredentialInvalid, match="'ShaclValidator2017', unknown here"):
        check_schema(SchemaReference(URL, "ShaclValidator2017"), {}, {})
