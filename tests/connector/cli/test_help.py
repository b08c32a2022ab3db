import subprocess
import sys
import unicodedata

import pytest

from connector.cli.help import CHAPTERS
from connector.cli.root import VERBS
from tests.connector.cli.conftest import Mmd

PARTS = {"token": ("add", "list", "remove"), "db": ("upgrade",), "peers": ("list", "add", "remove")}
PARTS["membership"] = ("request", "issue", "store", "trust")
PAGES = [(verb, part) for verb in VERBS for part in ("", *PARTS.get(verb, ()))]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_first_page_names_every_verb(mmd: Mmd, lang: str) -> None:
    ran = mmd("--help", "--lang", lang)
    assert ran.code == 0
    for verb in VERBS:
        assert f"\n  {verb} " in ran.out
    assert sum(map(len, CHAPTERS.values())) == len(set(VERBS))


def test_without_a_word_there_is_the_same_page(mmd: Mmd) -> None:
    assert mmd().out == mmd("--help").out


@pytest.mark.parametrize(("verb", "part"), PAGES)
def test_every_verb_explains_itself_in_both_languages(mmd: Mmd, verb: str, part: str) -> None:
    words = [verb, *filter(None, [part])]
    english, korean = mmd(*words, "--help"), mmd(*words, "--help", "--lang", "ko")
    assert english.code == korean.code == 0
    assert english.out.startswith(f"mmd {' '.join(words)}")
    assert any("가" <= letter <= "힣" for letter in korean.out)
    for page in (english.out, korean.out):
        assert "cli." not in page
        assert "--help" in page


def test_korean_lines_fit_the_screen(mmd: Mmd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for line in mmd("fetch", "--help", "--lang", "ko").out.splitlines():
        taken = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)
        assert taken <= 80 or line.startswith("  mmd "), line


def test_required_and_repeatable_options_say_so(mmd: Mmd) -> None:
    assert "(required)" in mmd("evidence", "--help").out
    assert "(may be repeated)" in mmd("publish", "--help").out


def test_help_loads_nothing_heavy() -> None:
    """The first page must be there at once: what it loads is counted, not timed."""
    code = (
        "import sys; from connector.cli import main; main(['--help']); "
        "print([name for name in ('httpx', 'rich', 'pydantic', 'cryptography', 'fastapi', 'catalog') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
