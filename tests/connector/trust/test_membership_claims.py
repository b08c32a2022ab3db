"""What an authority says of a member beyond its keys."""

from typing import Any

import pytest

from connector.trust.errors import CredentialInvalid
from connector.trust.membership_claims import MAX_CLAIMS, MMD, vouched, written_claims


def test_what_is_written_is_what_is_vouched_for() -> None:
    says: dict[str, Any] = {"country": "KR-26", "affiliateOf": ["did:web:head"], "iso9001": "2027", "sites": ["a", "b"]}
    written = written_claims(says)
    assert written == {MMD + name: value for name, value in says.items()}
    binding = {MMD + "name": "Plant", MMD + "contractKey": "z6Mk", "id": "did:web:plant", "https://else/where": "x"}
    assert vouched({**binding, **written}) == says


def test_one_group_is_a_list_too() -> None:
    assert written_claims({"affiliateOf": "did:web:head"}) == {MMD + "affiliateOf": ["did:web:head"]}


@pytest.mark.parametrize(
    ("says", "said"),
    [
        ({"contractKey": "z6Mk"}, "no name for a claim"),
        ({"a b": "x"}, "no name for a claim"),
        ({"": "x"}, "no name for a claim"),
        ({"country": "Korea"}, "ISO 3166"),
        ({"country": "kr"}, "ISO 3166"),
        ({"country": ["KR"]}, "ISO 3166"),
        ({"affiliateOf": ["Head Inc."]}, "by their DIDs"),
        ({"x": ""}, "a text of 1 to"),
        ({"x": []}, "a text of 1 to"),
        ({"x": "a\nb"}, "a text of 1 to"),
        ({"x": ["a"] * 33}, "a text of 1 to"),
        ({f"x{number}": "a" for number in range(MAX_CLAIMS + 1)}, "at most"),
    ],
)
def test_what_cannot_be_said(says: Any, said: str) -> None:
    with pytest.raises(CredentialInvalid, match=said):
        written_claims(says)
