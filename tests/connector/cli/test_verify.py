import json
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest

import connector.contracts.evidence
from connector.clock import format_time
from connector.contracts.verdict import EXIT_CODES, Check, Outcome, Verdict
from connector.trust.anchors import Authority, AuthorityKey, TrustFile, write_trust_file
from connector.trust.keys import generate_ed25519
from tests.connector.cli.conftest import Mmd
from tests.connector.contracts.test_bundle import IDS, MEMBERS, bundle
from tests.support.contracts import VERIFIED_AT

KEY = generate_ed25519().public
DID = "did:web:authority.example"


class Judge:
    """Stands in for the verification; keeps what it was given."""

    def __init__(self) -> None:
        self.trust: TrustFile | None = None
        self.now: datetime | None = None
        self.outcome: Outcome = "verified"

    def __call__(self, source: BinaryIO, *, trust: TrustFile | None, now: datetime) -> Verdict:
        assert source.read() == b"PK"
        self.trust, self.now = trust, now
        checks = (
            Check(1, "container", "ok", "zip-holds", {"count": "3"}),
            Check(10, "provider", "failed", "zip-name", {"name": "\x1b[2J"}, "signatures/P.json"),
            Check(24, "attribution", "unknown", "no-trust", {"authority": DID}),
        )
        return Verdict(checks, self.outcome, "unreadable", {})


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    found = Judge()
    monkeypatch.setattr(connector.contracts.evidence, "verify_evidence", found)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "c.zip"
    path.write_bytes(b"PK")
    return path


def test_prints_numbered_checks_with_marks_and_reasons(mmd: Mmd, judge: Judge, file: Path) -> None:
    lines = mmd("verify", file).out.splitlines()
    assert lines[0].startswith("✓  1  ")
    assert lines[2].startswith("✗ 10  ")
    assert lines[3].endswith("[signatures/P.json]")
    assert "\x1b" not in lines[3]
    assert lines[4].startswith("? 24  ")
    assert DID in lines[5]
    assert lines[-1]
    korean = mmd("verify", file, "--lang", "ko").out
    assert all(any("가" <= letter <= "힣" for letter in line) for line in korean.splitlines()[::2] if line)


@pytest.mark.parametrize("outcome", EXIT_CODES)
def test_the_exit_code_is_the_outcome(mmd: Mmd, judge: Judge, file: Path, outcome: Outcome) -> None:
    judge.outcome = outcome
    ran = mmd("verify", file, "--json")
    assert ran.code == EXIT_CODES[outcome] == ran.json["exitCode"]
    assert ran.json["outcome"] == outcome
    assert [check["number"] for check in ran.json["checks"]] == [1, 10, 24]


def test_judges_as_of_a_moment(mmd: Mmd, judge: Judge, file: Path) -> None:
    ran = mmd("verify", file, "--at", "2026-12-31T18:00:00+09:00", "--json")
    assert judge.now == datetime(2026, 12, 31, 9, tzinfo=UTC)
    assert ran.json["judgedAt"] == "2026-12-31T09:00:00.000Z"
    assert mmd("verify", file, "--at", "soon").code == 2


def test_trusts_a_trust_file(mmd: Mmd, judge: Judge, file: Path, tmp_path: Path) -> None:
    trust = TrustFile((Authority(DID, (AuthorityKey(f"{DID}#token-1", KEY),)),))
    path = tmp_path / "trust.json"
    path.write_text(json.dumps(write_trust_file(trust)), encoding="utf-8")
    mmd("verify", file, "--trust", path)
    assert judge.trust == trust


@pytest.mark.parametrize("form", ["multibase", "multibase file", "jwk file"])
def test_trusts_a_bare_key_under_any_did(mmd: Mmd, judge: Judge, file: Path, tmp_path: Path, form: str) -> None:
    path = tmp_path / "key"
    path.write_text(json.dumps(KEY.jwk()) if form == "jwk file" else KEY.multikey() + "\n", encoding="utf-8")
    ran = mmd("verify", file, "--trust", KEY.multikey() if form == "multibase" else path)
    assert ran.err == ""
    assert judge.trust is not None
    found = judge.trust.key_for("did:web:anyone", "any-key")
    assert found is not None
    assert found.key == KEY


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "is neither a file nor a multibase key"),
        (b"[]", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"{}", "cannot be trusted as a key or trust file: not a trust file"),
        (b'{"kty": "RSA"}', "cannot be trusted as a key or trust file"),
        (b"zzz", "cannot be trusted as a key or trust file"),
    ],
)
def test_what_cannot_be_trusted_cannot_judge(
    mmd: Mmd, judge: Judge, file: Path, tmp_path: Path, content: Any, words: str
) -> None:
    path = tmp_path / "trust.json"
    if content is not None:
        path.write_bytes(content)
    ran = mmd("verify", file, "--trust", path)
    assert ran.code == 2
    assert words in ran.err
    assert judge.now is None


def test_no_file_no_verdict(mmd: Mmd, judge: Judge, tmp_path: Path) -> None:
    ran = mmd("verify", tmp_path / "none.zip")
    assert ran.code == 2
    assert "There is no file" in ran.err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip"])
def test_the_real_judge_cannot_judge_what_it_cannot_read(mmd: Mmd, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.zip"
    path.write_bytes(content)
    ran = mmd("verify", path, "--json")
    assert ran.code == 2
    assert ran.json["outcome"] == "undetermined"


def test_writes_the_verdict_as_a_page(mmd: Mmd, judge: Judge, file: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert mmd("verify", file, "--html", page, "--lang", "ko").code == 0
    text = page.read_text("utf-8")
    assert '<html lang="ko">' in text
    assert "[U+001B][2J" in text
    assert "\x1b" not in text


def test_judges_a_bundle_contract_by_contract(mmd: Mmd, tmp_path: Path) -> None:
    path, trust = tmp_path / "b.zip", tmp_path / "trust.json"
    path.write_bytes(bundle())
    trust.write_text(json.dumps(write_trust_file(MEMBERS.trust())))
    ran = mmd("verify", path, "--trust", trust, "--at", format_time(VERIFIED_AT))
    assert ran.code == 0, ran.out
    assert all(name in ran.out for name in IDS)
    assert mmd("verify", path, "--at", format_time(VERIFIED_AT), "--json").json["exitCode"] == 2


def test_several_processes_judge_a_bundle_as_one_does(mmd: Mmd, tmp_path: Path) -> None:
    path, trust = tmp_path / "b.zip", tmp_path / "trust.json"
    path.write_bytes(bundle())
    trust.write_text(json.dumps(write_trust_file(MEMBERS.trust())))
    words = ("verify", path, "--trust", trust, "--at", format_time(VERIFIED_AT))
    assert mmd(*words, "--jobs", "2").out == mmd(*words).out
    assert mmd(*words, "--jobs", "0").code == 2


def test_a_large_bundle_is_judged_on_all_processors(mmd: Mmd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: object, jobs: int, **__: object) -> None:
        asked.append(jobs)
        raise BrokenProcessPool("a process ended")

    asked: list[int] = []
    path = tmp_path / "b.zip"
    path.write_bytes(bundle())
    monkeypatch.setattr("connector.contracts.bundle_check.verify_bundle", ended)
    monkeypatch.setattr("connector.cli.verify._LARGE", 1000)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    ran = mmd("verify", path)
    assert (asked, ran.code, "--jobs 1" in ran.err) == ([3], 2, True)
