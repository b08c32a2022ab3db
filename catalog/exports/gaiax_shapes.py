"""What the Gaia-X shapes demand of the classes that we publish and receive, as a table (shapes 2.2.1).

It is the part of the ontology's 166 SHACL shapes that a participant and its data products touch, written as data: which
properties a class may have (the shapes are closed), how often, and of what kind. A test compares the table with the shapes
themselves, and its verdicts with those of a SHACL engine.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Kind = Literal["text", "iri", "node"]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a class: how often it must and may stand there, and what it holds.

    Attributes:
        at_least: the smallest number.
        at_most: the largest number, or None.
        kind: a text, an IRI, or another node.
        class_: the class of that node.
        among: the allowed texts, when the shapes name them and they are few.
    """

    at_least: int
    at_most: int | None
    kind: Kind
    class_: str | None = None
    among: frozenset[str] | None = None


_TEXT: Final = Property(0, 1, "text")
_ONE_TEXT: Final = Property(1, 1, "text")
_TERMS: Final = {"gx:url": Property(1, 1, "iri"), "gx:hash": _ONE_TEXT}
_NAMED: Final = {"schema:name": _TEXT, "schema:description": _TEXT, "rdfs:label": _TEXT}


def _node(class_: str, at_least: int = 0, at_most: int | None = None) -> Property:
    return Property(at_least, at_most, "node", class_)


SHAPES: Final[dict[str, dict[str, Property]]] = {
    "gx:LegalPerson": {
        **_NAMED,
        "gx:registrationNumber": _node("gx:RegistrationNumber", 1),
        "gx:legalAddress": _node("gx:Address", 1, 1),
        "gx:headquartersAddress": _node("gx:Address", 1, 1),
        "gx:parentOrganizationOf": _node("gx:LegalPerson"),
        "gx:subOrganisationOf": _node("gx:LegalPerson"),
    },
    "gx:Address": {
        "gx:countryCode": _ONE_TEXT,
        "gx:countryName": _TEXT,
        "gx:gps": _node("gx:GPSLocation"),
        "vcard:street-address": _TEXT,
        "vcard:locality": _TEXT,
        "vcard:postal-code": _TEXT,
        "vcard:region": _TEXT,
    },
    "gx:Issuer": {
        "gx:gaiaxTermsAndConditions": Property(
            1,
            1,
            "text",
            among=frozenset(
                {
                    "4bd7554097444c960292b4726c2efa1373485e8a5565d94d41195214c5e0ceb3",
                    "067dcac5efd18c1927deb1ffed3feab6d0ad044c0a9a263e6d5d8bdc43224515",
                }
            ),
        )
    },
    "gx:LeiCode": {"schema:leiCode": _ONE_TEXT, "gx:countryCode": _TEXT, "gx:subdivisionCountryCode": _TEXT},
    "gx:VatID": {"gx:vatID": _ONE_TEXT, "gx:countryCode": _TEXT},
    "gx:TaxID": {"schema:taxID": _ONE_TEXT},
    "gx:LocalRegistrationNumber": {"gx:local": _ONE_TEXT},
    "gx:TermsAndConditions": _TERMS,
    "gx:ServiceTermsAndConditions": _TERMS,
    "gx:UsageTermsAndConditions": _TERMS,
    "gx:LegalDocument": {
        "gx:url": Property(1, 1, "iri"),
        "gx:mimeTypes": Property(0, None, "text"),
        "gx:governingLawCountries": Property(0, None, "text"),
        "gx:involvedParties": _node("gx:LegalPerson"),
    },
    "gx:DataProduct": {
        **_NAMED,
        "gx:digitalServiceOfferingName": _ONE_TEXT,
        "gx:digitalServiceOfferingShortDescription": _ONE_TEXT,
        "gx:digitalServiceOfferingIdentifier": _ONE_TEXT,
        "gx:digitalServiceOfferingLaunchDate": _ONE_TEXT,
        "gx:digitalServiceOfferingEndDate": _TEXT,
        "gx:digitalServiceOfferingProvider": _node("gx:LegalPerson", 1, 1),
        "gx:digitalServiceOfferingContactInformation": _node("gx:ContactInformation", 0, 1),
        "gx:digitalServiceOfferingTermsAndConditions": _node("gx:ServiceTermsAndConditions", 1, 1),
        "gx:digitalServiceUsageTermsAndConditions": _node("gx:UsageTermsAndConditions", 1, 1),
        "gx:digitalServiceUsageDataPolicy": _node("gx:TermsAndConditions", 1, 1),
        "gx:digitalServiceLegalDocuments": _node("gx:LegalDocument", 1),
        "gx:dataProductDescription": _node("gx:DataProductDescription", 1, 1),
        "gx:dataRightsHolders": _node("gx:LegalPerson"),
        "gx:keyword": Property(0, None, "text"),
    },
    "gx:DataProductDescription": {
        "dcat:Dataset": Property(1, None, "text"),
        "gx:dataProductConfigurationParameters": _node("gx:DataProductConfigurationParameter", 1),
        "gx:dataLicense": _node("gx:DataLicense", 0, 1),
    },
    "gx:DataProductConfigurationParameter": {
        "gx:parameterName": _ONE_TEXT,
        "gx:parameterDescription": _ONE_TEXT,
        "gx:parameterAdmissibleValues": Property(1, None, "text"),
    },
}
_ALIASES: Final = {"id": "@id", "type": "@type"}
_STRUCTURAL: Final = frozenset({"@id", "@type", "id", "type"})
_MAX_DEPTH: Final = 8
_MAX_NODES: Final = 5_000


def shape_problems(subjects: Iterable[Mapping[str, Any]]) -> list[str]:
    """What does not conform, in sentences; empty when all nodes of known classes do.

    The subjects are read as one graph: a node that is named in one credential may be described in another. A class that
    the table does not know is reported, never passed over: nobody has looked at it.
    """
    nodes: dict[str, dict[str, list[Any]]] = {}
    problems: list[str] = []
    for subject in subjects:
        _collect(subject, nodes, problems, "$", 0)
    for name, node in nodes.items():
        problems += _judge(name, node, nodes)
    return problems


def _collect(
    value: Mapping[str, Any], nodes: dict[str, dict[str, list[Any]]], problems: list[str], where: str, depth: int
) -> str:
    own = value.get("@id", value.get("id"))
    name = own if isinstance(own, str) else f"_:{where}"
    if depth > _MAX_DEPTH or len(nodes) > _MAX_NODES:
        problems.append(f"{where[:200]}: nested too deeply, or too many nodes; it was not looked at")
        return name
    node = nodes.setdefault(name, {})
    for key, found in value.items():
        term = _ALIASES.get(key, key)
        if term == "@id":
            continue
        values = node.setdefault(term, [])
        for item in found if isinstance(found, list) else [found]:
            written: Any = item
            if isinstance(item, Mapping) and "@value" in item:
                written = item["@value"]
            elif isinstance(item, Mapping):
                written = ("node", _collect(item, nodes, problems, f"{where}.{key}", depth + 1))
            if written not in values:
                values.append(written)
    return name


def _judge(name: str, node: Mapping[str, list[Any]], nodes: Mapping[str, Mapping[str, list[Any]]]) -> list[str]:
    types = [type_ for type_ in node.get("@type", []) if isinstance(type_, str)]
    if not types:
        return []  # an IRI that is only pointed to
    known = [type_ for type_ in types if type_ in SHAPES]
    if not known and types != ["gx:RegistrationNumber"]:
        return [f"{name}: the class {', '.join(types)[:200]} is not known here"]
    problems: list[str] = []
    for type_ in known:
        shape = SHAPES[type_]
        problems += [
            f"{name}: a {type_} has no property {term[:100]}"
            for term in node
            if term not in shape and term not in _STRUCTURAL
        ]
        for term, rule in shape.items():
            problems += [f"{name}: {sentence}" for sentence in _counted(term, rule, node.get(term, []), nodes)]
    return problems


def _counted(term: str, rule: Property, values: list[Any], nodes: Mapping[str, Mapping[str, list[Any]]]) -> list[str]:
    problems = []
    if len(values) < rule.at_least:
        problems.append(f"{term} is missing")
    if rule.at_most is not None and len(values) > rule.at_most:
        problems.append(f"{term} stands there {len(values)} times, {rule.at_most} at most")
    for value in values:
        node = nodes.get(value[1], {}) if isinstance(value, tuple) else None
        if rule.kind == "text" and not isinstance(value, str):
            problems.append(f"{term} is no text")
        elif rule.kind != "text" and node is None:
            problems.append(f"{term} is no node with an @id")
        elif rule.kind == "node" and node is not None and rule.class_ not in node.get("@type", []):
            problems.append(f"{term} does not point to a {rule.class_}")
        elif rule.among is not None and value not in rule.among:
            problems.append(f"{term} is none of the values that the shapes allow")
    return problems
