"""Every clause on the wire: valid by the standard's schemas, and the same after others' JSON-LD processors."""

import json
from typing import Any, Final

import pytest

from catalog.describe import catalog_document, data_service, distribution, with_offers
from connector.protocol.messages import ContractAgreementMessage, ContractOfferMessage, ContractRequestMessage, Message
from connector.protocol.versions import V2025_1
from connector.wire.codec import decode, encode, with_context
from connector.wire.contexts import DSPACE
from connector.wire.jsonld import _load
from policies import parse_policy, same_terms
from policies.clauses import CLAUSES, build_clauses, read_clauses
from policies.clauses.bundles import BUNDLES
from tests.conformance.schemas import problems
from tests.conformance.test_messages import AGREEMENT, OFFER, PIDS
from tests.policies.clauses.test_bundles import filled_in
from tests.support.shared import needs_shared

Json = dict[str, Any]
BASE: Final = "http://elsewhere.example/"
TERMS: Final[dict[str, Json]] = {
    **{
        f"{clause.id}-{number}": build_clauses({clause.id: sample})
        for clause in CLAUSES.values()
        for number, sample in enumerate(clause.samples)
    },
    **{bundle.id: build_clauses(filled_in(bundle)) for bundle in BUNDLES.values()},
    "all": build_clauses({clause.id: clause.samples[-1] for clause in CLAUSES.values()}),
}


def messages(terms: Json) -> dict[str, Message]:
    rules: Json = {name: terms.get(name) for name in ("permission", "prohibition", "obligation") if name in terms}
    bare = {name: value for name, value in OFFER.items() if name not in ("permission", "prohibition", "obligation")}
    agreed = {
        name: value for name, value in AGREEMENT.items() if name not in ("permission", "prohibition", "obligation")
    }
    return {
        "contract-request-message": ContractRequestMessage(**PIDS, offer={**bare, **rules}),
        "contract-offer-message": ContractOfferMessage(**PIDS, offer={**bare, **rules}),
        "contract-agreement-message": ContractAgreementMessage(**PIDS, agreement={**agreed, **rules}),
    }


@needs_shared
@pytest.mark.parametrize("terms", TERMS.values(), ids=list(TERMS))
def test_every_clause_is_valid_by_the_standards_schemas(terms: Json) -> None:
    for schema, message in messages(terms).items():
        assert problems(json.loads(encode(message, V2025_1)), schema) == []


@needs_shared
@pytest.mark.parametrize("terms", [TERMS[name] for name in (*BUNDLES, "all")], ids=[*BUNDLES, "all"])
def test_offers_in_a_catalog_are_valid(terms: Json) -> None:
    service = data_service("did:web:p.example#connector", "https://p.example/dsp/2025-1")
    offered = with_offers(
        {"@id": "urn:uuid:1", "@type": "Dataset"},
        [{"@id": "ni:///sha-256;x", **terms}],
        [distribution("HttpData-PULL", service)],
    )
    catalog = catalog_document(
        catalog_id="urn:c", participant_id="did:web:p.example", title="P", datasets=[offered], service=service
    )
    assert problems(with_context(catalog, V2025_1), "catalog") == []


def through_a_processor(message: Message, *, compacted: bool) -> bytes:
    """As a peer sends it that goes through a JSON-LD processor: expanded, or compacted again with the standard's context."""
    from pyld import jsonld

    options = {"documentLoader": _load, "base": BASE}
    found: Any = jsonld.expand(json.loads(encode(message, V2025_1)), options)
    if compacted:
        found = jsonld.compact(found, {"@context": [DSPACE]}, options)
        found["@context"] = [DSPACE]
    return json.dumps(found).replace(BASE, "").encode()


@pytest.mark.parametrize("compacted", [False, True], ids=["expanded", "compacted"])
@pytest.mark.parametrize("terms", TERMS.values(), ids=list(TERMS))
def test_no_field_is_lost_in_json_ld(terms: Json, compacted: bool) -> None:
    for message in messages(terms).values():
        found = decode(through_a_processor(message, compacted=compacted), type(message))
        policy = found.agreement if isinstance(found, ContractAgreementMessage) else found.offer  # type: ignore[attr-defined]
        assert same_terms(policy, terms)
        read = {(item.clause.id, _values(item.values)) for item in read_clauses(parse_policy(policy))}
        assert read == {(item.clause.id, _values(item.values)) for item in read_clauses(parse_policy(terms))}


def _values(values: Any) -> Any:
    return tuple(sorted((name, tuple(sorted(texts))) for name, texts in values.items()))
