import pytest

from catalog.profile import ColumnProfile
from catalog.profile.column import ColumnCounter


def column(*chunks: list[str], name: str = "x", cap: int = 1000) -> ColumnProfile:
    counter = ColumnCounter(name, cap)
    row = 1
    for chunk in chunks:
        counter.add(chunk, row)
        row += len(chunk)
    return counter.finish()


@pytest.mark.parametrize(
    ("values", "datatype"),
    [
        (["1", "2"], "integer"),
        (["1", "2.5"], "decimal"),
        (["1.5", "2"], "decimal"),
        (["1,234", "12"], "integer"),
        ([" 3 ", "4"], "integer"),
        (["true", "False"], "boolean"),
        (["true", "1"], "string"),
        (["2026-11-22", "2026-11-23"], "date"),
        (["2026-11-22 10:00", "2026-11-22 11:00"], "dateTime"),
        (["9:30", "10:15:20.5"], "time"),
        (["09:30+09:00"], "string"),
        (["007", "008"], "string"),
        (["M14860", "L47181"], "string"),
        (["12:x"], "string"),
        ([], "string"),
    ],
)
def test_datatypes(values: list[str], datatype: str) -> None:
    assert column(values).datatype == datatype


def test_figures_of_numbers() -> None:
    found = column(["1", "2", "", "NA", "3"])
    assert (found.missing, found.null_codes) == (2, ("NA",))
    assert (found.minimum, found.maximum, found.mean, found.deviation) == ("1", "3", "2", "1")
    assert found.quartiles == ("1", "2", "3")
    assert (found.distinct, found.constant) == (3, False)
    assert found.common == (("1", 1), ("2", 1), ("3", 1))


def test_figures_of_times_of_day() -> None:
    found = column(["9:30", "08:00", "10:15:20.5"])
    assert (found.minimum, found.maximum, found.mean) == ("08:00:00", "10:15:20.500000", None)


def test_na_is_a_word_among_words() -> None:
    found = column(["NA", "EU", "NA"])
    assert (found.missing, found.null_codes, found.distinct) == (0, (), 2)
    assert found.common == (("NA", 2), ("EU", 1))


def test_a_column_of_gaps_only() -> None:
    found = column(["", "NA", ""])
    assert (found.datatype, found.missing, found.constant, found.distinct) == ("string", 3, False, 0)


def test_constant() -> None:
    assert column(["5", "5"], ["5"]).constant
    assert not column(["5"]).constant
    assert not column(["5", "5.0"]).constant
    assert column(["NA", "x"]).constant is False


def test_nearly_a_number() -> None:
    found = column(["1"] * 30, ["2", "#DIV/0!", "3"])
    assert (found.datatype, found.nearly, found.misfits) == ("string", "integer", 1)
    assert (found.misfit, found.misfit_row) == ("#DIV/0!", 32)


def test_nearly_a_date() -> None:
    found = column(["2026-11-22"] * 20, ["soon", "2026-11-23"])
    assert (found.nearly, found.misfits, found.misfit_row, found.minimum) == ("date", 1, 21, None)


def test_codes_are_not_nearly_numbers() -> None:
    assert column(["1"] * 30, ["007"]).nearly is None


def test_many_different_values_are_not_listed() -> None:
    found = column([str(number) for number in range(50)], cap=40)
    assert (found.distinct, found.common) == (None, ())


def test_decimals_take_the_quick_way_and_leave_it() -> None:
    counter = ColumnCounter("x", 5)
    counter.add([f"{number}.5" for number in range(20)], 1)
    counter.add(["1", "2"], 21)
    counter.add(["3.5", "oops"], 23)
    found = counter.finish()
    assert (found.nearly, found.misfits, found.misfit, found.misfit_row) == ("decimal", 1, "oops", 24)


def test_long_text_is_settled_and_measured() -> None:
    found = column(["word"] * 4000, ["a longer one"], ["5"])
    assert (found.datatype, found.longest, found.nearly) == ("string", 12, None)
    assert column(["x" * 300, "y"]).common == ()


def test_may_be_key() -> None:
    counter = ColumnCounter("x", 10)
    counter.add(["a", "b"], 1)
    assert counter.may_be_key
    counter.add(["", "c"], 3)
    assert not counter.may_be_key
