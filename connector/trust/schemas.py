"""`credentialSchema`: what a credential's issuer promises about its shape, checked by the reader (VC JSON Schema 1.0).

`JsonSchema` describes the whole credential, the older `JsonSchemaValidator2018` its subject. A schema is the issuer's
own word, so it is only looked at once the signature holds; one of another kind cannot be judged, and is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from connector.ids import is_iri
from connector.trust.errors import CredentialInvalid, shown

OF_CREDENTIAL: Final = "JsonSchema"
OF_SUBJECT: Final = "JsonSchemaValidator2018"
MAX_SCHEMAS: Final = 4


@dataclass(frozen=True, slots=True)
class SchemaReference:
    """Which schema a credential keeps to, and which part of it."""

    url: str
    type: str


def read_schemas(value: object) -> tuple[SchemaReference, ...]:
    """The references of a `credentialSchema`.

    Raises:
        CredentialInvalid: not one or several objects with an id and a type.
    """
    items = value if isinstance(value, list) else [value]
    if len(items) > MAX_SCHEMAS:
        raise CredentialInvalid(f"credentialSchema holds more than {MAX_SCHEMAS} entries")
    found = []
    for item in items:
        if not isinstance(item, dict) or not is_iri(item.get("id")) or not isinstance(item.get("type"), str):
            raise CredentialInvalid("a credentialSchema is no JSON object with an id and a type")
        found.append(SchemaReference(item["id"], item["type"]))
    return tuple(found)


def check_schema(reference: SchemaReference, schema: object, credential: Mapping[str, Any]) -> None:
    """Refuse a credential that breaks its own schema.

    Args:
        reference: as the credential names it.
        schema: what lies there.
        credential: the credential's members.

    Raises:
        CredentialInvalid: it does not keep to it, or the schema is none that can be judged here.
    """
    # Late: only credentials with a schema need it.
    from jsonschema import validators
    from jsonschema.exceptions import SchemaError, ValidationError
    from referencing.exceptions import Unresolvable

    if reference.type not in (OF_CREDENTIAL, OF_SUBJECT):
        raise CredentialInvalid(f"the credential's schema is of the type {shown(reference.type)}, unknown here")
    if not isinstance(schema, dict):
        raise CredentialInvalid(f"what lies at the credential's schema {shown(reference.url)} is no JSON Schema")
    part = credential if reference.type == OF_CREDENTIAL else credential.get("credentialSubject")
    kind = validators.validator_for(schema)
    try:
        kind.check_schema(schema)
        # Without a registry nothing else is fetched: a reference to another schema cannot be resolved.
        kind(schema, registry=_nothing_else()).validate(part)
    except ValidationError as error:
        raise CredentialInvalid(
            f"the credential breaks its own schema {shown(reference.url)}: {error.message[:200]}"
        ) from None
    except (SchemaError, Unresolvable, RecursionError) as error:
        raise CredentialInvalid(
            f"the credential's schema {shown(reference.url)} cannot be judged: {type(error).__name__}"
        ) from None


def _nothing_else() -> Any:
    from referencing import Registry

    return Registry()
