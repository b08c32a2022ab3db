"""Our vocabulary and context, read by a JSON-LD processor."""

from typing import Any

from connector.services.vocabulary import context_document, terms, vocabulary_document
from policies.vocabulary import MMD, ODRL


def test_the_vocabulary_is_json_ld_with_all_its_terms() -> None:
    from pyld import jsonld

    nodes: Any = jsonld.flatten(vocabulary_document())
    found = {node["@id"]: node for node in nodes if node["@id"].startswith(MMD)}
    assert set(found) == {MMD} | {term.iri for term in terms()} | {
        MMD + d for d in ("Notice", "DataContract", "EvidenceStatement")
    }
    assert found[MMD + "trainModel"][ODRL + "includedIn"] == [{"@id": ODRL + "use"}]
    languages = {value["@language"] for value in found[MMD + "maxRows"]["http://www.w3.org/2000/01/rdf-schema#label"]}
    assert languages == {"en", "ko"}


def test_the_context_gives_short_names_their_meaning_and_keeps_documents_whole() -> None:
    from pyld import jsonld

    agreement = {"@type": "Agreement", "permission": [{"action": "use"}], "n": [1, 1]}
    document = {
        **context_document(),
        "agreement": agreement,
        "countersignBefore": "2026-11-29T00:00:00Z",
        "offerId": "x",
    }
    (found,) = jsonld.expand(document)
    assert found[MMD + "agreement"] == [{"@type": "@json", "@value": agreement}]
    assert found[MMD + "offerId"] == [{"@value": "x"}]
    assert found[MMD + "countersignBefore"][0]["@type"].endswith("#dateTime")
