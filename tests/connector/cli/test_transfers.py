from typing import Any

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, PLANT, Fake, contract

TRANSFER = "urn:uuid:cccc0000-0000-4000-8000-000000000001"


def transfer(**other: Any) -> dict[str, Any]:
    said = [
        {"at": "2026-11-23T09:00:00.000Z", "message": "TransferRequestMessage", "by": "consumer"},
        {"at": "2026-11-23T09:00:01.000Z", "message": "TransferStartMessage", "by": "provider"},
    ]
    return {
        "id": TRANSFER,
        "role": "consumer",
        "state": "STARTED",
        "pending": [],
        "suspendedBy": None,
        "counterparty": PLANT,
        "contract": CONTRACT,
        "format": "HttpData-PULL",
        "problem": None,
        "createdAt": "2026-11-23T09:00:00.000Z",
        "updatedAt": "2026-11-23T09:00:01.000Z",
        "history": said,
        **other,
    }


def test_the_list(mmd: Mmd, fake: Fake) -> None:
    why = {"title": "suspended", "detail": "The line is being calibrated."}
    other = transfer(id="urn:uuid:d", role="provider", state="SUSPENDED", format="HttpData-PUSH", problem=why)
    fake.transfers = [transfer(pending=["TransferCompletionMessage"]), other]
    ran = mmd("transfers")
    for text in (
        TRANSFER,
        "STARTED (not yet taken by the other side)",
        "SUSPENDED",
        "fetched",
        "sent",
        PLANT,
    ):
        assert text in ran.out
    assert "urn:uuid:d: The line is being calibrated." in ran.err
    assert mmd("transfers", "--json").json == {"transfers": fake.transfers}


def test_none_yet(mmd: Mmd, fake: Fake) -> None:
    assert "No transfers yet" in mmd("transfers").err


def test_one_with_what_was_said(mmd: Mmd, fake: Fake) -> None:
    fake.transfers = [transfer(state="SUSPENDED", suspendedBy="provider", format="urn:other")]
    ran = mmd("transfers", "cccc")
    for text in (
        TRANSFER,
        "SUSPENDED",
        "urn:other",
        "Suspended by",
        "provider",
        "What was said",
        "TransferStartMessage",
    ):
        assert text in ran.out
    assert mmd("transfers", "cccc", "--json").json == fake.transfers[0]
    missing = mmd("transfers", "eeee")
    assert (missing.code, "No transfer begins with" in missing.err) == (1, True)


def test_a_page_at_a_time_and_of_one_contract(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    fake.transfers = [transfer(id=f"urn:uuid:{n}", contract=CONTRACT if n % 2 else "urn:uuid:b") for n in range(6)]
    ran = mmd("transfers", "--limit", "2", "--contract", "aaaa", "--json")
    assert [item["id"] for item in ran.json["transfers"]] == ["urn:uuid:1", "urn:uuid:3"]
    assert (
        f"More: mmd transfers --contract {CONTRACT} --after urn:uuid:3"
        in mmd("transfers", "--limit", "2", "--contract", "aaaa").err
    )
    rest = mmd("transfers", "--contract", "aaaa", "--after", "urn:uuid:3", "--json")
    assert [item["id"] for item in rest.json["transfers"]] == ["urn:uuid:5"]
    assert mmd("transfers", "--limit", "0").code == mmd("transfers", "--limit", "1001").code == 2
