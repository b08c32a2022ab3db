"""`mmd doctor --peer`: what the running connector finds out about another, for people and for programs."""

import httpx

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import Fake

PEER = "did:web:peer.example"


def found(*, ok: bool) -> httpx.Response:
    checks = [
        {"id": "versions", "ok": True, "en": "It speaks 2025-1.", "ko": "2025-1을 씁니다."},
        {"id": "no-notices", "ok": None, "en": "No notices.", "ko": "통지 없음."},
        {"id": "clock-off", "ok": ok, "en": "The clock.", "ko": "시계."},
    ]
    told = {"peer": PEER, "did": PEER, "protocolUrl": "https://peer.example/dsp", "ok": ok, "checks": checks}
    return httpx.Response(200, json=told)


def test_all_is_well(mmd: Mmd, fake: Fake) -> None:
    fake.answers["POST", "/diagnoses"] = found(ok=True)
    ran = mmd("doctor", "--peer", PEER)
    assert ran.code == 0, ran.err
    assert "✓ It speaks 2025-1.\n• No notices.\n✓ The clock.\n" in ran.out
    assert "https://peer.example/dsp" in ran.out
    assert fake.body("POST", "/diagnoses") == {"peer": PEER}


def test_something_would_not_work(mmd: Mmd, fake: Fake) -> None:
    fake.answers["POST", "/diagnoses"] = found(ok=False)
    ran = mmd("doctor", "--peer", PEER, "--lang", "ko")
    assert ran.code == 1
    assert "✗ 시계." in ran.out
    assert "안 되는 것: 1건." in ran.out
    ran = mmd("doctor", "--peer", PEER, "--json")
    assert (ran.code, ran.json["ok"]) == (1, False)


def test_what_is_no_peer(mmd: Mmd, fake: Fake) -> None:
    fake.answers["POST", "/diagnoses"] = httpx.Response(400, json={"title": "cannot be taken", "detail": "no DID"})
    ran = mmd("doctor", "--peer", "x")
    assert ran.code == 1
    assert "no DID" in ran.err
