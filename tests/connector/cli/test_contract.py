import hashlib
from pathlib import Path

import httpx
import pytest

from connector.contracts.document import text_digest
from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, Fake, contract
from tests.support.contracts import build_contract


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "evidence.zip"
    path.write_bytes(build_contract().evidence())
    return path


def test_prints_the_contract_in_the_language_of_the_run(mmd: Mmd, file: Path) -> None:
    assert mmd("contract", file, "--lang", "ko").out.startswith("데이터 계약서\n")
    assert mmd("contract", file).out.startswith("Data contract\n")
    told = mmd("contract", file, "--json").json
    assert text_digest(told["text"]) == told["textDigest"]


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF"), ("html", b"<!doctype html>"), ("txt", b"Data contract")])
def test_writes_text_html_and_pdf_the_same_each_time(
    mmd: Mmd, file: Path, tmp_path: Path, form: str, start: bytes
) -> None:
    path = tmp_path / f"contract.{form}"
    told = mmd("contract", file, "-o", path, "--json").json
    data = path.read_bytes()
    assert data.startswith(start)
    assert told["bytes"] == len(data)
    assert mmd("contract", file, "-o", path).code == 0
    assert path.read_bytes() == data
    if form == "txt":
        assert told["textDigest"] == "sha256:" + hashlib.sha256(data).hexdigest()


def test_takes_it_from_the_connector_when_no_file_is_named(mmd: Mmd, fake: Fake, file: Path) -> None:
    fake.contracts = [contract()]
    fake.answers["GET", f"/contracts/{CONTRACT}/evidence"] = httpx.Response(200, content=file.read_bytes())
    assert mmd("contract", "aaaa").out.startswith("Data contract\n")


def test_another_name_and_what_is_no_evidence_are_refused(mmd: Mmd, tmp_path: Path) -> None:
    nonsense = tmp_path / "x.zip"
    nonsense.write_bytes(b"PK?")
    ran = mmd("contract", nonsense)
    assert (ran.code, "ZIP" in ran.err) == (2, True)
    ran = mmd("contract", nonsense, "-o", tmp_path / "x.docx")
    assert (ran.code, ".pdf" in ran.err) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.zip"]
