"""`mmd clauses`, and clauses as options of what publishes and offers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from policies.clauses import CLAUSES
from policies.vocabulary import PURPOSE
from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import DATASET, DIGEST, Fake

Types = Callable[..., None]
ANSWERS = ("--title", "Dryer", "--process", "drying", "--description", "x", "--classification", "none")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "dryer.csv"
    path.write_bytes(b"a,b\n1,2\n")
    return path


def test_all_clauses_in_a_list(mmd: Mmd, fake: Fake) -> None:
    assert len(mmd("clauses", "--json").json["clauses"]) == len(CLAUSES)
    ran = mmd("clauses", "--lang", "ko")
    assert ran.code == 0, ran.err
    assert all(clause.name("ko") in ran.out for clause in list(CLAUSES.values())[:5])


def test_one_clause_with_its_blanks_and_sources(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("clauses", "show", "metered")
    assert ran.code == 0, ran.err
    for text in ("Metered price (metered)", "metered.meter: what is counted", "row (row)", "art. 15"):
        assert text in ran.out
    assert mmd("clauses", "show", "until").out.count("assignment") == 1
    assert mmd("clauses", "show", "no-fun").code == 1


def test_the_bundles_say_what_is_left_to_fill_in(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("clauses", "bundles", "--lang", "ko")
    assert "거래처 품질자료 (NDA)" in ran.out
    assert "named-people.list" in ran.out
    assert "lump-sum" not in mmd("clauses", "bundles", "nda-quality").out
    assert mmd("clauses", "bundles", "all-you-can-eat").code == 1


@pytest.mark.parametrize("words", [("show",), ("hide", "until")])
def test_what_is_not_understood(mmd: Mmd, fake: Fake, words: tuple[str, ...]) -> None:
    ran = mmd("clauses", *words)
    assert (ran.code, "mmd clauses bundles" in ran.err) == (2, True)


def test_clauses_by_flags(mmd: Mmd, fake: Fake, file: Path) -> None:
    ran = mmd(
        "publish", file, *ANSWERS, "--bundle", "single-sale", "--without", "prepaid", "--clause", "no-training",
        "--clause", "count=5", "--clause", "until=2027-06-30", "--set", "lump-sum.amount=1,500,000",
        "--set", "purpose.purposes=연구,safety", "--set", "payees.shares=did:web:a.example=60",
        "--set", "payees.shares=did:web:b.example=40",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    terms = fake.body("POST", "/datasets")["terms"]
    assert terms["bundle"] == "single-sale"
    until = terms["clauses"].pop("until")
    assert until["time"].startswith("2027-06-30T")
    assert terms["clauses"] == {
        "prepaid": None,
        "no-training": {},
        "count": {"times": "5"},
        "lump-sum": {"amount": "1,500,000"},
        "purpose": {"purposes": [PURPOSE + "research", PURPOSE + "safety"]},
        "payees": {"shares": ["did:web:a.example=60", "did:web:b.example=40"]},
    }
    assert "For the data the recipient pays 1,500,000 KRW once, within 7 days" in ran.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--clause", "no-fun"), "'no-fun'"),
        (("--clause", "lump-sum=5"), "amount, currency, due"),
        (("--set", "count=5"), "CLAUSE.BLANK=VALUE"),
        (("--set", "count.often=5"), "it has: times"),
        (("--without", "no-fun"), "'no-fun'"),
        (("--clause", "until=soon"), "soon"),
    ],
)
def test_what_the_catalogue_does_not_have(
    mmd: Mmd, fake: Fake, file: Path, options: tuple[str, ...], said: str
) -> None:
    ran = mmd("publish", file, *ANSWERS, "--any-purpose", *options)
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert fake.calls == []


def test_open_blanks_are_named_with_their_options(mmd: Mmd, fake: Fake, file: Path) -> None:
    ran = mmd("publish", file, *ANSWERS, "--bundle", "subscription", "--lang", "ko")
    assert ran.code == 1
    assert "--set flat-fee.amount=… (금액: 0보다 큰 십진수" in ran.err


def test_a_bundle_asks_only_for_what_it_leaves_open(mmd: Mmd, fake: Fake, file: Path, person: Types) -> None:
    person("research, 6", "300000", "y")
    ran = mmd("publish", file, *ANSWERS, "--bundle", "subscription")
    assert ran.code == 0, ran.err
    assert fake.body("POST", "/datasets")["terms"]["clauses"] == {
        "purpose": {"purposes": [PURPOSE + "research", PURPOSE + "safety"]},
        "flat-fee": {"amount": "300000"},
    }


def test_a_value_that_does_not_fit_is_not_asked_for_again(mmd: Mmd, fake: Fake, file: Path, person: Types) -> None:
    person("research", "a lot", "y")
    ran = mmd("publish", file, *ANSWERS, "--bundle", "subscription")
    assert ran.code == 1
    assert "'a lot'" in ran.err


def test_words_are_chosen_by_number_or_name(mmd: Mmd, fake: Fake, file: Path, person: Types) -> None:
    person("2", "y")
    ran = mmd("publish", file, *ANSWERS, "--any-purpose", "--clause", "warranty")
    assert ran.code == 0, ran.err
    assert fake.body("POST", "/datasets")["terms"]["clauses"] == {"warranty": {"kind": "measured"}}


def test_conflicts_are_shown_before_anything_is_sent(mmd: Mmd, fake: Fake, file: Path, person: Types) -> None:
    person("n")
    ran = mmd("publish", file, *ANSWERS, "--any-purpose", "--clause", "until=2027-06-30", "--clause", "duration=1년")
    assert ran.code == 1
    assert "End / Period of use: these two cannot stand in one contract" in ran.out


def test_offers_and_answers_take_clauses_too(mmd: Mmd, fake: Fake) -> None:
    fake.datasets.append({"id": DATASET})
    ran = mmd("offer", DATASET, "--to", "did:web:peer", "--any-purpose", "--clause", "delete=7일")
    assert ran.code == 0, ran.err
    assert fake.body("POST", "/offers")["terms"]["clauses"] == {"delete": {"within": "7일"}}


def test_a_file_of_people_becomes_a_list(mmd: Mmd, fake: Fake, file: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("이름,이메일\n김하나,kim@customer.example\n", "utf-8")
    ran = mmd("publish", file, *ANSWERS, "--bundle", "nda-quality", "--set", f"named-people.list={people}")
    assert ran.code == 0, ran.err
    assert fake.body("POST", "/people-lists") == {"people": [{"name": "김하나", "email": "kim@customer.example"}]}
    assert fake.body("POST", "/datasets")["terms"]["clauses"]["named-people"]["list"] == DIGEST


def test_what_was_said_of_the_data_is_held_against_the_terms_beforehand(mmd: Mmd, fake: Fake, file: Path) -> None:
    answers = (*ANSWERS[:-1], "trade-secret")
    mmd("publish", file, *answers, "--any-purpose", "--clause", "no-training")
    assert fake.body("POST", "/terms")["answers"]["classification"] == ["trade-secret"]
