from typing import Any

import httpx
import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import Fake, ok


def test_changing_a_key(mmd: Mmd, fake: Fake) -> None:
    done = mmd("rotate-key", "token")
    assert done.code == 0
    assert fake.body("POST", "/key-rotations") == {"use": "token", "compromisedSince": None}
    assert "token-2: announced" in done.out
    assert "2026-11-23T09:05" in done.out + done.err
    assert [key["id"] for key in mmd("rotate-key", "token", "--json").json["keys"]] == ["token-1", "token-2"]


def test_a_compromised_key(mmd: Mmd, fake: Fake) -> None:
    assert mmd("rotate-key", "log", "--compromised-since", "2026-11-20T08:00:00+09:00", "--yes").code == 0
    said = {"use": "log", "compromisedSince": "2026-11-19T23:00:00.000Z"}
    assert fake.body("POST", "/key-rotations") == said


def test_a_change_that_waits(mmd: Mmd, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def rotate(*_: Any) -> httpx.Response:
        return ok({"keys": [], "problem": "the authority does not answer"}, 201)

    monkeypatch.setattr(fake, "post_key_rotations", rotate)
    done = mmd("rotate-key", "contract")
    assert "the authority does not answer" in done.out + done.err


@pytest.mark.parametrize(("argv", "words"), [(("coffee",), "coffee"), (("log", "--compromised-since", "noon"), "noon")])
def test_what_is_no_key(mmd: Mmd, argv: tuple[str, ...], words: str) -> None:
    done = mmd("rotate-key", *argv)
    assert done.code == 2
    assert words in done.err
