from collections.abc import Callable
from typing import Any

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, Fake, contract


def duty(number: str = "2.1", **other: Any) -> dict[str, Any]:
    return {
        "id": f"{CONTRACT}#obligation-{number}",
        "contract": CONTRACT,
        "counterpartyName": "Drying plant",
        "duty": f"obligation-{number}",
        "action": "compensate",
        "name": {"en": "Flat fee", "ko": "정액제"},
        "ours": True,
        "due": "2026-12-23T09:00:00.000Z",
        "state": "open",
        "facts": {"payAmount": "300000", "currency": "KRW"},
        **other,
    }


def test_lists_what_is_owed_by_whom_until_when(mmd: Mmd, fake: Fake) -> None:
    fake.duties = [duty(), duty("3", state="overdue", ours=False)]
    ran = mmd("duties")
    for text in ("2026-12-23T09:00", "Flat fee 300000 KRW", "Drying plant", "we", "they", "overdue", "1 are overdue"):
        assert text in ran.out + ran.err
    assert mmd("duties", "--json").json == {"duties": fake.duties}
    assert "정액제" in mmd("duties", "--lang", "ko").out


def test_says_that_nothing_is_owed(mmd: Mmd, fake: Fake) -> None:
    assert "Nothing is owed" in mmd("duties").out + mmd("duties").err


def test_of_one_contract_everything(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    assert mmd("duties", "--contract", "aaaa").code == 0
    assert fake.requests[-1].url.params["contract"] == CONTRACT


def test_says_that_one_is_done(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    fake.duties = [duty("2.1"), duty("2.10")]
    ran = mmd("duties", "fulfil", "aaaa#obligation-2.1", "--statement", "paid")
    assert ran.code == 0
    sent = {"duty": f"{CONTRACT}#obligation-2.1", "statement": "paid"}
    assert fake.body("POST", "/duties/fulfilment") == sent


def test_a_beginning_that_fits_several(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    fake.duties = [duty("2.2"), duty("2.3")]
    assert mmd("duties", "fulfil", "aaaa#obligation-2", "--statement", "paid").code == 1
    assert "No open duty" in mmd("duties", "fulfil", "zz", "--statement", "paid").err


def test_it_needs_a_statement(mmd: Mmd, fake: Fake, person: Callable[..., None]) -> None:
    fake.contracts = [contract()]
    fake.duties = [duty()]
    assert mmd("duties", "fulfil", "aaaa#obligation-2.1").code == 2
    person("paid")
    assert mmd("duties", "fulfil", "aaaa#obligation-2.1").code == 0


def test_what_makes_no_sense(mmd: Mmd, fake: Fake) -> None:
    for words in (["fulfil"], ["forget", "x"], ["forget"]):
        assert mmd("duties", *words).code == 2
