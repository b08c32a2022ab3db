"""`mmd transcript` and `mmd replay`: what people see, what programs get, which exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from connector.cli.sequence import mermaid, on_terminal, reason
from connector.wire.transcript import FORMAT
from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import Fake
from tests.connector.wire.test_transcript import answered, conversation, received, sent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "talk.json"
    path.write_text(json.dumps(conversation()))
    return path


def test_all_agrees(mmd: Mmd, file: Path) -> None:
    ran = mmd("replay", file)
    assert ran.code == 0, ran.err
    assert "✓   1  → ContractRequestMessage  accepted" in ran.out
    assert "↩ ContractRequestMessage  201  acknowledged  REQUESTED" in ran.out
    assert "Agrees: 3 steps; 0 more are not for the tables to judge." in ran.out


def test_in_korean(mmd: Mmd, file: Path) -> None:
    ran = mmd("replay", file, "--lang", "ko")
    assert "일치함: 3단계" in ran.out


def test_what_does_not_agree_is_named(mmd: Mmd, file: Path) -> None:
    talk = conversation()
    talk["steps"].reverse()
    file.write_text(json.dumps(talk))
    ran = mmd("replay", file)
    assert ran.code == 1
    assert "Does not agree: 2 (step 2, 3)." in ran.out
    told = mmd("replay", file, "--json").json
    assert (told["agrees"], told["steps"][1]["doubt"]) == (False, "never-sent")


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff", b'{"format": "mmd-transcript/1"}', b'{"format": "mmd-transcript/2"}', b"[" * 9999],
)
def test_what_cannot_be_read(mmd: Mmd, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    ran = mmd("replay", file)
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be judged" in ran.err


def test_no_file(mmd: Mmd, tmp_path: Path) -> None:
    assert mmd("replay", tmp_path / "nothing").code == 2
    assert mmd("replay", tmp_path).code == 2


def test_a_conversation_on_the_terminal(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    fake.transcripts = {"abc": conversation()}
    ran = mmd("transcript", "abc")
    assert ran.code == 0, ran.err
    assert "── ContractRequestMessage ──" in ran.out
    assert "201 REQUESTED" in ran.out
    assert "did:web:peer" in ran.out
    assert mmd("transcript", "abc", "--json").json["format"] == FORMAT
    picture = mmd("transcript", "abc", "--mermaid").out
    assert picture.startswith("sequenceDiagram\n    participant U as Plant\n    participant T as did:web:peer\n")
    assert "    U->>T: ContractRequestMessage\n    T-->>U: 201 REQUESTED\n" in picture


def test_a_conversation_into_a_file(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    fake.transcripts = {"abc": conversation()}
    target = tmp_path / "talk.json"
    assert mmd("transcript", "abc", "-o", target).code == 0
    assert mmd("replay", target).code == 0
    assert mmd("transcript", "nothing").code == 1
    assert mmd("transcript", "abc", "-o", tmp_path).code == 2


def test_the_latest(mmd: Mmd, fake: Fake) -> None:
    fake.transcripts = {"abc": conversation()}
    ran = mmd("transcript", "--failed", "--peer", "did:web:peer")
    assert ran.code == 0, ran.err
    assert "2026-11-23T09:00:00  ←" in ran.out
    assert "did:web:peer (?)" in ran.out
    assert "who are you?" in ran.out
    assert mmd("transcript", "abc", "--failed").code == 2
    assert mmd("transcript", "--mermaid").code == 2


def test_why_something_was_refused_stands_below_it() -> None:
    talk: Any = conversation()
    talk["steps"] = [received(status=400, answer={"reason": ["not now", {"more": 1}]}), sent(), answered(status=None)]
    talk["steps"][2]["problem"] = "the line was cut"
    lines = [line for line, _ in on_terminal(talk, reason)]
    assert '  not now {"more": 1}' in lines
    assert "  the line was cut" in lines
    assert "T--xU: –" in mermaid(talk)


def test_mermaid_gets_no_foreign_syntax() -> None:
    talk: Any = conversation()
    talk["name"] = "A;B#1;\nC %%{x}%%"
    assert mermaid(talk).splitlines()[1] == "    participant U as A B 1  C % %{x}% %"
