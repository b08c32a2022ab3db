import pytest

from policies.readings import read_country, read_digest, read_iri, read_text, read_true, read_word


@pytest.mark.parametrize(("text", "read"), [("KR", "KR"), ("kr-26", "KR-26"), ("US-CA", "US-CA"), ("K", None), ("KOR", None),
                                             ("KR-", None), ("KR-1234", None), ("대한민국", None), ("KR\n", None)])  # fmt: skip
def test_places(text: str, read: str | None) -> None:
    assert read_country(text) == read


def test_iris_texts_and_words() -> None:
    assert read_iri("did:web:a.example") == "did:web:a.example"
    assert read_iri("a") is None
    assert (read_text("MembershipCredential"), read_text(" a"), read_text("a\u202eb"), read_text("a\nb")) == (
        "MembershipCredential", None, None, None,
    )  # fmt: skip
    assert (read_true("true"), read_true("TRUE"), read_true("1")) == (True, None, None)
    mode = read_word("fileDelivery", "cleanRoom")
    assert (mode("cleanRoom"), mode("cleanroom")) == ("cleanRoom", None)


@pytest.mark.parametrize(
    "text", ["sha256:" + "2c" * 32, "sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "x" * 16]
)
def test_digests_are_compared_as_they_stand(text: str) -> None:
    assert read_digest(text) == text


@pytest.mark.parametrize("text", ["", "short", "a b" * 8, "가" * 20, "x" * 201, "x" * 16 + "\n"])
def test_what_is_no_digest(text: str) -> None:
    assert read_digest(text) is None
