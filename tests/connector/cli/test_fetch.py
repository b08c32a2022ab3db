from collections.abc import Callable
from pathlib import Path

import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTENT, CONTRACT, DATASET, DIGEST, QUALITY, RESEARCH, Fake, contract


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dryer.csv"


def delivered_under(fake: Fake) -> object:
    return fake.body("POST", "/deliveries")["contract"]


def test_negotiates_when_there_is_no_contract(mmd: Mmd, fake: Fake, file: Path) -> None:
    ran = mmd("fetch", "3f2a", "-o", file, "--purpose", "quality-prediction", "--person", "kim")
    assert ran.code == 0, ran.err
    assert file.read_bytes() == CONTENT
    assert f"920 B, {DIGEST}: as the contract says." in ran.out
    sent = {"contract": CONTRACT, "purpose": QUALITY, "person": "kim", "delivery": None}
    assert fake.body("POST", "/deliveries") == sent
    assert list(file.parent.iterdir()) == [file]


def test_uses_the_contract_that_there_is(mmd: Mmd, fake: Fake, file: Path) -> None:
    fake.contracts = [contract()]
    ran = mmd("fetch", DATASET, "-o", file, "--json")
    assert ran.json == {
        "contract": CONTRACT,
        "delivery": "urn:uuid:del",
        "file": str(file),
        "bytes": len(CONTENT),
        "digest": DIGEST,
        "checked": True,
        "receipts": {"own": True, "other": True},
    }
    assert all(path != "/negotiations" for _, path, _ in fake.calls)
    assert fake.body("POST", "/deliveries")["purpose"] is None


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"confirmed": False}, {"signedAt": "2026-01-01T00:00:00.000Z"}),
        ({"usesReserved": 3, "signedAt": "2026-12-01T00:00:00.000Z"}, {}),
        ({"signedAt": "2026-01-01T00:00:00.000Z"}, {}),
        ({"state": "withdrawn"}, {"confirmed": False}),
        ({"role": "provider"}, {"confirmed": False}),
    ],
)
def test_takes_the_best_of_several(
    mmd: Mmd, fake: Fake, file: Path, worse: dict[str, object], better: dict[str, object]
) -> None:
    fake.contracts = [contract(id="urn:uuid:worse", **worse), contract(id="urn:uuid:better", **better)]
    assert mmd("fetch", DATASET, "-o", file).code == 0
    assert delivered_under(fake) == "urn:uuid:better"


def test_a_used_up_contract_is_not_replaced_in_silence(mmd: Mmd, fake: Fake, file: Path) -> None:
    fake.contracts = [contract(usesReserved=3)]
    fake.delivery_ends, fake.problem = "refused", {"detail": "Count: 3 of 3 deliveries are used."}
    ran = mmd("fetch", DATASET, "-o", file)
    assert ran.code == 1
    assert "Refused: Count: 3 of 3 deliveries are used." in ran.err
    assert not file.exists()


def test_an_ended_contract_needs_a_word_from_the_person(mmd: Mmd, fake: Fake, file: Path) -> None:
    fake.contracts = [contract(state="withdrawn", withdrawnReason="The trial has ended.")]
    ran = mmd("fetch", DATASET, "-o", file)
    assert ran.code == 1
    told = f"The contract {CONTRACT} has ended (withdrawn; reason given: The trial has ended.)"
    assert f"{told}; ask for a new one with --negotiate." in ran.err
    assert mmd("fetch", DATASET, "-o", file, "--negotiate").code == 0


def test_may_be_forbidden_to_negotiate(mmd: Mmd, fake: Fake, file: Path) -> None:
    assert "--no-negotiate forbids" in mmd("fetch", DATASET, "-o", file, "--no-negotiate").err
    assert all(method == "GET" for method, _, _ in fake.calls)


def test_a_contract_by_name_must_be_about_the_data_set(mmd: Mmd, fake: Fake, file: Path) -> None:
    fake.contracts = [contract(), contract(id="urn:uuid:bbbb", dataset="urn:uuid:other")]
    assert mmd("fetch", DATASET, "-o", file, "--contract", "aaaa").code == 0
    ran = mmd("fetch", DATASET, "-o", file, "--contract", "bbbb")
    assert ran.code == 2
    assert "is about another data set, urn:uuid:other" in ran.err


def test_other_content_than_agreed_leaves_no_file(mmd: Mmd, fake: Fake, file: Path) -> None:
    file.write_bytes(b"the old one")
    fake.contracts, fake.content = [contract()], CONTENT + b"x"
    ran = mmd("fetch", DATASET, "-o", file)
    assert ran.code == 1
    assert "What was delivered is not what the contract names" in ran.err
    assert file.read_bytes() == b"the old one"
    assert list(file.parent.iterdir()) == [file]


def test_a_broken_delivery_says_how_to_go_on(mmd: Mmd, fake: Fake, file: Path) -> None:
    fake.contracts, fake.delivery_ends, fake.problem = [contract()], "failed", {"detail": "The connection broke."}
    ran = mmd("fetch", DATASET, "-o", file)
    assert "The delivery broke off: The connection broke. Go on with --resume urn:uuid:del." in ran.err
    fake.delivery_ends = "complete"
    assert mmd("fetch", DATASET, "-o", file, "--resume", "urn:uuid:del").code == 0
    assert fake.body("POST", "/deliveries")["delivery"] == "urn:uuid:del"


def test_a_delivery_that_does_not_come(mmd: Mmd, fake: Fake, file: Path) -> None:
    fake.contracts, fake.delivery_ends, fake.polls = [contract()], "requested", [0]
    ran = mmd("fetch", DATASET, "-o", file, "--timeout", "0")
    assert "No data came for 0 s; the delivery urn:uuid:del goes on by itself." in ran.err


@pytest.mark.parametrize(("name", "words"), [(".", "is not a file"), ("no/dryer.csv", "There is no folder")])
def test_a_place_that_cannot_be_written_is_refused_first(
    mmd: Mmd, fake: Fake, tmp_path: Path, name: str, words: str
) -> None:
    ran = mmd("fetch", DATASET, "-o", tmp_path / name)
    assert ran.code == 2
    assert words in ran.err
    assert fake.calls == []


def test_a_person_is_asked_for_the_purpose(mmd: Mmd, fake: Fake, file: Path, person: Callable[..., None]) -> None:
    fake.contracts = [contract()]
    person("연구")
    ran = mmd("fetch", DATASET, "-o", file)
    assert ran.code == 0
    assert "What will the data be used for?" in ran.err
    assert fake.body("POST", "/deliveries")["purpose"] == RESEARCH


def test_has_the_provider_send_it(mmd: Mmd, fake: Fake, file: Path) -> None:
    fake.contracts = [contract()]
    assert mmd("fetch", DATASET, "-o", file, "--push").code == 0
    assert (fake.body("POST", "/deliveries")["push"], file.read_bytes()) == (True, CONTENT)
