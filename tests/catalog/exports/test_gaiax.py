"""Subjects of Gaia-X credentials: what is demanded is there, and what no register would know is refused."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalog.errors import CardError
from catalog.exports.gaiax import (
    Company,
    Document,
    Product,
    address,
    canonical_digest,
    data_product,
    is_lei,
    participant,
    product_name,
    registration,
    subject_id,
    terms_and_conditions,
)
from catalog.exports.gaiax_shapes import shape_problems

BASE = "https://plating.example.kr"
COMPANY = Company(
    legal_name="한빛도금 주식회사",
    registration_kind="tax",
    registration_number="123-45-67890",
    country="KR",
    street="공단로 12",
    locality="안산시",
)
LINK = Document(url=f"{BASE}/gaiax/documents/{'0' * 64}", sha256="0" * 64)
PRODUCT = Product(
    dataset="urn:uuid:7c0f5c0a-0000-4000-8000-000000000001",
    name="Bath temperatures",
    description="What the bath recorded",
    launched="2026-11-23",
    keywords=["plating", "도금"],
    formats=["HttpData-PULL"],
    terms=LINK,
    policy=LINK,
)


def company(**changes: str | None) -> Company:
    facts = {"legal_name": "A", "registration_kind": "tax", "registration_number": "1", "country": "KR"}
    return Company(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "company_",
    [
        COMPANY,
        company(registration_kind="local"),
        company(registration_kind="vat"),
        company(registration_kind="lei", registration_number="529900T8BM49AURSDO55"),
    ],
    ids=lambda each: each.registration_kind,
)
def test_all_of_it_conforms(company_: Company) -> None:
    parts = [make(company_, BASE) for make in (participant, address, registration)]
    assert shape_problems([*parts, terms_and_conditions(BASE), data_product(PRODUCT, BASE)]) == []


def test_each_subject_has_an_id_of_its_own() -> None:
    parts = [
        participant(COMPANY, BASE),
        address(COMPANY, BASE),
        registration(COMPANY, BASE),
        data_product(PRODUCT, BASE),
    ]
    assert len({part["@id"] for part in parts}) == 4
    assert parts[0]["gx:legalAddress"]["@id"] == parts[1]["@id"] == subject_id(BASE, "address")
    assert parts[0]["gx:registrationNumber"]["@id"] == parts[2]["@id"]


def test_a_product_without_words_has_no_empty_list() -> None:
    bare = Product(**{name: getattr(PRODUCT, name) for name in PRODUCT.__slots__ if name != "keywords"}, keywords=())
    assert "gx:keyword" not in data_product(bare, BASE)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"legal_name": "  "}, "legalName"),
        ({"legal_name": "x" * 1_001}, "legalName"),
        ({"registration_number": ""}, "registrationNumber"),
        ({"registration_kind": "duns"}, "registrationKind"),
        ({"country": "Korea"}, "country"),
        ({"country": "kr"}, "country"),
        ({"registration_kind": "lei", "registration_number": "529900T8BM49AURSDO56"}, "registrationNumber"),
    ],
)
def test_what_no_register_would_know_is_refused(changes: dict[str, str], where: str) -> None:
    with pytest.raises(CardError, match=where):
        company(**changes)


def test_check_digits_of_an_lei() -> None:
    assert is_lei("529900T8BM49AURSDO55")
    assert not is_lei("529900T8BM49AURSDO5")
    assert not is_lei("529900t8bm49aursdo55")


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_character_of_an_lei_is_noticed(place: int, character: str) -> None:
    good = "529900T8BM49AURSDO55"
    assume(good[place].isdigit() == character.isdigit())  # MOD 97-10 promises no more
    changed = good[:place] + character + good[place + 1 :]
    assert is_lei(changed) == (changed == good)


def test_names_of_products_survive_a_url_path() -> None:
    assert product_name("urn:x/../%2f").isascii()
    assert "/" not in product_name("urn:x/../%2f")
    assert product_name("a") != product_name("b")


def test_the_digest_is_that_of_the_canonical_form() -> None:
    assert canonical_digest({"b": 1, "a": "가"}) == canonical_digest({"a": "가", "b": 1})
    assert canonical_digest({}) == "sha256-44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
