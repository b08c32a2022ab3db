"""The standard's own JSON Schemas, read from the folder `shared` beside the project; they are not copied."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft201909Validator
from referencing import Registry
from referencing.jsonschema import DRAFT201909

from connector.protocol.versions import SPECIFICATION_VERSION
from tests.support.shared import SHARED

ROOT: Final = (SHARED or Path()) / "spec/dsp" / SPECIFICATION_VERSION / "artifacts/src/main/resources"


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """All schemas by name (`contract-request-message`), with the references mended that lack their first slash."""
    found = {}
    for path in sorted(ROOT.rglob("*-schema.json")):
        text = path.read_text("utf-8").replace("#definitions/", "#/definitions/")
        found[path.name.removesuffix("-schema.json")] = json.loads(text)
    return found


@cache
def _registry() -> Any:
    resources = [(schema["$id"], DRAFT201909.create_resource(schema)) for schema in schemas().values()]
    return Registry().with_resources(resources)


@cache
def validator(name: str, definition: str | None = None) -> Any:
    """A validator for a schema, or for one definition in it."""
    schema: dict[str, Any] = schemas()[name]
    if definition is not None:
        assert definition in schema["definitions"]
        schema = {"$ref": f"{schema['$id']}#/definitions/{definition}"}
    return Draft201909Validator(schema, registry=_registry())


def problems(document: Any, name: str, definition: str | None = None) -> list[str]:
    """What a schema has against a document: nothing, if all is well."""
    return [f"{error.json_path}: {error.message}" for error in validator(name, definition).iter_errors(document)]
