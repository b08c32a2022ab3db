"""The shapes of DSP 2025-1: what is a list, what is one object, what is a text, down to each constraint of a policy.

Peers that go through a JSON-LD processor send other shapes that mean the same; here they become the standard's. What is
in the standard's shape already is handed back as it is, untouched: the rule for everything that we write ourselves.
"""

# ruff: noqa: SIM905 - a word list reads like the one in the standard
from collections.abc import Callable, Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Final, NamedTuple

from connector.canonical import JsonObject, JsonValue
from connector.wire.errors import DecodeError
from connector.wire.names import compact_name, own_of_edc


class NotCompact(DecodeError):
    """A name that has to be expanded before its meaning is known; `wire.normal` does it."""


class Form(Enum):
    """How the value of a property is written."""

    TEXT = auto()
    TERM = auto()
    TEXTS = auto()
    NODE = auto()
    NODES = auto()
    OPERAND = auto()
    FILTER = auto()


class Rule(NamedTuple):
    """One property: its form, and which kind of object is inside."""

    form: Form
    kind: str = ""


_TEXT, _TERM, _TEXTS = Rule(Form.TEXT), Rule(Form.TERM), Rule(Form.TEXTS)
_RULES, _CONSTRAINTS = Rule(Form.NODES, "Rule"), Rule(Form.NODES, "Constraint")
_OFFERS, _SERVICES = Rule(Form.NODES, "Offer"), Rule(Form.NODES, "DataService")
_WAYS, _SETS = Rule(Form.NODES, "Distribution"), Rule(Form.NODES, "Dataset")
_POLICY: Final = {
    "permission": _RULES,
    "prohibition": _RULES,
    "obligation": _RULES,
    "target": _TEXT,
    "assigner": _TEXT,
    "assignee": _TEXT,
    "timestamp": _TEXT,
}
_CATALOG: Final = {
    "participantId": _TEXT,
    "dataset": _SETS,
    "catalog": Rule(Form.NODES, "Catalog"),
    "service": _SERVICES,
    "distribution": _WAYS,
    "hasPolicy": _OFFERS,
}
_MESSAGE: Final = {
    **dict.fromkeys(("providerPid", "consumerPid", "callbackAddress", "agreementId", "code"), _TEXT),
    **dict.fromkeys(("eventType", "state", "format"), _TERM),
    "reason": _TEXTS,
    "offer": Rule(Form.NODE, "Offer"),
    "agreement": Rule(Form.NODE, "Agreement"),
    "dataAddress": Rule(Form.NODE, "DataAddress"),
    "filter": Rule(Form.FILTER),
}
KINDS: Final[Mapping[str, Mapping[str, Rule]]] = MappingProxyType(
    {
        "Message": _MESSAGE,
        "Offer": _POLICY,
        "Agreement": _POLICY,
        "Rule": {
            "action": _TERM,
            **dict.fromkeys(("duty", "odrl:remedy", "odrl:consequence"), _RULES),
            "constraint": _CONSTRAINTS,
        },
        "Constraint": {
            "leftOperand": _TERM,
            "operator": _TERM,
            "rightOperand": Rule(Form.OPERAND),
            **dict.fromkeys(("and", "andSequence", "or", "xone"), _CONSTRAINTS),
        },
        "DataAddress": {
            "endpointType": _TERM,
            "endpoint": _TEXT,
            "endpointProperties": Rule(Form.NODES, "EndpointProperty"),
        },
        "EndpointProperty": {"name": _TEXT, "value": _TEXT},
        "Catalog": _CATALOG,
        "Dataset": {"distribution": _WAYS, "hasPolicy": _OFFERS},
        "Distribution": {"format": _TERM, "accessService": Rule(Form.NODE, "DataService"), "hasPolicy": _OFFERS},
        "DataService": {"endpointURL": _TEXT, "endpointDescription": _TEXT},
    }
)
"""Each kind of object, and the properties of it that the standard gives a shape."""
_UNTYPED: Final = frozenset({"Message", "Rule", "Constraint"})
"""Kinds of which the standard demands no `@type`, or which say it themselves."""
_READ: Final = frozenset({"@id", "@type"})
KEYWORDS: Final = frozenset(
    """@base @container @context @default @direction @embed @explicit @graph @id @import @included @index @json @language
    @list @nest @none @omitDefault @prefix @preserve @propagate @protected @requireAll @reverse @set @type @value @version
    @vocab""".split()
)
"""What JSON-LD 1.1 reserves; any other name with an @ before it is a name like others."""


def shaped(data: JsonObject, kind: str, beyond: frozenset[str] = frozenset()) -> JsonObject:
    """The object in the standard's shape; itself if it has it already.

    Args:
        data: an object under compact names.
        kind: one of `KINDS`.
        beyond: bare names that a context gives another meaning.

    Raises:
        NotCompact: a name in it is not in its compact form.
    """
    shaper = _Shaper(beyond) if beyond else _PLAIN
    return shaper.node(data, kind, top=True)


class _Shaper:
    def __init__(self, beyond: frozenset[str]) -> None:
        self._beyond = beyond
        self._forms: Mapping[Form, Callable[[JsonValue, str], JsonValue]] = {
            Form.TEXT: lambda value, _: _text(value),
            Form.TERM: lambda value, _: self._term(value),
            Form.TEXTS: lambda value, _: _each(value, _said),
            Form.NODE: self._one,
            Form.NODES: lambda value, kind: _each(value, lambda item: self._one(item, kind)),
            Form.OPERAND: lambda value, _: _operand(value),
            Form.FILTER: lambda value, _: _each(value, _criterion),
        }

    def node(self, data: JsonObject, kind: str, *, top: bool = False) -> JsonObject:
        rules = KINDS[kind]
        changed: JsonObject = {}
        for name, value in data.items():
            rule = rules.get(name)
            if rule is None:
                if name not in _READ and not (top and name == "@context"):
                    self._check(name)
                    continue
                new = self._type(value) if name == "@type" else value
            elif rule.form is Form.TEXT and isinstance(value, str):
                continue
            else:
                new = self._forms[rule.form](value, rule.kind)
            if new is not value:
                changed[name] = new
        if kind not in _UNTYPED and "@type" not in data:
            changed["@type"] = kind
        found = {**data, **changed} if changed else data
        finish = _FINISHED.get(kind)
        return found if finish is None else finish(found)

    def _one(self, value: JsonValue, kind: str) -> JsonValue:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            return value
        # An object that is only named stays a name: it is described elsewhere, or not at all.
        return value if value.keys() == {"@id"} else self.node(value, kind)

    def _term(self, value: JsonValue) -> JsonValue:
        text = value if isinstance(value, str) else _text(value)
        if not isinstance(text, str):
            return text
        if text in self._beyond:
            raise NotCompact(text)
        name = compact_name(text)
        return text if name == text else name

    def _type(self, value: JsonValue) -> JsonValue:
        if isinstance(value, list) and len(value) != 1:
            return [self._term(item) for item in value]
        return self._term(value)

    def _check(self, name: str) -> None:
        """What is no property of the standard is kept as it came, if its name can only mean one thing."""
        if name in KEYWORDS or name in self._beyond or (":" in name and compact_name(name) != name):
            raise NotCompact(name)


_PLAIN: Final = _Shaper(frozenset())
_MANY_VALUED: Final = frozenset({"isAnyOf", "isAllOf", "isNoneOf"})


def _each(value: JsonValue, form: Callable[[JsonValue], JsonValue]) -> JsonValue:
    if value is None:
        return None
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("@list", "@set"):
        value = next(iter(value.values()))
    if not isinstance(value, list):
        return [form(value)]
    items = [form(item) for item in value]
    same = len(items) == len(value) and all(new is old for new, old in zip(items, value, strict=True))
    return value if same else items


def _text(value: JsonValue) -> JsonValue:
    """The text in any of its shapes; what is none is left for the reader to refuse."""
    if isinstance(value, str):
        return value
    inner = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(inner, dict):
        inner = inner.get("@id", inner.get("@value"))
    return inner if isinstance(inner, str) else value


def _said(value: JsonValue) -> JsonValue:
    return value.get("@value", value) if isinstance(value, dict) else value


def _operand(value: JsonValue) -> JsonValue:
    """A right operand: texts stay texts, numbers and booleans become texts (the schema wants them so)."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return _operand(value[0]) if len(value) == 1 and isinstance(value[0], dict) else _each(value, _operand)
    if isinstance(value, dict) and "@value" in value:
        text = _number(value["@value"])
        rest = {name: compact_name(item) if name == "@type" else item for name, item in value.items()}
        return text if value.keys() == {"@value"} else _unless_same({**rest, "@value": text}, value)
    return _number(value)


def _unless_same(new: JsonObject, old: JsonObject) -> JsonObject:
    return old if new == old and isinstance(old["@value"], str) else new


def _number(value: JsonValue) -> JsonValue:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return value


def _criterion(value: JsonValue) -> JsonValue:
    """A filter in EDC's words is read by its bare names, whoever defines them."""
    if isinstance(value, list):
        return _each(value, _criterion)
    if isinstance(value, str):
        name = own_of_edc(compact_name(value))
        return name if name in _QUERY_TYPES else value
    if not isinstance(value, dict):
        return value
    found = {own_of_edc(compact_name(name)): item for name, item in value.items()}
    for name in found.keys() & {"@type", "filterExpression"}:
        found[name] = _criterion(found[name])
    if isinstance(found.get("filterExpression"), dict):
        found["filterExpression"] = [found["filterExpression"]]
    return value if found == value else found


_QUERY_TYPES: Final = frozenset({"QuerySpec", "Criterion"})


def _constraint(constraint: JsonObject) -> JsonObject:
    """A set of one value, where the operator speaks of a set."""
    operator, operand = constraint.get("operator"), constraint.get("rightOperand")
    if isinstance(operator, str) and operator in _MANY_VALUED and isinstance(operand, (str, dict)):
        return {**constraint, "rightOperand": [operand]}
    return constraint


def _data_address(address: JsonObject) -> JsonObject:
    """EDC writes whole IRIs, everything among the properties or laid flat: the names without them, each in its place."""
    flat = {own_of_edc(name): value for name, value in address.items() if own_of_edc(name) != name}
    properties = address.get("endpointProperties", [])
    if not isinstance(properties, list):
        return address
    found = _each(properties, _property)
    if not flat and found is properties and "endpoint" in address:
        return address
    changed = {name: value for name, value in address.items() if own_of_edc(name) == name}
    texts = {name: text for name, value in flat.items() if isinstance(text := _text(value), str)}
    # The endpoint stays among them as well: one knows EDC's addresses by it, whose tokens go bare (`services.addresses`).
    entries = [{"@type": "EndpointProperty", "name": n, "value": v} for n, v in texts.items()]
    if found or entries:
        changed["endpointProperties"] = [*found, *entries] if entries else found
    named = {e["name"]: e.get("value") for e in found if isinstance(e, dict) and isinstance(e.get("name"), str)}
    for name in sorted(_IN_ADDRESS - changed.keys()):
        value = texts.get(name, named.get(name))
        if isinstance(value, str):
            changed[name] = value
    return changed


_IN_ADDRESS: Final = frozenset({"endpoint", "endpointType"})


def _property(entry: JsonValue) -> JsonValue:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or own_of_edc(name) == name:
        return entry
    return {**entry, "name": own_of_edc(name)}


_FINISHED: Final[Mapping[str, Callable[[JsonObject], JsonObject]]] = MappingProxyType(
    {"Constraint": _constraint, "DataAddress": _data_address}
)
"""What remains to be done to an object as a whole."""
