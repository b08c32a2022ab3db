from collections.abc import Callable
from pathlib import Path

import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import DATASET, QUALITY, RESEARCH, Fake, problem

Types = Callable[..., None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "dryer.csv"
    path.write_bytes(b"a,b\n1,2\n")
    return path


FLAGS = ("--title", "Dryer", "--process", "건조", "--purpose", "quality-prediction")


def test_everything_by_flags(mmd: Mmd, fake: Fake, file: Path) -> None:
    more = ("--title-ko", "건조기", "--description", "71 batches", "--classification", "none", "--keyword", "dryer")
    terms: tuple[str, ...] = (
        "--purpose",
        "연구",
        "--until",
        "2027-12-31T00:00:00Z",
        "--not-before",
        "2026-12-01T00:00:00Z",
    )
    terms += ("--count", "3", "--recipient", "did:web:c", "--prohibit", "no-passing-on", "--visible-to", "did:web:c")
    card = ("--producer", "Plant 2", "--unit", "T=in=°C", "--share-statistics")
    ran = mmd("publish", file, *FLAGS, *more, *terms, *card)
    assert ran.code == 0, ran.err
    assert fake.body("POST", "/datasets") == {
        "uploadId": "up-1",
        "answers": {
            "title": {"en": "Dryer", "ko": "건조기"},
            "description": "71 batches",
            "process": ["drying"],
            "classification": ["none"],
            "keywords": ["dryer"],
            "producer": "Plant 2",
            "units": {"T=in": "°C"},
            "shareStatistics": True,
        },
        "terms": {
            "purposes": [QUALITY, RESEARCH],
            "notBefore": "2026-12-01T00:00:00.000Z",
            "until": "2027-12-31T00:00:00.000Z",
            "count": 3,
            "recipients": ["did:web:c"],
            "prohibitions": ["no-passing-on"],
        },
        "visibleTo": ["did:web:c"],
    }


def test_shows_what_was_found_and_who_keeps_each_clause(mmd: Mmd, fake: Fake, file: Path) -> None:
    ran = mmd("publish", file, *FLAGS)
    lines = ran.out.splitlines()
    assert lines[:2] == ["Found in dryer.csv:", "  8 bytes, UTF-8, comma"]
    assert "Published: Dryer" in ran.out
    assert DATASET in ran.out
    assert "Not to be passed on.  [a signed promise; no machine can enforce it]" in ran.out


def test_what_the_connector_misses_is_named_with_its_flag(mmd: Mmd, fake: Fake, file: Path) -> None:
    ran = mmd("publish", file, "--any-purpose")
    assert ran.code == 1
    assert "Answers are missing: What is it called? (--title); Which process? (--process)" in ran.err


def test_a_term_that_is_not_known_is_named_by_the_connector(mmd: Mmd, fake: Fake, file: Path) -> None:
    fake.answers["POST", "/datasets"] = problem(422, "unknown term", "The purpose 'fun' is not registered.")
    ran = mmd("publish", file, *FLAGS, "--purpose", "fun")
    assert ran.code == 1
    assert "The purpose 'fun' is not registered." in ran.err
    assert fake.body("POST", "/datasets")["terms"]["purposes"] == [QUALITY, "fun"]


def test_no_purpose_is_never_an_accident(mmd: Mmd, fake: Fake, file: Path) -> None:
    ran = mmd("publish", file, "--title", "x")
    assert ran.code == 2
    assert "--any-purpose" in ran.err
    assert fake.calls == []


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("no.csv", *FLAGS), 1, "There is no file no.csv"),
        ((".", *FLAGS), 1, ". is not a file"),
        (("dryer.csv", *FLAGS, "--until", "soon"), 2, "--until: 'soon' is neither a day"),
        (("dryer.csv", *FLAGS, "--unit", "T"), 2, "--unit T: write it as COLUMN=UNIT."),
    ],
)
def test_wrong_words_are_refused_before_anything_is_sent(
    mmd: Mmd, fake: Fake, file: Path, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...], code: int, words: str
) -> None:
    monkeypatch.chdir(file.parent)
    ran = mmd("publish", *argv)
    assert ran.code == code
    assert words in ran.err
    assert fake.calls == []


def test_a_person_is_asked_for_all_that_is_missing(mmd: Mmd, fake: Fake, file: Path, person: Types) -> None:
    person("7, 품질예측", "2027-12-31T00:00:00Z", "3", "y", "Batch dryer", "injection moulding, 11")
    ran = mmd("publish", file)
    assert ran.code == 0, ran.err
    body = fake.body("POST", "/datasets")
    assert body["terms"]["purposes"] == [RESEARCH, QUALITY]
    assert (body["terms"]["until"], body["terms"]["count"]) == ("2027-12-31T00:00:00.000Z", 3)
    assert body["answers"] == {"title": "Batch dryer", "process": ["injection-moulding", "drying"]}
    assert "research, quality prediction" in ran.out


def test_a_name_with_a_comma_is_one_choice(mmd: Mmd, fake: Fake, file: Path, person: Types) -> None:
    person("surface treatment (plating, painting)")
    assert mmd("publish", file, "--title", "x", "--any-purpose", "--yes").code == 0
    assert fake.body("POST", "/datasets")["answers"]["process"] == ["surface-treatment"]


def test_a_person_may_say_no(mmd: Mmd, fake: Fake, file: Path, person: Types) -> None:
    person("")
    ran = mmd("publish", file, *FLAGS)
    assert ran.code == 1
    assert "Nothing was published." in ran.err
    assert all(path != "/datasets" for _, path, _ in fake.calls)


@pytest.mark.parametrize(
    ("typed", "words"), [(("",), "--any-purpose"), (("1", "", "many"), "--count: 'many' is not a whole number.")]
)
def test_answers_that_make_no_sense(
    mmd: Mmd, fake: Fake, file: Path, person: Types, typed: tuple[str, ...], words: str
) -> None:
    person(*typed)
    ran = mmd("publish", file)
    assert ran.code == 2
    assert words in ran.err


def test_an_answer_that_is_not_taken_is_not_asked_for_ever(mmd: Mmd, fake: Fake, file: Path, person: Types) -> None:
    person("", "11")
    ran = mmd("publish", file, "--any-purpose", "--yes")
    assert ran.code == 1
    assert "The connector does not take this answer: What is it called? (--title)" in ran.err


def test_when_the_input_ends(mmd: Mmd, fake: Fake, file: Path, person: Types) -> None:
    person()
    ran = mmd("publish", file)
    assert ran.code == 1
    assert "the input has ended" in ran.err
