"""The vocabulary and its context: whole, in both languages, and enough to read every signed document."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from connector.contracts.signing import make_termination
from connector.contracts.vocabulary import CONTEXT
from connector.services.vocabulary import _TAKEN, context_document, terms, vocabulary_document
from connector.texts import texts
from policies.clauses import CLAUSES
from policies.operands import LEFT_OPERANDS
from policies.vocabulary import INCLUDED_IN, MMD, PURPOSE_NAMES
from tests.support.contracts import build_contract
from tests.support.members import NOW

IN_CREDENTIALS: Final = frozenset({"id", "type"})


def test_each_term_is_said_in_both_languages_and_has_a_kind() -> None:
    included = vocabulary_document()["@included"]
    assert len(included) == len({entry["@id"] for entry in included}) == len(terms())
    for entry in included:
        for part in ("rdfs:label", "rdfs:comment"):
            english, korean = (value["@value"] for value in entry[part])
            assert english
            assert any("가" <= letter <= "힣" for letter in korean) or english == korean == "DID", entry["@id"]
        assert entry["@type"]


def test_all_of_the_catalogue_is_in_it() -> None:
    known = {term.iri for term in terms()}
    used = {clause.action for clause in CLAUSES.values()} | {slot.operand for c in CLAUSES.values() for slot in c.slots}
    used |= set(LEFT_OPERANDS) | set(INCLUDED_IN) | set(PURPOSE_NAMES)
    assert {iri for iri in used if iri.startswith(MMD)} <= known


def test_no_word_is_left_over() -> None:
    told = {term.name for term in terms()}
    keys = {key.removeprefix("term.").removesuffix(".comment") for key in texts("en") if key.startswith("term.")}
    assert keys <= told


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    """P, C, R, T, notices and statement, out of evidence files."""
    contract = build_contract()
    signed = (json.loads(data) for data in contract.files().values() if data[:1] == b"{")
    found = [document for document in signed if CONTEXT[1] in document.get("@context", ())]
    provider = contract.members.provider
    assert contract.signatures.credential is not None
    ended = make_termination(
        contract.signatures.credential, issuer=provider.did, key=provider.contract, provider_pid="urn:p",
        consumer_pid="urn:c", code="x", reason="x", now=NOW,
    )  # fmt: skip
    return [*found, ended]


def names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            if name not in {"agreement", "content", "shown", "takenUp"}:
                yield from names_in(inner)
    elif isinstance(value, list):
        for item in value:
            yield from names_in(item)


def test_the_context_knows_every_name_in_a_signed_document(documents: list[dict[str, Any]]) -> None:
    known = set(context_document()["@context"]) | IN_CREDENTIALS
    kinds = {document["type"][1] for document in documents}
    assert kinds >= {
        "AgreementCredential",
        "AgreementCountersignature",
        "ContractReceipt",
        "ContractTermination",
        "Notice",
        "EvidenceStatement",
    }
    for document in documents:
        assert document["type"][1] in known
        assert set(names_in(document["credentialSubject"])) <= known, document["type"]


def test_the_context_leaves_alone_what_the_credentials_context_protects() -> None:
    assert not _TAKEN & context_document()["@context"].keys()
    assert CONTEXT[1] == MMD + "context.jsonld"
