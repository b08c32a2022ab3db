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
