import json
import runpy

import pytest

from connector.cli import search
from connector.store.folder import FolderInUse
from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import Fake


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["serch"], "There is no verb 'serch'; see `mmd --help`."),
        (["peers", "foo"], "There is no verb 'foo'; see `mmd peers --help`."),
        (["peers"], "VERB is missing; see `mmd peers --help`."),
        (["--json"], "VERB is missing; see `mmd --help`."),
        (["fetch", "x"], "--output is missing; see `mmd fetch --help`."),
        (["show"], "DATASET|NEGOTIATION is missing; see `mmd show --help`."),
        (["show", "x", "--provder", "y"], "There is no option --provder; did you mean --provider?"),
        (["show", "x", "--zzzz"], "There is no option --zzzz; see `mmd show --help`."),
        (["publish", "x", "--count", "many"], "--count: "),
        (["log", "surplus"], "See `mmd log --help`."),
        (["search", "--lang", "fr"], "The language 'fr' is not known; use --lang ko or --lang en."),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(mmd: Mmd, argv: list[str], sentence: str) -> None:
    ran = mmd(*argv)
    assert ran.code == 2
    assert ran.out == ""
    assert sentence in ran.err
    assert len(ran.err.splitlines()) == 1


def test_wrong_usage_in_korean(mmd: Mmd) -> None:
    assert mmd("fetch", "x", "--lang", "ko").err == "오류: --output이(가) 빠졌습니다. `mmd fetch --help`를 보세요.\n"


def test_the_version(mmd: Mmd) -> None:
    ran = mmd("--version")
    assert ran.code == 0
    assert ran.out.startswith("mmd 0.")


@pytest.mark.parametrize("argv", [["--json", "search"], ["search", "--json"]])
def test_global_options_stand_before_or_after_the_verb(mmd: Mmd, fake: Fake, argv: list[str]) -> None:
    assert mmd(*argv).json["entries"] == fake.entries


def test_the_value_of_a_global_option_is_no_verb(mmd: Mmd, fake: Fake) -> None:
    assert mmd("--dir", "show", "search", "--json").json["asked"] == fake.asked


def test_the_nearer_option_wins(mmd: Mmd, fake: Fake) -> None:
    assert mmd("--token", "wrong", "log", "--token", "owner-token").code == 0
    assert mmd("--token", "owner-token", "log", "--token", "wrong").code == 1


def test_errors_under_json_are_json(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("log", "--json", "--token", "wrong")
    assert ran.out == ""
    error = json.loads(ran.err)
    assert error["status"] == 401
    assert "does not accept this token" in error["error"]


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (RuntimeError("first\nsecond"), 1, "RuntimeError: first; second"),
        (OSError(28, "No space left on device"), 1, "No space left on device"),
        (FileNotFoundError(2, "no", "a.csv"), 1, "There is no file a.csv"),
        (KeyboardInterrupt(), 130, "Interrupted"),
        (EOFError(), 1, "the input has ended"),
        (FolderInUse("the folder is in use; stop it first"), 1, "Error: the folder is in use; stop it first.\n"),
    ],
)
def test_never_a_traceback(
    mmd: Mmd, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int, words: str
) -> None:
    def fails(_: object) -> None:
        raise raised

    monkeypatch.setattr(search, "command", fails)
    ran = mmd("search")
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) == 1


def test_for_those_who_repair_there_is_one(mmd: Mmd, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise RuntimeError("x")

    monkeypatch.setattr(search, "command", fails)
    monkeypatch.setenv("MMD_DEBUG", "1")
    with pytest.raises(RuntimeError):
        mmd("search")


def test_python_m_connector_is_the_same(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["mmd", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("connector", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("mmd ")
