import pytest

from connector.ids import MAX_IRI, is_iri, new_iri


def test_fresh_iris_differ_and_are_iris() -> None:
    made = {new_iri() for _ in range(100)}

    assert len(made) == 100
    assert all(is_iri(iri) and iri.startswith("urn:uuid:") for iri in made)


@pytest.mark.parametrize(
    "value", ["urn:uuid:1", "https://example.com/a?b#c", "did:web:host%3A80:a", "ni:///sha-256;abc", "x:가"]
)
def test_absolute_iris(value: str) -> None:
    assert is_iri(value)


@pytest.mark.parametrize(
    "value",
    ["", "relative/path", "#fragment", "1a:b", "a:", "a: b", 'a:"b"', "a:<b>", "a:b\n", "a:" + "b" * MAX_IRI, None, 7],
)
def test_everything_else(value: object) -> None:
    assert not is_iri(value)
