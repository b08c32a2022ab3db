"""The context of ODRL 2.2 itself, which EDC and others put into policies: every term of the vocabulary, by its name."""

from typing import Any, Final

from connector.wire.contexts.dspace import profile_context
from policies.vocabulary import ODRL, ODRL_TERMS

_SETS: Final = frozenset({"remedy", "consequence"})
_IDS: Final = frozenset({"rightOperandReference", "refinement"})


def odrl_context() -> dict[str, Any]:
    """`http://www.w3.org/ns/odrl.jsonld`.

    What the Dataspace Protocol defines too is defined in its way: its terms are protected, and a policy inside of a
    message that names this context as well could not be read otherwise.
    """
    found: dict[str, Any] = {"@version": 1.1, "odrl": ODRL, "uid": "@id", "type": "@type"}
    for name in sorted(ODRL_TERMS - {"uid"}):
        term = {"@id": f"odrl:{name}"}
        if name in _SETS:
            term |= {"@type": "@id", "@container": "@set"}
        elif name in _IDS:
            term |= {"@type": "@id"}
        elif name == "conflict":
            term |= {"@type": "@vocab"}
        found[name] = term
    return found | profile_context()
