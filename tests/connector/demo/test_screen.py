import pytest
from rich.cells import cell_len

from connector.demo.screen import WIDTH, Screen


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_nothing_that_steers_a_terminal_goes_into_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(silent=False)
    screen.heading("title", ["about"])
    screen.says("provider", "provider", "evil \x1b[2J \u202e name")
    screen.outcome("✓", "fine", 1.0, ok=True)
    with screen.counting("bars", 2) as done, screen.waiting("wait"):
        assert done is None
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert "\u202e" not in printed.out
    assert printed.err == ""


def test_long_texts_are_wrapped_beside_their_speaker(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(silent=False).says("provider", "제공자", "데이터를 다른 누구에게도 넘겨서는 안 됩니다. " * 8)
    lines = shown(capsys)
    assert len(lines) > 2
    assert lines[0].startswith("   제공자")
    assert all(line.startswith(" " * 14) for line in lines[1:])
    assert all(cell_len(line) <= WIDTH and line == line.rstrip() for line in lines)


def test_json_leaves_the_screen_alone(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(silent=True)
    screen.heading("title", ["about"])
    screen.chapter(1, "one")
    screen.block("text")
    screen.outcome("✗", "text", 1.0, ok=False)
    screen.end("end", ["left"], ok=False)
    printed = capsys.readouterr()
    assert printed.out + printed.err == ""


def test_trouble_is_told_even_then(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(silent=True).trouble("it broke\n--- provider.log")
    assert capsys.readouterr().err.splitlines() == ["it broke", "--- provider.log"]
