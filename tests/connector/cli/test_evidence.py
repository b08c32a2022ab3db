from pathlib import Path

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
