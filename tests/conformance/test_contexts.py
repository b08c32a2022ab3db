"""Our own context documents against the standard's."""

import json

import pytest

from connector.wire.contexts import DSPACE, KNOWN, ODRL_PROFILE, context, whole_context
from tests.conformance.schemas import ROOT
from tests.support.shared import needs_shared


@needs_shared
@pytest.mark.parametrize(("address", "file"), [(DSPACE, "dspace.jsonld"), (ODRL_PROFILE, "odrl.jsonld")])
def test_every_term_is_the_standards(address: str, file: str) -> None:
    assert context(address) == json.loads((ROOT / "context" / file).read_text("utf-8"))


@pytest.mark.parametrize("address", sorted(KNOWN))
def test_nothing_is_left_to_be_fetched(address: str) -> None:
    """Imports are written out in what the processor gets, and a context is never named inside of another."""
    contexts = [whole_context(address)["@context"]]
    for found in contexts:
        assert isinstance(found, dict)
        assert "@import" not in found
        contexts += [term["@context"] for term in found.values() if isinstance(term, dict) and "@context" in term]
