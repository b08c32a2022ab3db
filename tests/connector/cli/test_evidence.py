from pathlib import Path

import httpx

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, Fake, contract, problem


def test_writes_the_file(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    fake.contracts = [contract()]
    path = tmp_path / "c.zip"
    ran = mmd("evidence", "aaaa", "-o", path)
    assert ran.code == 0
    assert path.read_bytes() == b"PK evidence"
    assert f"mmd verify {path}" in ran.err
    assert mmd("evidence", CONTRACT, "-o", path, "--json").json == {
        "contract": CONTRACT,
        "file": str(path),
        "bytes": 11,
    }


def test_a_refusal_leaves_no_file(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    fake.contracts = [contract()]
    fake.answers["GET", f"/contracts/{CONTRACT}/evidence"] = problem(409, "not yet", "The contract is not signed yet.")
    ran = mmd("evidence", "aaaa", "-o", tmp_path / "c.zip")
    assert ran.code == 1
    assert "The contract is not signed yet." in ran.err
    assert list(tmp_path.iterdir()) == []


def test_writes_many_as_one_bundle(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    fake.contracts = [contract()]
    fake.answers["GET", "/evidence"] = httpx.Response(200, content=b"PK bundle")
    path = tmp_path / "b.zip"
    ran = mmd(
        "evidence", "--partner", "did:web:data.example.com", "--since", "2026-01-01T00:00:00Z", "-o", path, "--json"
    )
    assert (ran.code, path.read_bytes()) == (0, b"PK bundle")
    assert ran.json == {
        "contracts": [],
        "partner": "did:web:data.example.com",
        "since": "2026-01-01T00:00:00.000Z",
        "until": None,
        "file": str(path),
        "bytes": 9,
    }
    assert mmd("evidence", "aaaa", "--until", "2026-12-31", "-o", path).code == 0


def test_needs_a_scope(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    ran = mmd("evidence", "-o", tmp_path / "b.zip")
    assert (ran.code, "--partner" in ran.err) == (2, True)


def test_attaches_files_before_it_writes(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    fake.contracts = [contract()]
    digest = "sha256:" + "ab" * 32
    fake.answers["PUT", f"/contracts/{CONTRACT}/annexes"] = httpx.Response(201, json={"digest": digest})
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF")
    ran = mmd("evidence", "aaaa", "--attach", report, "-o", tmp_path / "c.zip")
    assert (ran.code, digest in ran.err) == (0, True)


def test_a_file_that_the_contract_does_not_name_leaves_no_evidence(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    fake.contracts = [contract()]
    fake.answers["PUT", f"/contracts/{CONTRACT}/annexes"] = problem(409, "no", "The contract names no such file.")
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF")
    ran = mmd("evidence", "aaaa", "--attach", report, "-o", tmp_path / "c.zip")
    assert (ran.code, "names no such file" in ran.err, (tmp_path / "c.zip").exists()) == (1, True, False)


def test_a_file_is_attached_to_one_contract(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    ran = mmd("evidence", "--partner", "did:web:data.example.com", "--attach", tmp_path, "-o", tmp_path / "c.zip")
    assert ran.code == 2
