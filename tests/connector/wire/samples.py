"""One message of each type, and strategies for all of them."""

from typing import Any, Final

from hypothesis import strategies as st

from connector.canonical import MAX_SAFE_INTEGER
from connector.protocol.messages import MESSAGES, Field, Kind, Message
from connector.wire.codec import MAX_TEXT

Json = dict[str, Any]

OFFER: Final[Json] = {
    "@id": "urn:uuid:offer",
    "@type": "Offer",
    "target": "urn:uuid:data",
    "permission": [{"action": "use"}],
}
AGREEMENT: Final[Json] = {
    **OFFER,
    "@id": "urn:uuid:agreement",
    "@type": "Agreement",
    "assigner": "did:web:provider.example",
    "assignee": "did:web:consumer.example",
    "timestamp": "2026-11-23T09:00:00.000Z",
}
ADDRESS: Final[Json] = {"@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP"}
_VALUES: Final[Json] = {
    "consumerPid": "urn:uuid:consumer",
    "providerPid": "urn:uuid:provider",
    "callbackAddress": "https://consumer.example/dsp",
    "offer": OFFER,
    "agreement": AGREEMENT,
    "agreementId": "urn:uuid:agreement",
    "dataAddress": ADDRESS,
    "format": "HttpData-PULL",
    "eventType": "ACCEPTED",
    "code": "busy",
    "reason": ["in a word: no"],
    "filter": [{"q": "drying"}],
}
CONTEXT: Final = "https://w3id.org/dspace/2025/1/context.jsonld"


def body_of(kind: type[Message], changed: Json | None = None, *, required: bool = False) -> Json:
    """A message as JSON, with all its properties or only those that it must have; None takes one away."""
    fields = {field.name: _VALUES[field.name] for field in kind.FIELDS if field.required or not required}
    whole = {"@context": [CONTEXT], "@type": kind.TYPE, "@id": "urn:uuid:message", **fields, **(changed or {})}
    return {name: value for name, value in whole.items() if value is not None}


def sample(kind: type[Message]) -> Message:
    """The same message as a value."""
    return kind(id="urn:uuid:message", **{field.attribute: _VALUES[field.name] for field in kind.FIELDS})


_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
_numbers = st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | _numbers | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)
_objects = st.dictionaries(_texts, json_values, max_size=4)
_KNOWN: Final = frozenset(_VALUES) | {"@context", "@type", "@id"}


def _prefixed(text: str) -> bool:
    return text.startswith(("dspace:", "https://w3id.org/dspace/"))


_extras = st.dictionaries(
    _texts.filter(lambda name: name not in _KNOWN and not _prefixed(name)), json_values, max_size=3
)


def _field_values(field: Field) -> st.SearchStrategy[Any]:
    if field.kind is Kind.LIST:
        values: st.SearchStrategy[Any] = st.lists(json_values, max_size=3)
    elif field.kind is Kind.OBJECT:
        typed = {"@type": _VALUES[field.name]["@type"]}
        values = _objects.map(lambda found: {**found, **typed})
    else:
        values = _texts.filter(lambda text: not _prefixed(text)) | st.just("x" * MAX_TEXT)
    return values if field.required else st.none() | values


def messages(kind: type[Message]) -> st.SearchStrategy[Message]:
    """Messages of one type, with everything that may be in them."""
    properties = {field.attribute: _field_values(field) for field in kind.FIELDS}
    return st.builds(kind, id=st.none() | _texts, extra=_extras, **properties)


kinds = st.sampled_from(sorted(MESSAGES.values(), key=lambda kind: kind.TYPE))
