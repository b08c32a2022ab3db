import pytest

from catalog.profile import keys
from catalog.profile.keys import KeyFinder


def found(rows: list[list[str]], eligible: list[int]) -> tuple[KeyFinder, tuple[tuple[str, ...], ...]]:
    finder = KeyFinder()
    columns = list(zip(*rows, strict=True))
    finder.add(rows, columns, eligible)
    return finder, finder.finish([f"c{index}" for index in range(len(columns))])


def test_one_column_names_each_row() -> None:
    assert found([["1", "a"], ["2", "a"], ["3", "b"]], [0, 1])[1] == (("c0",),)


def test_two_together_do() -> None:
    rows = [[batch, step, "x"] for batch in "123" for step in "01"]
    assert found(rows, [0, 1, 2])[1] == (("c0", "c1"),)


def test_what_is_not_eligible_is_not_claimed() -> None:
    assert found([["1", "a"], ["2", "b"]], [])[1] == ()


def test_one_row_is_named_by_anything_and_so_by_nothing() -> None:
    assert found([["1"]], [0])[1] == ()


def test_duplicates() -> None:
    finder, claimed = found([["1"], ["2"], ["1"], ["1"]], [0])
    assert (finder.duplicates, claimed) == (2, ())


def test_a_column_that_stops_being_eligible_is_dropped() -> None:
    finder = KeyFinder()
    finder.add([["1", "a"]], [("1",), ("a",)], [0, 1])
    finder.add([["2", "b"]], [("2",), ("b",)], [1])
    assert finder.finish(["n", "w"]) == (("w",),)


def test_only_so_many_rows_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "COMPARED_ROWS", 3)
    finder = KeyFinder()
    for _ in range(3):
        finder.add([["1"], ["2"]], [("1", "2")], [0])
    assert (finder.compared, finder.duplicates) == (3, 1)
