from collections.abc import Callable

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, DATASET, Fake, contract


def test_ends_a_contract_with_its_reason(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    ran = mmd("withdraw", "aaaa", "--reason", "line rebuilt", "--json")
    assert ran.json["state"] == "withdrawn"
    assert fake.body("POST", f"/contracts/{CONTRACT}/withdrawal") == {"reason": "line rebuilt"}


def test_a_contract_needs_a_reason(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    ran = mmd("withdraw", "aaaa")
    assert ran.code == 2
    assert "--reason" in ran.err


def test_takes_a_data_set_out_of_the_catalog(mmd: Mmd, fake: Fake) -> None:
    fake.datasets = [{"id": DATASET}]
    ran = mmd("withdraw", "3f2a")
    assert ran.code == 0
    assert "contracts about it still stand" in ran.out
    assert fake.calls[-1][:2] == ("DELETE", f"/datasets/{DATASET}")


def test_neither_the_one_nor_the_other(mmd: Mmd, fake: Fake) -> None:
    assert "Neither a contract nor a data set of yours begins with 'zz'" in mmd("withdraw", "zz").err


def test_a_person_is_asked_why_and_whether(mmd: Mmd, fake: Fake, person: Callable[..., None]) -> None:
    fake.contracts = [contract()]
    person("rebuilt", "n")
    assert "Nothing was withdrawn." in mmd("withdraw", "aaaa").err
    assert all(method == "GET" for method, _, _ in fake.calls)
    person("rebuilt", "네")
    assert mmd("withdraw", "aaaa").code == 0


def test_beforehand_it_shows_whom_it_hits_and_does_nothing(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    ran = mmd("withdraw", "aaaa", "--dry-run")
    assert ran.code == 0
    for shown in (
        "Batch dryer",
        "Drying plant",
        "2026-12-23T09:00:00.000Z",
        "signed notice",
        "stays lawful",
        "Deletion by the consumer, until 2026-12-30",
    ):
        assert shown in ran.out + ran.err
    assert all(method == "GET" for method, _, _ in fake.calls)
    assert mmd("withdraw", "aaaa", "--dry-run", "--json").json["contracts"][0]["transfers"] == ["urn:uuid:t"]


def test_beforehand_for_a_data_set_it_shows_the_contracts_that_stand(mmd: Mmd, fake: Fake) -> None:
    fake.datasets = [{"id": DATASET}]
    fake.contracts = [contract(), contract(id="urn:uuid:old", state="withdrawn")]
    ran = mmd("withdraw", "3f2a", "--dry-run", "--json")
    assert ran.json == {"dataset": DATASET, "contracts": [CONTRACT]}
    assert all(method == "GET" for method, _, _ in fake.calls)


def test_ends_a_contract_later(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    ran = mmd("withdraw", "aaaa", "--reason", "sold", "--effective", "2027-01-01T00:00:00Z")
    assert "ends on 2027-01-01T00:00:00Z" in ran.out
    sent = {"reason": "sold", "effective": "2027-01-01T00:00:00Z"}
    assert fake.body("POST", f"/contracts/{CONTRACT}/withdrawal") == sent
