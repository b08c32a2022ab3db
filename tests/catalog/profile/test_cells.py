import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.profile.cells import is_code, read_number, read_numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-12", -12),
        ("+3", 3),
        ("1.50", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("1,234", 1234),
        ("12,345.5", 12345.5),
    ],
)
def test_numbers(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "007",
        "1_000",
        "inf",
        "nan",
        "1e999",
        "12345678901234567890",
        "1,23",
        "0x10",
        "٣",
        "1 000",
        "010-1234",
        "e5",
    ],
)
def test_no_numbers(text: str) -> None:
    assert read_number(text) is None
    assert read_numbers(["1", text], f"1\n{text}") is None


@pytest.mark.parametrize(
    ("text", "code"), [("007", True), ("0", False), ("-07", True), ("1" * 19, True), ("12", False), ("a7", False)]
)
def test_codes(text: str, code: bool) -> None:
    assert is_code(text) is code


def test_a_chunk_of_whole_numbers_stays_whole() -> None:
    assert read_numbers(["1", "-2"], "1\n-2") == [1, -2]
    found = read_numbers(["1", "2.5"], "1\n2.5")
    assert found == [1.0, 2.5]
    assert found is not None
    assert isinstance(found[0], float)


def test_digits_around_a_line_break_are_not_two_numbers() -> None:
    assert read_numbers(["1\n2"], "1\n2") is None


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.integers(-(10**15), 10**15).map(str) | st.decimals(-1000, 1000, places=3).map(str), min_size=1, max_size=20
    )
)
def test_the_quick_way_agrees_with_the_slow_one(texts: list[str]) -> None:
    quick = read_numbers(texts, "\n".join(texts))
    assert quick is not None
    assert quick == [read_number(text) for text in texts]
