import unicodedata

import pytest

from catalog.model import Dataset
from catalog.search import Entry, search

DRYER = Entry(
    Dataset(
        "urn:1",
        title={"ko": "건조기 배치 자료", "en": "Dryer batches"},
        description={"en": "quality of an agricultural chemical"},
        keywords=("품질 예측",),
        process=("drying",),
        profile='{"columns":[{"name":"JacketTemperature"}]}',
    ),
    "did:web:a.example",
    "가람화학",
)
STEEL = Entry(
    Dataset("urn:2", title={"en": "Steel energy"}, description={"en": "a dryer is not in here"}, profile="{broken")
)
ALL = (STEEL, DRYER)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("dryer", ["urn:1", "urn:2"]),
        ("DRYER batches", ["urn:1"]),
        ("건조기", ["urn:1"]),
        ("건조기의", ["urn:1"]),
        ("품질예측", ["urn:1"]),
        ("건조", ["urn:1"]),
        ("drying", ["urn:1"]),
        ("jacket", ["urn:1"]),
        ("가람", ["urn:1"]),
        ("a.example", ["urn:1"]),
        ("용접기의", []),
        ("dryer welding", []),
        ("", ["urn:2", "urn:1"]),
    ],
)
def test_words(words: str, found: list[str]) -> None:
    assert [hit.entry.dataset.id for hit in search(ALL, words)] == found


def test_letters_that_a_mac_has_taken_apart() -> None:
    assert len(search(ALL, unicodedata.normalize("NFD", "건조기"))) == 1


def test_the_title_counts_more_than_the_text() -> None:
    first, second = search(ALL, "dryer")
    assert first.score > second.score
    (exact,), (particle,) = search(ALL, "건조기"), search(ALL, "건조기의")
    assert exact.score > particle.score
