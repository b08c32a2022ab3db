"""Our vocabulary as documents: what each term under `https://w3id.org/my-manufacturing-data/v1/` means, and the context.

The terms of clauses come from the catalogue itself; the others (data sets, memberships, signed documents) stand here, their
words in `connector.texts.terms_*`. Every connector publishes both documents, so that nobody depends on one address.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from connector.canonical import JsonObject
from connector.texts import texts
from policies.clauses.terms import LANGS, Term, TermKind, clause_terms
from policies.vocabulary import MMD, ODRL

_PROPERTIES: Final[Mapping[str, str]] = {
    "Dataset": "contentDigest kind profile process producer classification exportControl pseudonymLevel",
    "Catalog": "laboratory",
    "Message": "signatures",
    "DataAddress": "delivery use-purpose person expires",
    "Membership": "memberOf name contractKey logKey logOrigin country affiliateOf",
    "CredentialRequest": "membershipRequest",
    "DataContract": "format role kind laboratory agreement agreementDigest requiredSigners providerPid consumerPid dataset digest byteSize offerId "
    "authority did memberships provider consumer countersignBefore finalizeBefore exception peer lapses reason code statusLists "
    "maxAgeSeconds lists shown countersigns receiptFor over logOrigin",
    "Notice": "countersignature number previous seen content",
    "EvidenceStatement": "manifest highestNotices termination checkpoint takenUp",
}
"""What has which properties."""
_CLASSES: Final = (
    "AgreementCredential", "AgreementCountersignature", "ContractReceipt", "ContractTermination", "Notice",
    "EvidenceStatement", "DataContract",
)  # fmt: skip
_IN_SIGNED: Final = ("DataContract", "Notice", "EvidenceStatement")
"""Signed documents use short names; the context gives them their meaning. Everywhere else the full IRI is written."""
_TAKEN: Final = frozenset({"id", "type", "name", "description", "proof", "issuer"})
"""Names that W3C's credentials context defines and protects."""
_JSON: Final = frozenset({"agreement", "content", "shown", "takenUp"})
"""Values that are documents of their own: kept as they are, to the byte."""
_MOMENTS: Final = frozenset({"countersignBefore", "finalizeBefore"})
_PREFIXES: Final = {
    "dct": "http://purl.org/dc/terms/",
    "odrl": ODRL,
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "mmd": MMD,
}
_TYPES: Final[Mapping[TermKind, str]] = {
    "leftOperand": "odrl:LeftOperand",
    "action": "odrl:Action",
    "purpose": "skos:Concept",
    "property": "rdf:Property",
    "class": "rdfs:Class",
}


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """Every term of ours, each once, by name."""
    found = {term.name: term for term in clause_terms()}
    for name in _CLASSES:
        found[name] = _told(name, "class", "")
    for domain, names in _PROPERTIES.items():
        for name in names.split():
            held = found.get(name)
            if held is None:
                found[name] = _told(name, "property", domain)
            else:
                kinds = held.kinds if "property" in held.kinds else (*held.kinds, "property")
                found[name] = replace(held, kinds=kinds, domains=(*held.domains, domain))
    return tuple(found[name] for name in sorted(found))


def vocabulary_document() -> JsonObject:
    """All terms with label and comment in Korean and English, their kind and domain, as JSON-LD."""
    return {
        "@context": dict(_PREFIXES),
        "@id": MMD,
        "@type": "owl:Ontology",
        "dct:title": _in_languages({"en": "My Manufacturing Data, version 1", "ko": "마이제조데이터 어휘 1판"}),
        "dct:license": {"@id": "https://www.apache.org/licenses/LICENSE-2.0"},
        "@included": [_term_object(term) for term in terms()],
    }


def context_document() -> JsonObject:
    """The short names of signed documents, and the prefix `mmd`; it stands beside W3C's credentials context."""
    short = {name for domain in _IN_SIGNED for name in _PROPERTIES[domain].split()} | set(_CLASSES)
    found: dict[str, Any] = {"@version": 1.1, "mmd": MMD}
    for name in sorted(short - _TAKEN):
        if name in _JSON:
            found[name] = {"@id": f"mmd:{name}", "@type": "@json"}
        elif name in _MOMENTS:
            found[name] = {"@id": f"mmd:{name}", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
        else:
            found[name] = f"mmd:{name}"
    return {"@context": found}


def _told(name: str, kind: TermKind, domain: str) -> Term:
    return Term(
        name, (kind,), (domain,) if domain else (),
        {lang: texts(lang)[f"term.{name}"] for lang in LANGS},
        {lang: texts(lang)[f"term.{name}.comment"] for lang in LANGS},
    )  # fmt: skip


def _term_object(term: Term) -> JsonObject:
    found: JsonObject = {
        "@id": f"mmd:{term.name}",
        "@type": [_TYPES[kind] for kind in term.kinds],
        "rdfs:label": _in_languages(term.label),
        "rdfs:comment": _in_languages(term.comment),
        "rdfs:isDefinedBy": {"@id": MMD},
    }
    if term.domains:
        found["rdfs:domain"] = [{"@id": _domain_iri(domain)} for domain in term.domains]
    if term.broader:
        found["odrl:includedIn"] = {"@id": term.broader}
    return found


def _domain_iri(domain: str) -> str:
    known = {
        "Dataset": "http://www.w3.org/ns/dcat#Dataset",
        "Catalog": "http://www.w3.org/ns/dcat#Catalog",
        "DataAddress": "https://w3id.org/dspace/2025/1/DataAddress",
        "Message": "https://w3id.org/dspace/2025/1/Message",
        "CredentialRequest": "https://w3id.org/dspace-dcp/v1.0/CredentialRequestMessage",
        "Membership": "https://www.w3.org/2018/credentials#VerifiableCredential",
    }
    odrl = {"Constraint", "Duty", "Permission", "Prohibition"}
    return known.get(domain) or (ODRL + domain if domain in odrl else f"mmd:{domain}")


def _in_languages(said: Mapping[Any, str]) -> list[JsonObject]:
    return [{"@language": lang, "@value": said[lang]} for lang in LANGS]
