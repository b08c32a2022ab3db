import json
from pathlib import Path

import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import PLANT, Fake

AUTHORITY = "did:web:authority.example"


def test_the_way_of_a_membership(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    request, credential = tmp_path / "request.json", tmp_path / "credential.json"
    assert mmd("membership", "request", "--authority", AUTHORITY, "-o", request).code == 0
    assert json.loads(request.read_text("utf-8")) == {"did": PLANT, "authority": AUTHORITY}
    assert mmd("membership", "issue", request, "-o", credential).code == 0
    assert fake.body("POST", "/members") == {"request": {"did": PLANT, "authority": AUTHORITY}}
    ran = mmd("membership", "store", credential)
    assert "Member now, vouched for by did:web:authority until 2027" in ran.out
    assert fake.body("PUT", "/membership") == {"credential": "ey.J.x"}


def test_each_profile_is_kept(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    path = tmp_path / "issued.json"
    path.write_text('{"credential": "ey.1", "credentials": {"vc11-sl2021/jwt": "ey.1", "vc20-bssl/jwt": "ey.2"}}')
    assert mmd("membership", "store", path).code == 0
    kept = [body for method, where, body in fake.calls if (method, where) == ("PUT", "/membership")]
    assert kept == [{"credential": "ey.1"}, {"credential": "ey.2"}]


def test_a_bare_credential_is_taken_too(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    path = tmp_path / "credential.jwt"
    path.write_text("eyJhbGciOiJFZERTQSJ9.e30.c2ln\n", encoding="utf-8")
    assert mmd("membership", "store", path).code == 0
    assert fake.body("PUT", "/membership")["credential"] == "eyJhbGciOiJFZERTQSJ9.e30.c2ln"


def test_without_a_file_it_is_printed(mmd: Mmd, fake: Fake) -> None:
    assert mmd("membership", "request", "--authority", AUTHORITY).json["did"] == PLANT
    assert mmd("membership", "trust").json == {"authorities": []}


@pytest.mark.parametrize(
    ("verb", "content", "words"),
    [
        ("issue", b"[1]", "is no membership request"),
        ("store", b"{}", "holds no credential"),
        ("store", b"\xff", "is not JSON"),
        ("issue", b"{", "is not JSON"),
        ("issue", b" " * 1_000_001, "is larger than 1000000 bytes"),
    ],
)
def test_files_that_are_something_else(
    mmd: Mmd, fake: Fake, tmp_path: Path, verb: str, content: bytes, words: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    ran = mmd("membership", verb, path)
    assert ran.code == 1
    assert words in ran.err
    assert fake.calls == []


def test_a_file_that_is_not_there(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    assert f"There is no file {tmp_path / 'x'}" in mmd("membership", "store", tmp_path / "x").err
