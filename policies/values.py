"""Single values of a policy: texts, terms, right operands. What JSON-LD peers wrap is unwrapped here."""

from typing import Any, Final

from policies.bounds import MAX_TEXT, step
from policies.errors import PolicyError, shown
from policies.vocabulary import OPERATOR_NAMES, RDF_VALUE, datatype_name, local_name

_PLAIN: Final = frozenset({"xsd:anyURI", "xsd:string"})


def read_text(value: Any, where: str) -> str:
    """One text, also as `{"@id": …}` or `{"@value": …}`, or as a typed literal that is an IRI or a string."""
    if isinstance(value, dict) and (len(value) == 1 or _is_plain(value)):
        value = value.get("@id", value.get("@value"))
    if not isinstance(value, str):
        raise PolicyError(where, f"a text is needed here, not {kind_of(value)}")
    if not value or len(value) > MAX_TEXT:
        raise PolicyError(where, f"a text of 1 to {MAX_TEXT:,} characters is needed here, this has {len(value):,}")
    return value


def _is_plain(value: dict[str, Any]) -> bool:
    typed = value.get("@type")
    return set(value) == {"@value", "@type"} and isinstance(typed, str) and datatype_name(typed) in _PLAIN


def read_texts(value: Any, where: str) -> tuple[str, ...]:
    """One text or a list of them."""
    if isinstance(value, list):
        return tuple(read_text(item, where + step(index)) for index, item in enumerate(value))
    return (read_text(value, where),)


def read_type(value: Any, where: str) -> str:
    """One `@type`."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return local_name(read_text(value, where))


def read_term(value: Any, where: str) -> str:
    """A term, under the name that the model keeps."""
    return local_name(read_text(value, where))


def read_operator(value: Any, where: str) -> str:
    """An operator, under the name that the model keeps."""
    name = read_term(value, where)
    # The standard's schema lists a stray `term-lteq` beside `lteq`.
    plain = name.removeprefix("term-")
    return plain if plain in OPERATOR_NAMES else name


def read_action(value: Any, where: str) -> tuple[str, Any]:
    """One action: its name, and its refinement as it stands (None when it has none).

    An action with a refinement is written as an object with `rdf:value`, as the standard's examples do, or with `@id`.
    """
    if not isinstance(value, dict) or set(value) == {"@id"}:
        return local_name(read_text(value, where)), None
    fields = {local_name(key): item for key, item in value.items()}
    names = [key for key in ("@id", "uid", "rdf:value", RDF_VALUE) if key in fields]
    rest = sorted(fields.keys() - {"@id", "uid", "rdf:value", RDF_VALUE, "refinement", "@type"})
    if len(names) != 1 or rest:
        said = shown(rest[0]) if rest else "no single name"
        raise PolicyError(where, f"an action is one name, perhaps with a refinement; this one has {said}")
    return local_name(read_text(fields[names[0]], where)), fields.get("refinement")


def read_parties(value: Any, where: str) -> tuple[str | None, ...]:
    """The assets or parties that a rule names by itself, each by its IRI; one that is described cannot be read so (None).

    A collection is named by its `source` or its own id (ODRL 2.2.2, 2.3.2); one with a refinement is described.
    """
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        if isinstance(item, dict):
            fields = {local_name(key): part for key, part in item.items()}
            names = [fields[key] for key in ("@id", "uid", "source") if key in fields]
            described = fields.keys() - {"@id", "uid", "source", "@type"} or len(names) != 1
            found.append(None if described else read_text(names[0], where))
        else:
            found.append(read_text(item, where))
    return tuple(found)


def read_right(value: Any, where: str) -> tuple[str | tuple[str, ...], str | None]:
    """The right operand and the datatype that its values carry, which must be the same for all."""
    if not isinstance(value, list):
        text, data_type = _right_value(value, where)
        return text, data_type
    pairs = [_right_value(item, where + step(index)) for index, item in enumerate(value)]
    types = {data_type for _, data_type in pairs}
    if len(types) > 1:
        raise PolicyError(where, "the values have different types")
    return tuple(text for text, _ in pairs), next(iter(types), None)


def _right_value(value: Any, where: str) -> tuple[str, str | None]:
    if isinstance(value, dict) and set(value) == {"@value", "@type"}:
        inner = value["@value"]
        inner = str(inner) if isinstance(inner, int) and not isinstance(inner, bool) else inner
        return read_text(inner, where), datatype_name(read_text(value["@type"], where))
    if isinstance(value, (int, float)):
        raise PolicyError(where, f"the Dataspace Protocol allows no {kind_of(value)} here; write it as a text")
    return read_text(value, where), None


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "number"
    return "null" if value is None else "a text"
