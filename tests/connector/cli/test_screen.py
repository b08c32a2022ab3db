import json
import sys
from io import StringIO

import pytest

from connector.cli.screen import Screen, clean, json_text, size_text


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_foreign_words_cannot_steer_the_terminal() -> None:
    assert clean("a\x1b[31mb\x07\x9b2J\u202ec\nd\te") == "a�[31mb��2J�c\nd\te"


def test_json_escapes_what_would_steer_and_keeps_korean() -> None:
    text = json_text({"title": "건조\x9b\u202e"})
    assert "건조\\u009b\\u202e" in text
    assert json.loads(text) == {"title": "건조\x9b\u202e"}


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1500, "1.5 kB"),
        ("920000", "920.0 kB"),
        (3e9, "3.0 GB"),
        (4e12, "4,000.0 GB"),
        (None, ""),
    ],
)
def test_sizes(count: int | str | None, text: str) -> None:
    assert size_text(count) == text


def test_markup_in_foreign_words_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(as_json=False)
    screen.line("[red]x[/red] :smile:")
    screen.table(["a"], [["[bold]y[/bold]"]])
    screen.facts([("name", "[b]"), ("none", None)])
    out = capsys.readouterr().out
    assert "[red]x[/red] :smile:" in out
    assert "[bold]y[/bold]" in out
    assert "[b]" in out
    assert "none" not in out
    assert "\x1b" not in out


def test_under_json_only_the_result_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(as_json=True)
    screen.line("x")
    screen.note("x")
    screen.table(["a"], [["x"]])
    screen.facts([("a", "x")])
    screen.result({"a": 1})
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"a": 1}
    assert captured.err == ""


def test_bars_and_colours_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    with Screen(as_json=False).progress("x") as bar:
        assert bar is None
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    screen = Screen(as_json=False)
    with screen.progress("Delivery") as bar:
        assert bar is not None
        bar(5, 10)
    with screen.progress("Contracts", counted=True) as bar:
        assert bar is not None
        bar(7, 12)
    with screen.waiting("Asking"):
        pass
    screen.note("done", "green")
    assert "Delivery" in terminal.getvalue()
    assert "7/12" in terminal.getvalue()
    assert "\x1b[32mdone" in terminal.getvalue()


def test_questions(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(" kim \n\n"))
    screen = Screen(as_json=False)
    assert screen.ask("Who?") == "kim"
    assert screen.ask("Sure?", "n") == "n"
    with pytest.raises(EOFError):
        screen.ask("More?")
    assert "Sure? [n]: " in capsys.readouterr().err


def test_a_person_is_there_when_both_ends_are_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert not Screen(as_json=False).interactive
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert Screen(as_json=False).interactive
    assert not Screen(as_json=True).interactive
