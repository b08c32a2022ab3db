import pytest

from connector.cli.choose import clause_text, matches, words
from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, DATASET, PLANT, Fake, contract, entry

OTHER = "did:web:other.example"


@pytest.mark.parametrize(
    ("wanted", "fits"), [(DATASET, True), ("3f2a", True), ("urn:uuid:3f", True), ("3f2b", False), ("", False)]
)
def test_a_beginning_is_enough(wanted: str, fits: bool) -> None:
    assert matches(DATASET, wanted) is fits


def test_an_exact_name_beats_a_longer_one(mmd: Mmd, fake: Fake) -> None:
    fake.entries = [entry(dataset="urn:a", title="short"), entry(dataset="urn:ab", title="long")]
    assert mmd("show", "urn:a", "--json").json["title"] == "short"


def test_an_ambiguous_beginning_names_the_candidates(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract(id=f"urn:uuid:aa{number}") for number in range(6)]
    ran = mmd("contracts", "aa")
    assert ran.code == 1
    assert "'aa' fits 6 of them (urn:uuid:aa0, urn:uuid:aa1, urn:uuid:aa2, urn:uuid:aa3 …)" in ran.err


def test_nothing_begins_so(mmd: Mmd, fake: Fake) -> None:
    assert "No data set begins with 'zz'; `mmd search`" in mmd("show", "zz").err
    assert "No contract begins with 'zz'; `mmd contracts`" in mmd("contracts", "zz").err


def test_silent_participants_are_named(mmd: Mmd, fake: Fake) -> None:
    fake.asked = [{"did": OTHER, "ok": False, "problem": "no answer"}]
    assert f"no answer came from {OTHER}" in mmd("show", "zz").err


def test_two_providers_of_one_data_set(mmd: Mmd, fake: Fake) -> None:
    fake.entries = [entry(), entry(provider=OTHER)]
    assert "choose one with --provider" in mmd("show", DATASET).err
    assert mmd("show", DATASET, "--provider", OTHER, "--json").json["provider"] == OTHER


def test_two_offers_of_one_provider_are_one_data_set(mmd: Mmd, fake: Fake) -> None:
    fake.entries = [entry(), entry()]
    assert mmd("show", DATASET, "--json").json["provider"] == PLANT


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ({"ko": "건조", "en": "dryer"}, "건조"),
        ({"en": "dryer"}, "dryer"),
        ([{"@language": "ko", "@value": "건조"}], "건조"),
        ({}, ""),
        (None, ""),
    ],
)
def test_words_in_the_language_or_another(value: object, text: str) -> None:
    assert words(value, "ko") == text


def test_clauses_fall_back_to_what_there_is() -> None:
    assert clause_text({"en": "x"}, "ko") == "x"
    assert clause_text({"id": "until"}, "ko") == "until"
    assert CONTRACT.startswith("urn:uuid:")
