"""The JSON-LD contexts that we know: written here from the term tables of the specifications, and never fetched.

A context is known under every address that is used for it. Whatever else a peer names is unknown: see `wire.jsonld`.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from connector.wire.contexts.dspace import dspace_context, profile_context
from connector.wire.contexts.edc import edc_context
from connector.wire.contexts.odrl import odrl_context

DSPACE: Final = "https://w3id.org/dspace/2025/1/context.jsonld"
ODRL_PROFILE: Final = "https://w3id.org/dspace/2025/1/odrl-profile.jsonld"
EDC: Final = "https://w3id.org/edc/dspace/v0.0.1"

_WRITERS: Final[Mapping[str, Callable[[], dict[str, Any]]]] = MappingProxyType(
    {
        DSPACE: dspace_context,
        "https://w3id.org/dspace/2025/1/context.json": dspace_context,
        ODRL_PROFILE: profile_context,
        EDC: edc_context,
        "http://www.w3.org/ns/odrl.jsonld": odrl_context,
        "https://www.w3.org/ns/odrl.jsonld": odrl_context,
    }
)
KNOWN: Final = frozenset(_WRITERS)
"""Every address under which we know a context."""
STANDARD: Final = frozenset({DSPACE, "https://w3id.org/dspace/2025/1/context.json", ODRL_PROFILE})
"""Those whose terms are our own compact form."""


@lru_cache(maxsize=len(_WRITERS))
def context(address: str) -> dict[str, Any]:
    """The context document of a known address, as JSON; not to be changed.

    Raises:
        KeyError: we know none of this address.
    """
    return {"@context": _WRITERS[address]()}


def whole_context(address: str) -> dict[str, Any]:
    """The same with its imports written out, for the processor to keep.

    PyLD 3.3 changes a context that is imported, and takes what one type has imported for what another has.

    Raises:
        KeyError: we know none of this address.
    """
    found = {}
    for name, term in context(address)["@context"].items():
        inner = term.get("@context") if isinstance(term, dict) else None
        if inner is not None and "@import" in inner:
            own = {key: value for key, value in inner.items() if key != "@import"}
            term = {**term, "@context": {**context(inner["@import"])["@context"], **own}}  # noqa: PLW2901
        found[name] = term
    return {"@context": deepcopy(found)}


@lru_cache(maxsize=len(_WRITERS))
def names_beyond(address: str) -> frozenset[str]:
    """The bare names that a known context gives a meaning of its own, beyond the standard's."""
    if address in STANDARD:
        return frozenset()
    found: set[str] = set()
    for name, term in context(address)["@context"].items():
        found.add(name)
        found.update(term.get("@context", ()) if isinstance(term, dict) else ())
    return frozenset(name for name in found - profile_context().keys() if not name.startswith("@"))
