"""Our table of shapes against the shapes themselves, and its verdicts against a SHACL engine's."""

import copy
import json
import warnings
from functools import cache
from typing import Any

import pytest

from catalog.exports.gaiax import address, data_product, participant, registration, terms_and_conditions
from catalog.exports.gaiax_shapes import SHAPES, shape_problems
from tests.catalog.exports.test_gaiax import BASE, COMPANY, PRODUCT
from tests.support.shared import SHARED, needs_shared

PREFIXES = {
    "gx": "https://w3id.org/gaia-x/development#",
    "schema": "https://schema.org/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
SH = "http://www.w3.org/ns/shacl#"
Json = dict[str, Any]


def whole() -> list[Json]:
    parts = [make(COMPANY, BASE) for make in (participant, address, registration)]
    return copy.deepcopy([*parts, terms_and_conditions(BASE), data_product(PRODUCT, BASE)])


@cache
def shapes() -> Any:
    from rdflib import Graph

    assert SHARED is not None
    return Graph().parse(SHARED / "spec" / "gaiax" / "gx.shacl.ttl", format="turtle")


def iri(term: str) -> str:
    prefix, _, name = term.partition(":")
    return PREFIXES[prefix] + name


def engine_conforms(subjects: list[Json]) -> bool:
    """What a SHACL engine says of the same subjects, read as JSON-LD with the ontology's own context."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the engine's dependencies, about themselves
        from pyshacl import validate
        from rdflib import Graph

        assert SHARED is not None
        context = json.loads((SHARED / "spec" / "gaiax" / "gx.context.jsonld").read_text("utf-8"))["@context"]
        graph = Graph()
        for subject in subjects:
            graph.parse(data=json.dumps({"@context": context, **subject}), format="json-ld")
        conforms, _, _ = validate(graph, shacl_graph=shapes())
    return bool(conforms)


@needs_shared
@pytest.mark.parametrize("class_", sorted(SHAPES))
def test_the_table_says_what_the_shape_says(class_: str) -> None:
    from rdflib import URIRef

    graph = shapes()
    (shape,) = graph.subjects(URIRef(SH + "targetClass"), URIRef(iri(class_)))
    assert str(graph.value(shape, URIRef(SH + "closed"))) == "true"
    found: dict[str, tuple[int, int | None, str | None]] = {}
    for part in graph.objects(shape, URIRef(SH + "property")):
        least, most, to = (graph.value(part, URIRef(SH + name)) for name in ("minCount", "maxCount", "class"))
        path = str(graph.value(part, URIRef(SH + "path")))
        found[path] = (int(least or 0), int(most) if most is not None else None, str(to) if to else None)
    ours = {
        iri(term): (rule.at_least, rule.at_most, iri(rule.class_) if rule.class_ else None)
        for term, rule in SHAPES[class_].items()
    }
    assert ours == found


@needs_shared
def test_an_engine_agrees_that_ours_conform() -> None:
    assert shape_problems(whole()) == []
    assert engine_conforms(whole())


DAMAGES: dict[str, Any] = {
    "no legal address": lambda parts: parts[0].pop("gx:legalAddress"),
    "no registration number": lambda parts: parts[0].pop("gx:registrationNumber"),
    "two headquarters": lambda parts: parts[0].update(
        {"gx:headquartersAddress": [parts[0]["gx:legalAddress"], {"@id": "urn:other", "@type": "gx:Address"}]}
    ),
    "a property of nobody": lambda parts: parts[0].update({"gx:ceo": "Kim"}),
    "no country": lambda parts: parts[1].pop("gx:countryCode"),
    "other terms": lambda parts: parts[3].update({"gx:gaiaxTermsAndConditions": "0" * 64}),
    "no name": lambda parts: parts[4].pop("gx:digitalServiceOfferingName"),
    "two names": lambda parts: parts[4].update({"gx:digitalServiceOfferingName": ["a", "b"]}),
    "no parameters": lambda parts: parts[4]["gx:dataProductDescription"].pop("gx:dataProductConfigurationParameters"),
    "terms without a digest": lambda parts: parts[4]["gx:digitalServiceOfferingTermsAndConditions"].pop("gx:hash"),
    "a provider who is no person": lambda parts: parts[4].update(
        {"gx:digitalServiceOfferingProvider": {"@id": parts[1]["@id"]}}
    ),
    "a text where an address belongs": lambda parts: parts[0].update({"gx:legalAddress": "Ansan"}),
    "a link that is a text": lambda parts: parts[4]["gx:digitalServiceLegalDocuments"].update(
        {"gx:url": {"@value": "https://x.example"}}
    ),
}


@needs_shared
@pytest.mark.parametrize("name", DAMAGES)
def test_an_engine_agrees_about_what_does_not(name: str) -> None:
    parts = whole()
    DAMAGES[name](parts)
    assert not engine_conforms(parts)
    assert shape_problems(parts)


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_told_in_a_sentence(name: str) -> None:
    parts = whole()
    DAMAGES[name](parts)
    assert any("gx:" in problem and BASE in problem for problem in shape_problems(parts))


def test_a_class_that_nobody_looked_at_is_reported() -> None:
    assert shape_problems([{"@id": "urn:x", "@type": "gx:VirtualMachine"}]) == [
        "urn:x: the class gx:VirtualMachine is not known here"
    ]


def test_nothing_nests_for_ever() -> None:
    deep: Json = {"@id": "urn:0", "@type": "gx:LegalPerson"}
    for number in range(40):
        deep = {"@id": f"urn:{number}", "@type": "gx:LegalPerson", "gx:parentOrganizationOf": deep}
    assert any("too deeply" in problem for problem in shape_problems([deep]))
