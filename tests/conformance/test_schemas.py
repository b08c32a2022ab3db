"""The schemas themselves: all are there, all can be used, and the standard's own examples are what they should be."""

import json
from pathlib import Path

import pytest

from catalog.parse import parse_catalog, parse_dataset
from connector.protocol.messages import MESSAGES
from connector.wire.codec import decode, dump
from tests.conformance.schemas import ROOT, problems, schemas, validator
from tests.support.shared import SHARED, needs_shared

pytestmark = needs_shared
EXAMPLES = sorted(ROOT.rglob("example/*.json")) if SHARED else []
UNFIT = {"dataservice-did-service.json": "the schema forces /catalog for both kinds of services (DSP issue 251)"}


def schema_of(example: Path) -> str:
    name = example.stem.removesuffix("_initial").removesuffix("-full").removeprefix("nested-")
    return "did-service" if name.endswith("did-service") else name


def test_all_schemas_are_there_and_sound() -> None:
    assert len(schemas()) == 26
    for name in schemas():
        validator(name).check_schema(schemas()[name])


def test_all_examples_are_there() -> None:
    assert len(EXAMPLES) == 27


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_standards_examples_fit(example: Path) -> None:
    """A check of our harness: the references resolve, and the schemas are as strict as they are."""
    document = json.loads(example.read_text("utf-8"))
    assert bool(problems(document, schema_of(example))) == (example.name in UNFIT)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_standards_examples_are_read(example: Path) -> None:
    body = example.read_bytes()
    document = json.loads(body)
    kind = MESSAGES.get(document.get("@type", ""))
    if kind is not None:
        message = decode(body, kind)
        kept = {name: value for name, value in document.items() if name not in ("@context", "@type", "@id")}
        names = {field.name for field in kind.FIELDS}
        assert message.extra == {name: value for name, value in kept.items() if name not in names}
        assert {field.name for field in kind.FIELDS if getattr(message, field.attribute) is not None} == names & set(
            kept
        )
    elif document.get("@type") == "Catalog":
        assert parse_catalog(document).id == document["@id"]
    elif document.get("@type") == "Dataset":
        assert parse_dataset(document).id == document["@id"]
    else:  # answers and errors have no type of ours; they are read as objects
        assert json.loads(dump(document)) == document
