import json

from hypothesis import given
from hypothesis import strategies as st

from policies import vocabulary
from policies.vocabulary import (
    DSP_TERMS,
    LEFT_OPERAND_NAMES,
    MMD,
    ODRL,
    ODRL_TERMS,
    PURPOSE_NAMES,
    action_and_wider,
    datatype_name,
    local_name,
    purpose_iri,
    purpose_name,
    wire_name,
)
from tests.support.shared import SHARED, needs_shared


@given(st.sampled_from(sorted(ODRL_TERMS)))
def test_all_spellings_of_a_term_are_one(name: str) -> None:
    assert local_name(name) == local_name("odrl:" + name) == local_name(ODRL + name) == name
    assert local_name(wire_name(name)) == name
    assert (wire_name(name) == name) == (name in DSP_TERMS)


@given(st.text(max_size=20))
def test_any_name_survives_the_wire(text: str) -> None:
    name = local_name(text)
    assert local_name(wire_name(name)) == name


def test_foreign_names_are_left_alone() -> None:
    for name in ("https://example.org/x", "partner", "cx-policy:Membership", "odrl:sorrow"):
        assert wire_name(local_name(name)) == name
    assert local_name(ODRL + "sorrow") == "odrl:sorrow"


def test_actions_are_kinds_of_each_other() -> None:
    assert action_and_wider("use") == ("use",)
    assert action_and_wider("extract") == ("extract", "reproduce", "use")
    assert action_and_wider("sell") == ("sell", "transfer")
    assert action_and_wider(MMD + "reidentify") == (MMD + "reidentify", "use")
    assert action_and_wider("urn:x") == ("urn:x",)
    for action in vocabulary.INCLUDED_IN:
        assert action_and_wider(action)[-1] in {"use", "transfer"}


def test_the_lists_are_those_of_the_standard() -> None:
    assert len(LEFT_OPERAND_NAMES) == 34
    assert len(vocabulary.OPERATOR_NAMES) == 12
    assert len(PURPOSE_NAMES) == 8


def test_purposes() -> None:
    research = MMD + "purpose/research"
    assert purpose_iri("research") == purpose_iri(research) == research
    assert purpose_iri("espionage") == "espionage"
    assert (purpose_name("research", "en"), purpose_name(research, "ko")) == ("research", "연구")
    assert purpose_name("espionage", "ko") == "espionage"


def test_datatypes() -> None:
    assert datatype_name("http://www.w3.org/2001/XMLSchema#integer") == "xsd:integer"
    assert datatype_name("urn:x") == "urn:x"


@needs_shared
def test_the_terms_of_the_protocols_context() -> None:
    assert SHARED is not None
    (path,) = (SHARED / "spec/dsp/2025-1-err1").glob("**/context/odrl.jsonld")
    context = json.loads(path.read_text(encoding="utf-8"))["@context"]
    assert set(context) - {"odrl"} == DSP_TERMS
