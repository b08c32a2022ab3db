"""The compact form needs no JSON-LD processor: not one call, not even the import."""

import json
import subprocess
import sys
from typing import Any, Final

import pytest

from catalog.describe import catalog_document, data_service, distribution, with_offers
from connector.protocol.messages import MESSAGES, Message
from connector.protocol.versions import V2025_1
from connector.wire import jsonld
from connector.wire.codec import decode, dump, encode, read_document, with_context
from connector.wire.contexts import DSPACE, EDC
from connector.wire.normal import normal
from policies.clauses import build_terms
from tests.connector.wire.samples import body_of, sample

SERVICE: Final = data_service("did:web:p.example#connector", "https://p.example/dsp/2025-1")
TERMS: Final = build_terms(purposes=["research"], count=3, recipients=["did:web:c.example"])
DATASET: Final = with_offers(
    {"@id": "urn:uuid:1", "@type": "Dataset", "dct:title": [{"@language": "ko", "@value": "건조"}]},
    [{"@id": "ni:///sha-256;x", **TERMS}],
    [distribution("HttpData-PULL", SERVICE)],
)
CATALOG: Final = catalog_document(
    catalog_id="https://p.example/dsp/2025-1/catalog",
    participant_id="did:web:p.example",
    title="P",
    datasets=[DATASET],
    service=SERVICE,
)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every call of the processor, by whatever name."""
    from pyld import jsonld as processor

    found: list[Any] = []
    for name in ("expand", "compact", "flatten", "frame", "normalize", "to_rdf", "from_rdf"):
        whole = getattr(processor, name)

        def counted(*arguments: Any, _whole: Any = whole, **named: Any) -> Any:
            found.append(arguments)
            return _whole(*arguments, **named)

        monkeypatch.setattr(processor, name, counted)
    return found


@pytest.mark.parametrize("kind", MESSAGES.values(), ids=list(MESSAGES))
def test_a_message_in_the_compact_form_costs_no_call(kind: type[Message], calls: list[Any]) -> None:
    body = encode(sample(kind), V2025_1)
    assert decode(body, kind) == sample(kind)
    assert decode(dump(body_of(kind, {"@context": [DSPACE, EDC]})), kind) == sample(kind)
    assert calls == []


def test_any_other_form_costs_one(calls: list[Any]) -> None:
    for kind in MESSAGES.values():
        calls.clear()
        assert decode(dump(body_of(kind, {"@context": [DSPACE, {}]})), kind) == sample(kind)
        assert len(calls) == 1


@pytest.mark.parametrize(
    ("document", "kind"), [(CATALOG, "Catalog"), (DATASET, "Dataset")], ids=["catalog", "data set"]
)
def test_what_we_answer_is_read_as_it_stands(document: Any, kind: str, calls: list[Any]) -> None:
    """Not copied, not rewritten: an offer's name is the digest of what is said here (decision 5, 18)."""
    answer = with_context(document, V2025_1)
    assert normal(answer, kind) is answer
    assert read_document(dump(answer), kind, max_bytes=100_000) == answer
    assert calls == []


def test_the_same_catalog_after_a_json_ld_processor() -> None:
    """Expanded by another, read by us: the same catalog, to the last list."""
    from pyld import jsonld as processor

    answer = with_context(CATALOG, V2025_1)
    loader = {"documentLoader": jsonld._load, "base": "http://elsewhere.example/"}
    expanded = json.dumps(processor.expand(answer, loader)).replace("http://elsewhere.example/", "")
    found = read_document(expanded.encode(), "Catalog", max_bytes=100_000)
    assert found == {name: value for name, value in _singled(CATALOG).items() if name != "@context"}


def _singled(value: Any) -> Any:
    """Lists of one under names that the standard does not define are the one: JSON-LD does not tell them apart."""
    if isinstance(value, list):
        return [_singled(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _singled(item[0] if ":" in name and isinstance(item, list) and len(item) == 1 else item)
        for name, item in value.items()
    }


def test_the_processor_is_not_even_loaded() -> None:
    """Serving starts without it, and stays without it as long as peers write the compact form."""
    body = encode(sample(MESSAGES["ContractRequestMessage"]), V2025_1)
    program = f"""
import sys
import connector.app, connector.serving, connector.web.public
from connector.protocol.messages import ContractRequestMessage
from connector.wire.codec import decode, fingerprint, read_answer
fingerprint(decode({body!r}, ContractRequestMessage))
read_answer({body!r})
found = [name for name in ("pyld", "lxml", "cachetools", "frozendict", "connector.wire.jsonld") if name in sys.modules]
assert not found, found
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
