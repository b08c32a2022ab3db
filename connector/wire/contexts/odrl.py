"""The context of ODRL 2.2 itself, which EDC and others put into policies: every term of the vocabulary, by its name."""

from typing import Any, Final

from policies.vocabulary import LOGICAL_NAMES, ODRL, ODRL_TERMS

_SETS: Final = frozenset({"permission", "prohibition", "obligation", "duty", "remedy", "consequence", "constraint"})
_IDS: Final = frozenset(
    {"profile", "hasPolicy", "target", "assignee", "assigner", "rightOperandReference", "refinement"}
)
_VOCABULARY: Final = frozenset({"action", "operator", "leftOperand", "conflict"})


def odrl_context() -> dict[str, Any]:
    """`http://www.w3.org/ns/odrl.jsonld`."""
    found: dict[str, Any] = {"@version": 1.1, "odrl": ODRL, "uid": "@id", "type": "@type"}
    for name in sorted(ODRL_TERMS - {"uid"}):
        term = {"@id": f"odrl:{name}"}
        if name in _SETS:
            term |= {"@type": "@id", "@container": "@set"}
        elif name in _IDS or name in LOGICAL_NAMES:
            term |= {"@type": "@id"}
        elif name in _VOCABULARY:
            term |= {"@type": "@vocab"}
        found[name] = term
    return found
