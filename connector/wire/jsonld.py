"""JSON-LD in any form to the compact names of DSP 2025-1: expanded once, with contexts that we hold, then named again.

Messages in the compact form never come here (`wire.normal`): the processor is not even loaded until somebody sends
another form. It knows the contexts of `wire.contexts` and nothing else, and touches no network. A context of an unknown
address is passed over: a name that no known context defines keeps its spelling.

What is read is bounded before the processor sees it: values, contexts, definitions; and the constructs of JSON-LD that
no Dataspace Protocol message has a use for are refused (`@import`, `@nest`, `@reverse`, contexts inside of terms …).
"""

import threading
from typing import Any, Final

from connector.canonical import JsonObject, JsonValue
from connector.wire import contexts
from connector.wire.errors import DecodeError
from connector.wire.names import BARE, BASE, PREFIXES, compact_name, plain_reference
from connector.wire.shapes import KEYWORDS

MAX_VALUES: Final = 5_000
"""JSON values in one message: some 100 ms of the processor's time."""
MAX_CONTEXTS: Final = 20
"""Contexts in one message, counting every entry of a list."""
MAX_DEFINITIONS: Final = 200
"""Terms that the contexts of one message may define by themselves."""
MAX_IRI: Final = 2_048

_IN_NODES: Final = frozenset({"@id", "@type", "@value", "@language", "@direction", "@list", "@set", "@graph", "@index"})
_IN_CONTEXTS: Final = frozenset({"@vocab", "@base", "@version", "@protected", "@language", "@direction"})
_IN_TERMS: Final = frozenset({"@id", "@type", "@container", "@protected", "@prefix", "@language", "@direction"})
_MEANINGS: Final = frozenset({"@id", "@type", "@vocab", "@none"})
_CONTAINERS: Final = frozenset({"@set", "@list"})
_USUAL: Final = {"@context": {"@vocab": BARE, **PREFIXES}}
_thread: Final = threading.local()


def compacted(data: JsonValue, *, max_values: int = MAX_VALUES) -> JsonObject:
    """One object of any JSON-LD form, under the compact names of the Dataspace Protocol.

    Lists of one and the one itself are not told apart here: `wire.shapes` does that.

    Raises:
        DecodeError: too large, not JSON-LD, not exactly one object, or with a construct that is not read here.
    """
    bounds = _Bounds(max_values)
    checked = bounds.node(data)
    try:
        nodes = _expand(checked, inline=bounds.definitions > 0)
    except RecursionError:
        raise DecodeError("the JSON-LD refers to itself too deeply") from None
    except Exception as error:  # noqa: BLE001 - the processor raises whatever its input provokes
        raise DecodeError(f"the JSON-LD cannot be read: {_reason(error)}{bounds.remark()}") from None
    if len(nodes) != 1 or not isinstance(nodes[0], dict):
        raise DecodeError(f"one JSON-LD object is expected, these are {len(nodes)}; send it as one tree")
    return _named(nodes[0])


def _expand(data: JsonValue, *, inline: bool) -> list[Any]:
    from pyld import jsonld
    from pyld.context_resolver import ContextResolver

    kept: dict[str, Any] | None = getattr(_thread, "contexts", None)
    if kept is None:
        kept = _thread.contexts = {}
    # What a message defines by itself is forgotten with it.
    resolver = ContextResolver(dict(kept) if inline else kept, _load)
    options = {"base": BASE, "documentLoader": _load, "contextResolver": resolver, "expandContext": _USUAL}
    found: list[Any] = jsonld.expand(data, options)
    return found


def _load(address: str, _options: object) -> JsonObject:
    """The document loader: what we hold, and an empty context for everything else."""
    known = address in contexts.KNOWN
    document = contexts.whole_context(address) if known else {"@context": {}}
    return {"document": document, "documentUrl": address, "contextUrl": None, "tag": "static" if known else None}


class _Bounds:
    """One reading of one document, before anything is made of it; unknown contexts are left out of the copy."""

    def __init__(self, max_values: int) -> None:
        self._left = max_values
        self._most = max_values
        self._contexts = 0
        self.definitions = 0
        self.unknown: list[str] = []

    def remark(self) -> str:
        """What an error should mention besides."""
        return f" (the context {self.unknown[0][:200]} is not known here)" if self.unknown else ""

    def node(self, value: JsonValue) -> JsonValue:
        self._left -= 1
        if self._left < 0:
            raise DecodeError(f"more than {self._most:,} values in JSON-LD that is not in compact form")
        if isinstance(value, list):
            return [self.node(item) for item in value]
        if not isinstance(value, dict):
            return value
        found: JsonObject = {}
        for name, inner in value.items():
            if inner is None or (name.startswith("@") and name not in KEYWORDS):  # says nothing, in JSON-LD
                continue
            if name == "@context":
                found[name] = self._context(inner)
            elif name.startswith("@") and name not in _IN_NODES:
                raise DecodeError(f"{name[:200]} is not read here; write the message without it")
            else:
                found[name] = self.node(inner)
        return found

    def _context(self, value: JsonValue) -> list[JsonValue]:
        found: list[JsonValue] = []
        for entry in value if isinstance(value, list) else [value]:
            self._contexts += 1
            if self._contexts > MAX_CONTEXTS:
                raise DecodeError(f"more than {MAX_CONTEXTS} contexts in one message")
            if isinstance(entry, dict):
                found.append(self._definitions(entry))
            elif isinstance(entry, str) and entry in contexts.KNOWN:
                found.append(entry)
            elif isinstance(entry, str):
                self.unknown.append(entry)
            elif entry is not None:
                raise DecodeError("a context is an address or an object")
        return found

    def _definitions(self, context: JsonObject) -> JsonObject:
        for name, meaning in context.items():
            self.definitions += 1
            if self.definitions > MAX_DEFINITIONS:
                raise DecodeError(f"more than {MAX_DEFINITIONS} terms are defined in one message")
            if name.startswith("@"):
                if name not in _IN_CONTEXTS or isinstance(meaning, (dict, list)):
                    raise DecodeError(f"{name[:200]} in a context is not read here")
            elif isinstance(meaning, dict):
                self._term(name, meaning)
            else:
                _check_meaning(name, meaning)
        return context

    @staticmethod
    def _term(name: str, term: JsonObject) -> None:
        for part, meaning in term.items():
            if part not in _IN_TERMS:
                raise DecodeError(f"{part[:200]} in the definition of {name[:200]} is not read here")
            for item in meaning if isinstance(meaning, list) else [meaning]:
                if part == "@container" and item is not None and item not in _CONTAINERS:
                    raise DecodeError(f"the container of {name[:200]} is not read here; only @set and @list are")
                if part != "@container":
                    _check_meaning(name, item)


def _check_meaning(name: str, meaning: JsonValue) -> None:
    if isinstance(meaning, str):
        if len(meaning) > MAX_IRI or (meaning.startswith("@") and meaning not in _MEANINGS):
            raise DecodeError(f"the definition of {name[:200]} is not read here")
    elif meaning is not None and not isinstance(meaning, bool):
        raise DecodeError(f"the definition of {name[:200]} is no text")


def _named(node: JsonObject) -> JsonObject:
    found: JsonObject = {}
    for iri, value in node.items():
        if iri == "@index":
            continue
        name = compact_name(iri)
        if name in found:
            raise DecodeError(f"{name[:200]} stands twice, under two names")
        found[name] = _member(iri, value)
    return found


def _member(iri: str, value: JsonValue) -> JsonValue:
    if iri == "@id":
        return plain_reference(value)
    if iri == "@type":
        types = [compact_name(item) for item in value]
        return types[0] if len(types) == 1 else types
    if iri.startswith("@"):
        raise DecodeError(f"{iri} is not read here; send the message as one tree")
    return _values(value)


def _values(values: list[JsonObject]) -> JsonValue:
    found = [_value(value) for value in values]
    return found[0] if len(found) == 1 else found


def _value(value: JsonObject) -> JsonValue:
    if "@value" in value:
        rest = {name: item for name, item in value.items() if name != "@index"}
        if "@type" in rest:
            return {**rest, "@type": compact_name(rest["@type"])}
        return rest["@value"] if len(rest) == 1 else rest
    if "@list" in value:
        return [_value(item) for item in value["@list"]]
    return _named(value)


def _reason(error: Exception) -> str:
    """What the processor says, in one line."""
    code = getattr(error, "code", None)
    said = str(error.args[0]) if error.args else type(error).__name__
    return (f"{code}: {said}" if code else said)[:300]
