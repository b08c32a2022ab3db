"""The forger's tools compute what the product computes: what is joined anew without a change is the same."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from connector.canonical import canonical_bytes
from connector.canonical import digest as digest_of
from connector.demo.parts import AGREEMENT, MANIFEST, STATEMENT, C, P, R, canonical, digest, load, refit, relink
from tests.connector.demo.evidence import judge, parts

NAMES = st.text("abcdefgXYZ@:.-", max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(st.characters(codec="utf-8"), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_canonical_form_and_digest_are_those_of_the_product(value: object) -> None:
    assert canonical(value) == canonical_bytes(value)
    assert digest(value) == digest_of(value)


def test_relinking_what_was_not_changed_changes_nothing(tmp_path: Path) -> None:
    original = parts()
    relinked = dict(original)
    relink(relinked)
    assert relinked == original
    assert judge(relinked, tmp_path).exit_code == 0


def test_refitting_lists_what_is_there() -> None:
    changed = parts()
    changed["messages/0009.json"] = b"{}"
    del changed["did/consumer.json"]
    refit(changed)
    listed = load(changed, MANIFEST)["files"]
    assert listed["messages/0009.json"] == {"bytes": 2, "digest": digest(b"{}")}
    assert "did/consumer.json" not in listed
    assert load(changed, STATEMENT)["credentialSubject"]["manifest"] == digest(changed[MANIFEST])


def test_relinking_joins_everything_to_a_changed_agreement() -> None:
    changed = parts()
    agreement = load(changed, AGREEMENT)
    agreement["prohibition"] = []
    changed[AGREEMENT] = canonical(agreement)
    relink(changed)
    p, c, r = (load(changed, name)["credentialSubject"] for name in (P, C, R))
    assert p["agreement"] == agreement
    assert {p["agreementDigest"], c["agreementDigest"], r["agreementDigest"]} == {digest(agreement)}
    assert c["countersigns"] == digest(load(changed, P))
    assert r["receiptFor"] == digest(load(changed, C))
    assert p["offerId"] != load(parts(), P)["credentialSubject"]["offerId"]
