from typing import Any

import httpx
import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import PLANT, Fake, ok

REVOKED = {"did": "did:web:gone.example", "name": "Gone", "revokedAt": "2026-11-23T00:00:00.000Z", "reason": "closed"}


def test_the_members(mmd: Mmd, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def members(*_: Any) -> httpx.Response:
        return ok([{"did": PLANT, "name": "Plant", "validUntil": "2027-11-23T00:00:00.000Z"}, REVOKED])

    monkeypatch.setattr(fake, "get_members", members)
    out = mmd("members", "list").out
    assert PLANT in out
    assert "closed" in out
    assert [member["did"] for member in mmd("members", "list", "--json").json["members"]] == [PLANT, REVOKED["did"]]


def test_revoking(mmd: Mmd, fake: Fake) -> None:
    done = mmd("revoke", PLANT, "--reason", "closed", "--yes")
    assert done.code == 0
    assert fake.body("POST", "/revocations") == {"did": PLANT, "reason": "closed"}
    assert "no member any more" in done.out


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        ((PLANT[:-2], "--reason", "closed"), 1, "There is no member"),
        (("did:web:nobody.example", "--reason", "closed"), 1, "mmd members"),
        ((PLANT,), 2, "--reason"),
    ],
)
def test_what_is_not_revoked(mmd: Mmd, fake: Fake, argv: tuple[str, ...], code: int, words: str) -> None:
    done = mmd("revoke", *argv)
    assert done.code == code
    assert words in done.err
    assert not [call for call in fake.calls if call[1] == "/revocations"]
