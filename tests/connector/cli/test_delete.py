from collections.abc import Callable

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, Fake, contract

DELETION = {"complete": False, "acknowledged": False, "deleted": ["urn:uuid:a"], "missing": ["urn:uuid:b"]}


def test_deletes_and_says_what_is_missing(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    fake.deletion = DELETION
    ran = mmd("delete", "aaaa", "--statement", "no copies")
    assert ran.code == 0
    assert fake.body("POST", f"/contracts/{CONTRACT}/deletion") == {"statement": "no copies"}
    shown = ran.out + ran.err
    for text in ("certified: 1", "urn:uuid:b", "not countersigned"):
        assert text in shown


def test_it_needs_a_statement(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    ran = mmd("delete", "aaaa")
    assert (ran.code, "--statement" in ran.err) == (2, True)


def test_a_person_is_asked_what_became_of_copies_and_whether(mmd: Mmd, fake: Fake, person: Callable[..., None]) -> None:
    fake.contracts = [contract(deliveries=[{"state": "complete"}, {"state": "broken"}])]
    person("none left", "n")
    ran = mmd("delete", "aaaa")
    assert "Nothing was deleted." in ran.err
    assert all(method == "GET" for method, _, _ in fake.calls)
    person("none left", "y")
    assert mmd("delete", "aaaa").code == 0


def test_the_contract_shows_it(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract(deletion={**DELETION, "missing": [], "acknowledged": True})]
    ran = mmd("contracts", "aaaa")
    assert "countersigned the certificate" in ran.out + ran.err
