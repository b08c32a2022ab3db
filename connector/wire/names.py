"""Names in the compact form of DSP 2025-1: a term if its context has one, else prefix and local name, else the IRI."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from connector.wire.contexts.dspace import dspace_context, profile_context
from connector.wire.contexts.edc import EDC_NAMESPACE

BARE: Final = "x-bare:"
"""What an expansion puts before a name that no context defines, so that it is kept (`jsonld`)."""
BASE: Final = "x-rel://host/path/"
"""What an expansion puts before a relative IRI."""
NAMESPACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "https://w3id.org/dspace/2025/1/": "dspace",
        "http://www.w3.org/ns/odrl/2/": "odrl",
        "http://www.w3.org/ns/dcat#": "dcat",
        "http://purl.org/dc/terms/": "dct",
        "http://www.w3.org/2001/XMLSchema#": "xsd",
        # What connectors of before 2025-1 wrote in the same sense.
        "https://w3id.org/dspace/2024/1/": "dspace",
        "https://w3id.org/dspace/v0.8/": "dspace",
    }
)
PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{prefix: namespace for namespace, prefix in reversed(tuple(NAMESPACES.items()))},
        "dcterms": "http://purl.org/dc/terms/",
        "edc": EDC_NAMESPACE,
    }
)
"""What the usual prefixes mean where no context says so."""


def _terms() -> Iterator[tuple[str, str]]:
    contexts: list[dict[str, Any]] = [dspace_context(), profile_context()]
    while contexts:
        for name, term in contexts.pop().items():
            meaning = term.get("@id") if isinstance(term, dict) else term
            if isinstance(meaning, str) and not name.startswith("@") and meaning.partition(":")[0] in PREFIXES:
                yield meaning, name
            if isinstance(term, dict) and "@context" in term:
                contexts.append(term["@context"])


_TERMS: Final[Mapping[str, str]] = MappingProxyType(dict(_terms()))
"""`odrl:use` → `use`."""
_NAMES: Final = frozenset(_TERMS.values())


def compact_name(name: str) -> str:
    """The name as DSP messages write it, from an IRI, a prefixed name, or a bare one; what we do not know is kept."""
    if ":" not in name:
        return name
    if name.startswith(BARE):
        return name[len(BARE) :]
    if name.startswith("http"):
        name = _prefixed(name)
    prefix, _, local = name.partition(":")
    if prefix == "edc":
        return EDC_NAMESPACE + local
    if prefix == "dspace" and local in _NAMES:
        # Peers put the protocol's prefix before names that it has from DCAT, Dublin Core and ODRL.
        return local
    if prefix == "dcterms":
        name = f"dct:{local}"
    return _TERMS.get(name, name)


def _prefixed(iri: str) -> str:
    for namespace, prefix in NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def plain_reference(reference: str) -> str:
    """The `@id` as it was written: without the base, or the mark of a bare name, that an expansion put before it."""
    if reference.startswith(BARE):
        return reference[len(BARE) :]
    if reference.startswith(BASE):
        return reference[len(BASE) :]
    root = BASE.removesuffix("/path/")
    return reference[len(root) :] if reference.startswith(root + "/") else reference


def own_of_edc(name: str) -> str:
    """A name of EDC's namespace without it; any other as it is."""
    return name.removeprefix(EDC_NAMESPACE)
