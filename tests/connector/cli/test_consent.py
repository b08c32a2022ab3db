import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, DATASET, PEER, RESEARCH, Fake, contract, ok

DIGEST = "sha256:" + "ab" * 32
CONSENT: dict[str, Any] = {
    "digest": DIGEST,
    "producer": "Hanbit",
    "dataset": DATASET,
    "purposes": [RESEARCH],
    "until": "2027-06-30T14:59:59.999Z",
    "signed": False,
    "withdrawnAt": None,
    "contracts": [CONTRACT],
}


def test_consents_are_listed(mmd: Mmd, fake: Fake) -> None:
    fake.answers["GET", "/consents"] = ok([CONSENT, {**CONSENT, "purposes": [], "withdrawnAt": "2026-11-29"}])
    ran = mmd("consent", "list")
    for said in ("Hanbit", "research", "2027-06-30", "any purpose", "withdrawn"):
        assert said in ran.out
    fake.answers["GET", "/consents"] = ok([])
    assert "No consents" in mmd("consent", "list").err


def test_a_document_is_kept_by_its_digest(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    document, data = tmp_path / "consent.pdf", tmp_path / "batches.csv"
    document.write_bytes(b"I agree")
    data.write_bytes(b"a,b\n1,2\n")
    fake.answers["POST", "/consents"] = ok(CONSENT, 201)
    words = ["--document", document, "--producer", "Hanbit", "--dataset", data, "--purpose", "research"]
    ran = mmd("consent", "add", *words)
    assert DIGEST in ran.out
    sent = fake.body("POST", "/consents")
    assert sent["digest"] == "sha256:" + hashlib.sha256(b"I agree").hexdigest()
    assert sent["dataset"] == "sha256:" + hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert (sent["purposes"], sent["until"]) == ([RESEARCH], None)


def test_a_receipt_is_kept(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    receipt = tmp_path / "consent.json"
    receipt.write_text(json.dumps({"format": "mmd-consent/1"}))
    fake.answers["POST", "/consents"] = ok(CONSENT, 201)
    assert mmd("consent", "add", "--receipt", receipt).code == 0
    assert fake.body("POST", "/consents") == {"receipt": {"format": "mmd-consent/1"}}
    receipt.write_text("[]")
    assert "is no receipt" in mmd("consent", "add", "--receipt", receipt).err
    for words in ([], ["--receipt", receipt, "--document", receipt], ["--document", receipt], ["--receipt", "nowhere"]):
        assert mmd("consent", "add", *words).code in (1, 2), words


def test_a_producer_gives_its_consent(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    fake.answers["POST", "/consent-receipts"] = ok({"format": "mmd-consent/1"}, 201)
    ran = mmd("consent", "give", PEER, "--dataset", DATASET, "--until", "2027-06-30T00:00:00Z")
    assert "mmd-consent/1" in ran.out
    target = tmp_path / "out.json"
    mmd("consent", "give", PEER, "--dataset", DATASET, "-o", target)
    assert json.loads(target.read_text()) == {"format": "mmd-consent/1"}


def test_a_consent_is_withdrawn(mmd: Mmd, fake: Fake, person: Callable[..., None]) -> None:
    fake.answers["GET", "/consents"] = ok([CONSENT])
    fake.answers["POST", f"/consents/{DIGEST}/withdrawal"] = ok({**CONSENT, "withdrawnAt": "2026-11-29"})
    dry = mmd("consent", "withdraw", "abab", "--dry-run")
    assert CONTRACT in dry.err
    assert "stays lawful" in dry.err
    assert all(method == "GET" for method, _, _ in fake.calls)
    assert mmd("consent", "withdraw", "abab").code == 2
    person("n")
    assert "Nothing was withdrawn" in mmd("consent", "withdraw", "abab", "--reason", "sold").err
    ran = mmd("consent", "withdraw", "abab", "--reason", "sold", "--yes")
    assert ran.code == 0
    assert fake.body("POST", f"/consents/{DIGEST}/withdrawal") == {"reason": "sold"}
    assert "No consent here" in mmd("consent", "withdraw", "cdcd", "--reason", "x").err


def test_a_payment_is_marked(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    fake.answers["POST", f"/contracts/{CONTRACT}/payment"] = ok({"id": CONTRACT, "paidAt": "2026-11-29"})
    assert "marked as received" in mmd("paid", "aaaa", "--note", "bank").out
    assert fake.body("POST", f"/contracts/{CONTRACT}/payment") == {"received": True, "note": "bank"}
    assert "The mark is gone" in mmd("paid", "aaaa", "--clear").out
